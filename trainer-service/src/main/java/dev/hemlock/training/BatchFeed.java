package dev.hemlock.training;

import dev.hemlock.common.torch.TrainingBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The batches of a run, one after another. While one trains, the next is prepared on a thread of
 * its own; two sets of buffers take turns, so a batch is good until the next but one is asked for.
 */
final class BatchFeed implements AutoCloseable {
  private final TrainingSet set;
  private final RunRandomness randomness;
  private final StreamDigest digest;
  private final int epochs;
  private final int batchSize;
  private final List<Extra> columns;
  private final TrainingBatch[] buffers;
  private final ExecutorService preparer;
  private Future<Batch> prepared;
  private int epoch;
  private int position;
  private int[] order = {};

  /**
   * A batch, ready for training.
   *
   * @param epoch from 0
   * @param end samples of the epoch trained on after this batch
   */
  record Batch(TrainingBatch samples, int epoch, int end) {}

  /**
   * Starts preparing.
   *
   * @param images what the batches hold of each image
   * @param extras what they hold besides images and labels
   * @param epoch where to start, from 0
   * @param position samples of that epoch to leave out
   */
  BatchFeed(
      TrainingSet set,
      RunRandomness randomness,
      StreamDigest digest,
      int epochs,
      int batchSize,
      Extra images,
      List<Extra> extras,
      int epoch,
      int position) {
    this.set = set;
    this.randomness = randomness;
    this.digest = digest;
    this.epochs = epochs;
    this.batchSize = Math.min(batchSize, set.size());
    this.columns = Stream.concat(Stream.of(images), extras.stream()).toList();
    this.buffers = new TrainingBatch[] {empty(), empty()};
    this.epoch = epoch;
    this.position = position;
    this.preparer =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "hemlock-batches");
              thread.setDaemon(true);
              return thread;
            });
    this.prepared = preparer.submit(this::first);
  }

  /** Whether there is another batch. */
  boolean hasNext() {
    return prepared != null;
  }

  /** Waits for the next batch; the one after it begins to be prepared. */
  Batch next() throws InterruptedException {
    if (prepared == null) {
      throw new NoSuchElementException("The run has no further batch");
    }
    Batch batch;
    try {
      batch = prepared.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
    boolean last = batch.epoch() == epochs - 1 && batch.end() == set.size();
    prepared = last ? null : preparer.submit(this::prepare);
    return batch;
  }

  @Override
  public void close() {
    preparer.shutdownNow();
    boolean interrupted = false;
    while (!preparer.isTerminated()) {
      try {
        preparer.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Repeats the digest of the epochs before the first. */
  private Batch first() {
    for (int past = 0; past < epoch; past++) {
      enter(past);
    }
    enter(epoch);
    return prepare();
  }

  private void enter(int next) {
    order = randomness.order(next, set.ids());
    int[] ids = new int[order.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = set.ids()[order[i]];
    }
    digest.add(next, ids);
    columns.stream().filter(Extra::isDigested).forEach(extra -> digest(next, extra));
  }

  private void digest(int next, Extra extra) {
    ByteBuffer values = ByteBuffer.allocate(extra.bytes() * order.length);
    values.order(ByteOrder.LITTLE_ENDIAN);
    for (int from = 0; from < order.length; from += batchSize) {
      extra.put(next, order, from, Math.min(batchSize, order.length - from), values);
    }
    digest.addDraws(values.flip());
  }

  private Batch prepare() {
    if (position == set.size()) {
      epoch++;
      position = 0;
      enter(epoch);
    }
    TrainingBatch target = buffers[0];
    buffers[0] = buffers[1];
    buffers[1] = target;
    int count = Math.min(batchSize, set.size() - position);
    target.labels().clear();
    for (int i = position; i < position + count; i++) {
      target.labels().putLong(set.labels()[order[i]]);
    }
    fill(columns.get(0), target.images(), count);
    for (int i = 1; i < columns.size(); i++) {
      fill(columns.get(i), target.more().get(i - 1), count);
    }
    position += count;
    TrainingBatch filled =
        new TrainingBatch(target.images(), target.labels(), count, target.more());
    return new Batch(filled, epoch, position);
  }

  private void fill(Extra column, TrainingBatch.Column target, int count) {
    column.put(epoch, order, position, count, target.values().clear());
  }

  private TrainingBatch empty() {
    List<TrainingBatch.Column> empty =
        columns.stream()
            .map(column -> new TrainingBatch.Column(column.kind(), buffer(column.bytes())))
            .toList();
    return new TrainingBatch(empty.get(0), buffer(Long.BYTES), 0, empty.subList(1, empty.size()));
  }

  private ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(batchSize * bytes).order(ByteOrder.nativeOrder());
  }
}
