package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.dataset.ImageHeader.RefusedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Decodes images on several threads while one thread reads. What waits and what is being decoded is
 * bounded in number and in bytes, so that the heap stays small whatever comes. Of several failures
 * the one that was read first is reported.
 */
final class DecodePool implements AutoCloseable {

  private static final int MAX_WAITING = 64;
  private static final int BATCH_IMAGES = 64;
  private static final int BATCH_KIB = 1 << 10;
  private static final int BUDGET_KIB = 192 << 10;

  /** Bytes a pixel while an image is decoded: the decoder's raster and the copy in our order. */
  private static final int BYTES_PER_PIXEL = 6;

  private record Job(int number, EntryPath path, byte[] file, Consumer<Pixels> then) {}

  /** Small images go together: handing over each costs as much as decoding it. */
  private record Batch(List<Job> jobs, int kib) {}

  private final BlockingQueue<Batch> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final Semaphore budget = new Semaphore(BUDGET_KIB);
  private final List<Thread> threads = new ArrayList<>();
  private List<Job> gathered = new ArrayList<>();
  private long gatheredBytes;
  private int submitted;
  private volatile boolean finished;
  private volatile boolean failed;
  private int failedNumber;
  private HemlockException failure;

  DecodePool(int size) {
    for (int i = 0; i < size; i++) {
      Thread thread = new Thread(this::work, "hemlock-decode-" + i);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  /**
   * Hands an image over; waits while too much is under way.
   *
   * @param then gets the pixels on a decoding thread
   * @throws HemlockException INVALID_ARGUMENT when an image handed over earlier can't be decoded
   */
  void submit(EntryPath path, ImageHeader header, byte[] file, Consumer<Pixels> then) {
    gathered.add(new Job(submitted++, path, file, then));
    gatheredBytes += file.length + header.pixels() * BYTES_PER_PIXEL;
    if (gathered.size() == BATCH_IMAGES || gatheredBytes >= BATCH_KIB * 1024L) {
      handOver();
    }
    if (failed) {
      finish();
    }
  }

  private void handOver() {
    int kib = (int) Math.min(BUDGET_KIB, gatheredBytes / 1024 + 1);
    Batch batch = new Batch(gathered, kib);
    gathered = new ArrayList<>();
    gatheredBytes = 0;
    try {
      budget.acquire(kib);
      while (!failed && !waiting.offer(batch, 100, TimeUnit.MILLISECONDS)) {
        continue;
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /**
   * Waits for everything that was handed over.
   *
   * @throws HemlockException INVALID_ARGUMENT when an image can't be decoded
   */
  void finish() {
    if (!failed && !gathered.isEmpty()) {
      handOver();
    }
    finished = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      throw interrupted();
    }
    synchronized (this) {
      if (failed) {
        throw failure;
      }
    }
  }

  private void work() {
    try (ImageDecoder decoder = new ImageDecoder()) {
      while (true) {
        Batch batch = waiting.poll(20, TimeUnit.MILLISECONDS);
        if (batch != null) {
          batch.jobs().forEach(job -> decode(decoder, job));
          budget.release(batch.kib());
        } else if (finished && waiting.isEmpty()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void decode(ImageDecoder decoder, Job job) {
    try {
      if (!failed || job.number() < failedNumber()) {
        job.then().accept(decoder.decode(job.file()));
      }
    } catch (RefusedImage e) {
      fail(job, refused(job.path(), e));
    } catch (HemlockException e) {
      fail(job, e);
    } catch (OutOfMemoryError e) {
      fail(
          job,
          HemlockException.resourceExhausted(
                  "The image \"%s\" needs more memory than the server has. Make it smaller."
                      .formatted(job.path()))
              .because(e));
    } catch (RuntimeException | Error e) {
      fail(
          job,
          HemlockException.internal("The image \"%s\" can't be decoded".formatted(job.path()))
              .because(e));
    }
  }

  private synchronized int failedNumber() {
    return failedNumber;
  }

  private synchronized void fail(Job job, HemlockException e) {
    if (!failed || job.number() < failedNumber) {
      failedNumber = job.number();
      failure = e;
      failed = true;
    }
  }

  /** What to say when an image can't be taken. */
  static HemlockException refused(EntryPath path, RefusedImage cause) {
    return HemlockException.invalidArgument(
            "The image \"%s\" can't be used: %s.".formatted(path, cause.getMessage()))
        .with("entry", path.toString())
        .because(cause);
  }

  private static HemlockException interrupted() {
    Thread.currentThread().interrupt();
    return HemlockException.cancelled("The import was stopped because the server shuts down");
  }

  @Override
  public void close() {
    finished = true;
    waiting.clear();
    threads.forEach(Thread::interrupt);
    for (Thread thread : threads) {
      boolean again = false;
      try {
        thread.join(10_000);
      } catch (InterruptedException e) {
        again = true;
      }
      if (again) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
