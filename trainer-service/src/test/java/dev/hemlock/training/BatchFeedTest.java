package dev.hemlock.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hemlock.common.images.ImageShape;
import dev.hemlock.proto.dataset.v1.Snapshot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchFeedTest {
  private static final int STORED = 110;
  private static final int[] IDS = IntStream.range(0, 35).map(i -> 3 * i + 2).toArray();

  @TempDir Path cache;

  private Bench bench;
  private TrainingSet set;

  @BeforeEach
  void start() {
    bench = new Bench(cache);
    set = set(Bench.GREY);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @Test
  void givesEverySampleOnceAnEpochInTheRunsOrder() throws InterruptedException {
    // Given
    RunRandomness randomness = new RunRandomness(1, Augmentation.NONE);

    // When
    List<String> seen = new ArrayList<>();
    List<String> ends = new ArrayList<>();
    try (BatchFeed feed = feed(randomness, 2, 0, 0)) {
      while (feed.hasNext()) {
        BatchFeed.Batch batch = feed.next();
        ends.add(batch.epoch() + ":" + batch.samples().count() + ":" + batch.end());
        collect(batch, seen);
      }
    }

    // Then
    assertThat(ends)
        .containsExactly(
            "0:10:10", "0:10:20", "0:10:30", "0:5:35", "1:10:10", "1:10:20", "1:10:30", "1:5:35");
    List<String> expected = new ArrayList<>();
    for (int epoch = 0; epoch < 2; epoch++) {
      for (int position : randomness.order(epoch, IDS)) {
        expected.add(sample(position));
      }
    }
    assertThat(seen).isEqualTo(expected);
  }

  @Test
  void beginsAnywhereWithTheSameBatchesAndDigest() throws InterruptedException {
    // Given
    RunRandomness randomness = new RunRandomness(1, new Augmentation(true, 1));
    List<String> whole = new ArrayList<>();
    StreamDigest digest = new StreamDigest(randomness);
    try (BatchFeed feed =
        new BatchFeed(set, randomness, digest, 3, 10, pixels(randomness), List.of(), 0, 0)) {
      while (feed.hasNext()) {
        collect(feed.next(), whole);
      }
    }

    // When
    List<String> rest = new ArrayList<>();
    StreamDigest resumed = new StreamDigest(randomness);
    try (BatchFeed feed =
        new BatchFeed(set, randomness, resumed, 3, 10, pixels(randomness), List.of(), 1, 20)) {
      while (feed.hasNext()) {
        collect(feed.next(), rest);
      }
    }

    // Then
    assertThat(rest).isEqualTo(whole.subList(35 + 20, 105));
    var initial = dev.hemlock.common.storage.Digest.of(new byte[0]);
    assertThat(resumed.finish(1, List.of(initial))).isEqualTo(digest.finish(1, List.of(initial)));
  }

  @Test
  void endsWhenClosedEarly() throws InterruptedException {
    // When
    try (BatchFeed feed = feed(new RunRandomness(1, Augmentation.NONE), 2, 0, 0)) {
      feed.next();
    }

    // Then
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("hemlock-batches") && thread.isAlive());
  }

  @Test
  void measuresTheSplitsSamplesAlone() {
    // Given
    TrainingSet colour = set(new ImageShape(8, 8, 3));
    byte[] pixels = Pictures.pixels(new ImageShape(8, 8, 3), STORED);

    // When
    Normalisation normalisation = Normalisation.of(colour);

    // Then
    for (int c = 0; c < 3; c++) {
      double sum = 0;
      double squares = 0;
      for (int id : IDS) {
        for (int i = c; i < 192; i += 3) {
          double value = Byte.toUnsignedInt(pixels[id * 192 + i]) / 255.0;
          sum += value;
          squares += value * value;
        }
      }
      double mean = sum / (35 * 64);
      assertThat(normalisation.mean()[c]).isCloseTo(mean, within(1e-12));
      assertThat(normalisation.deviation()[c])
          .isCloseTo(Math.sqrt(squares / (35 * 64) - mean * mean), within(1e-9));
    }
  }

  private TrainingSet set(ImageShape shape) {
    int[] labels = IntStream.range(0, IDS.length).map(i -> i % 3).toArray();
    Snapshot.Builder content = Pictures.snapshot(bench.blobs, shape, STORED, IDS, labels);
    Snapshot snapshot = bench.snapshots.describe(bench.datasets.add(content));
    return bench.snapshots.read(snapshot, TrainingSnapshots.split(snapshot, "train"));
  }

  private BatchFeed feed(RunRandomness randomness, int epochs, int epoch, int position) {
    return new BatchFeed(
        set,
        randomness,
        new StreamDigest(randomness),
        epochs,
        10,
        pixels(randomness),
        List.of(),
        epoch,
        position);
  }

  private Extra pixels(RunRandomness randomness) {
    return new Extra.Pixels(randomness, set);
  }

  private void collect(BatchFeed.Batch batch, List<String> into) {
    byte[] image = new byte[set.images().stride()];
    for (int i = 0; i < batch.samples().count(); i++) {
      batch.samples().images().values().get(i * image.length, image);
      into.add(
          batch.samples().labels().getLong(i * Long.BYTES)
              + ":"
              + java.util.Arrays.hashCode(image));
    }
  }

  private String sample(int position) {
    byte[] image = new byte[set.images().stride()];
    set.images().copy(IDS[position], image, 0);
    return set.labels()[position] + ":" + java.util.Arrays.hashCode(image);
  }
}
