package dev.hemlock.common.torch;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.work.Work;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * libtorch in this process. Threads an operation are a property of the process: the first start
 * fixes them, since results depend on them in the last bits.
 *
 * <p>A process that ends while a native step runs crashes: exit handlers free code that the step is
 * executing. So every native step passes a gate, and a shutdown hook closes it and waits for the
 * steps under way; later steps throw {@link Work.ShuttingDown}.
 */
public final class TorchEngine {
  private static final String ENGINE = "PyTorch";
  private static final Duration GRACE = Duration.ofSeconds(60);
  private static final ReentrantReadWriteLock GATE = new ReentrantReadWriteLock(true);

  private static TorchEngine started;
  private static volatile boolean closing;

  private final int threads;
  private final String version;

  private TorchEngine(int threads) {
    this.threads = threads;
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    this.version = Engine.getEngine(ENGINE).getVersion();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(GRACE), "torch-gate"));
  }

  /**
   * Starts libtorch, or returns what is started.
   *
   * @param threads an operation, from 1
   * @throws HemlockException FAILED_PRECONDITION if it was started with another number of threads
   */
  public static synchronized TorchEngine start(int threads) {
    if (threads < 1) {
      throw HemlockException.failedPrecondition(
          "An operation needs at least 1 thread, not %d; set hemlock.torch.threads"
              .formatted(threads));
    }
    if (started == null) {
      started = new TorchEngine(threads);
    } else if (started.threads != threads) {
      throw HemlockException.failedPrecondition(
          ("This process computes with %d threads an operation and can't change to %d; set"
                  + " hemlock.torch.threads once for the process")
              .formatted(started.threads, threads));
    }
    return started;
  }

  /** Threads an operation. */
  public int threads() {
    return threads;
  }

  /** For example {@code PyTorch 2.7.1}. */
  public String version() {
    return ENGINE + " " + version;
  }

  /** Prepares the calling thread: both settings are the thread's own in libtorch. */
  void enterThread() {
    JniUtils.setGradMode(true);
    JniUtils.setGraphExecutorOptimize(false);
  }

  /**
   * Runs one native step.
   *
   * @throws Work.ShuttingDown if the process ends
   */
  <T> T step(Supplier<T> step) {
    if (closing || !GATE.readLock().tryLock()) {
      throw new Work.ShuttingDown();
    }
    try {
      return step.get();
    } finally {
      GATE.readLock().unlock();
    }
  }

  /** Lets no further step begin and waits for those under way. The gate never opens again. */
  private static void close(Duration grace) {
    closing = true;
    try {
      if (!GATE.writeLock().tryLock(grace.toNanos(), TimeUnit.NANOSECONDS)) {
        System.err.println("A native step was still running after " + grace);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
