package dev.hemlock.common.work;

import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.ledger.RunView;

/** What a service does for a run: a pure function from the spec document to the result document. */
public interface Stage {
  /** The first element of the runs' names, for example {@code trainingRuns}. */
  String kind();

  /** The stage, for example {@code train}. */
  String name();

  /**
   * Does the work. The same spec must give the same result document, since a run can be worked on
   * more than once.
   *
   * @return the result document
   * @throws Work.Stopped passed on from {@link Work#checkpoint()}
   * @throws dev.hemlock.common.error.HemlockException not retryable: the try ends FAILED at once;
   *     retryable: tried again after a pause, without limit
   * @throws Exception any other: this attempt is recorded and repeated; three attempts without a
   *     new checkpoint end the try FAILED
   */
  byte[] run(Work work) throws Exception;

  /**
   * Publishes further result facts, with deterministic ids, after the run has SUCCEEDED. Can be
   * called more than once for the same run.
   */
  default void succeeded(RunView run, EventPublisher events) {}

  /**
   * Lets go of what a run holds elsewhere, after its present try has FAILED or was CANCELLED. Called
   * by whichever worker ends the try or finds it ended, so also for a worker that died; can be called
   * more than once.
   */
  default void abandoned(String name) {}
}
