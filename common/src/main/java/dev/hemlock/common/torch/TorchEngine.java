package dev.hemlock.common.torch;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.LibUtils;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.work.Work;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
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
  private final CudnnSwitches switches;
  private final LongAdder nativeNanos = new LongAdder();

  private TorchEngine(int threads) {
    this.threads = threads;
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("ai.djl.pytorch.num_threads", Integer.toString(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    this.version = load().getVersion();
    this.switches = new CudnnSwitches(Path.of(LibUtils.getLibtorchPath()));
    switches.makeRepeatable();
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

  /** Nanoseconds that threads have spent in native steps so far, all threads together. */
  public long nativeNanos() {
    return nativeNanos.sum();
  }

  /** Whether convolutions on a GPU are chosen by a stopwatch, so that runs may not repeat. */
  public boolean benchmarksConvolutions() {
    return switches.benchmark();
  }

  /** Whether only deterministic convolutions are used on a GPU. */
  public boolean convolvesDeterministically() {
    return switches.deterministic();
  }

  /** Whether 32-bit floats may be shortened to TF32 on a GPU. */
  public boolean shortensFloats() {
    return switches.tf32();
  }

  /**
   * Refuses a device that this process can't compute on.
   *
   * @throws HemlockException FAILED_PRECONDITION
   */
  public void require(TorchDevice device) {
    if (device.isCpu()) {
      return;
    }
    try (NDManager probe = NDManager.newBaseManager(device.djl(), ENGINE)) {
      probe.zeros(new Shape(1));
    } catch (EngineException e) {
      throw HemlockException.failedPrecondition(
              ("This process can't compute on %s (%s). Set hemlock.torch.device to cpu, or run a"
                      + " CUDA build of libtorch (PYTORCH_LIBRARY_PATH, PYTORCH_FLAVOR=cu128) on a"
                      + " machine with an NVIDIA GPU and its driver")
                  .formatted(device.name(), firstSentence(e)))
          .with("device", device.name())
          .because(e);
    }
  }

  private static Engine load() {
    try {
      return Engine.getEngine(ENGINE);
    } catch (EngineException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw HemlockException.failedPrecondition(
              ("libtorch can't be loaded (%s). A CUDA build needs the GPU's driver (libcuda.so.1)"
                      + " in this machine or container; without a GPU leave PYTORCH_LIBRARY_PATH"
                      + " unset")
                  .formatted(firstSentence(cause)))
          .because(e);
    }
  }

  private static String firstSentence(Throwable e) {
    return String.valueOf(e.getMessage()).split("\\. |\\.?\n", 2)[0];
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
    long start = System.nanoTime();
    try {
      return step.get();
    } finally {
      nativeNanos.add(System.nanoTime() - start);
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
