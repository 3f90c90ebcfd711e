package dev.hemlock.common.work;

/** One piece of work in the hands of one worker. */
public interface Work {
  /** The run's resource name. */
  String name();

  /** The run's spec document. */
  byte[] spec();

  /** The try, from 1. */
  int tryNumber();

  /**
   * Says how far the work is. Advisory, cheap, and throttled: only the latest is stored, about once
   * a second at most.
   *
   * @param share 0 to 1
   * @param document what {@code RunView.progress} shows; may be empty
   */
  void progress(double share, byte[] document);

  /**
   * Ends the work if it should stop. Cheap; call it between batches.
   *
   * @throws Stopped if another worker took over, the run was cancelled or is out of time, or the
   *     process shuts down
   */
  void checkpoint();

  /** Where the work saves what it needs to continue after a crash. */
  CheckpointStore checkpoints();

  /** The work should end now. Never swallow it. */
  abstract sealed class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;

    Stopped(String message) {
      super(message, null, false, false);
    }
  }

  /** Another worker holds a newer claim. */
  final class Superseded extends Stopped {
    private static final long serialVersionUID = 1;

    public Superseded() {
      super("another worker took over");
    }
  }

  /** The run was cancelled. */
  final class CancelRequested extends Stopped {
    private static final long serialVersionUID = 1;

    public CancelRequested() {
      super("the run was cancelled");
    }
  }

  /** The try has been worked on for longer than it may. */
  final class OutOfTime extends Stopped {
    private static final long serialVersionUID = 1;

    public OutOfTime() {
      super("the time limit was reached");
    }
  }

  /** The process ends; another worker continues. */
  final class ShuttingDown extends Stopped {
    private static final long serialVersionUID = 1;

    public ShuttingDown() {
      super("the process shuts down");
    }
  }
}
