package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.evaluation.certification.Aggregation;
import dev.hemlock.evaluation.certification.Certificates;
import dev.hemlock.evaluation.certification.Votes;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.evaluation.v1.CertificationSpec;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.training.v1.TrainingSpec;
import java.security.MessageDigest;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** The models of an ensemble, and what their votes certify; of specs whose defaults are filled in. */
final class CertificationPlan {
  private static final int BATCH = 256;

  private CertificationPlan() {}

  /**
   * The stable ids of the samples that each model is trained on.
   *
   * @param betweenBatches run now and then while images are read
   * @throws HemlockException INVALID_ARGUMENT if a model would have none
   */
  static List<int[]> samples(CertificationSpec spec, SplitImages images, Runnable betweenBatches) {
    Aggregation aggregation = aggregation(spec);
    int[] partitions = partitions(aggregation, images, betweenBatches);
    int[] ids = images.sampleIds();
    List<int[]> samples =
        IntStream.range(0, aggregation.count())
            .mapToObj(
                model ->
                    IntStream.range(0, ids.length)
                        .filter(i -> aggregation.trains(partitions[i], model))
                        .map(i -> ids[i])
                        .toArray())
            .toList();
    if (samples.stream().anyMatch(some -> some.length == 0)) {
      String message =
          "Of %d models of %d training samples one has none; ask for fewer partitions"
              .formatted(aggregation.count(), ids.length);
      throw HemlockException.invalidArgument(message).violating("spec.partitions", message);
    }
    return samples;
  }

  private static int[] partitions(
      Aggregation aggregation, SplitImages images, Runnable betweenBatches) {
    MessageDigest sha256 = Digest.sha256();
    int[] partitions = new int[images.count()];
    for (int from = 0; from < images.count(); from += BATCH) {
      betweenBatches.run();
      int to = Math.min(images.count(), from + BATCH);
      byte[] pixels = images.pixels(from, to);
      int stride = pixels.length / (to - from);
      for (int i = from; i < to; i++) {
        sha256.update(pixels, (i - from) * stride, stride);
        partitions[i] = aggregation.partition(sha256.digest());
      }
    }
    return partitions;
  }

  /** The training of each model on its snapshot, and the question how it reads the test split. */
  static Probe probe(CertificationSpec spec, String snapshot) {
    return new Probe(training(spec, snapshot), snapshot, ExperimentPlan.TEST, false);
  }

  static TrainingSpec training(CertificationSpec spec, String snapshot) {
    TrainingSpec.Builder training =
        TrainingSpec.newBuilder()
            .setSnapshot(snapshot)
            .setSplit(ExperimentPlan.TRAIN)
            .setRecipe(spec.getRecipe())
            .setSeed(spec.getSeed());
    if (spec.getRedTeam()) {
      training.setRedTeam(true);
    }
    return training.build();
  }

  /**
   * What the models' predictions certify.
   *
   * @param evaluations of the models, in their order
   */
  static Certificates certificates(
      CertificationSpec spec, Snapshot snapshot, List<Evaluation> evaluations, BlobStore blobs) {
    int[][] votes =
        evaluations.stream()
            .map(evaluation -> StoredLogits.classes(blobs, evaluation.getPredictions()))
            .toArray(int[][]::new);
    return Certificates.of(
        new Votes(aggregation(spec), votes, snapshot.getClassNamesCount()), target(spec, snapshot));
  }

  /** The class that is attacked, if an attack is looked at. */
  static OptionalInt source(CertificationSpec spec, Snapshot snapshot) {
    return index(spec.getSourceClass(), snapshot);
  }

  private static OptionalInt target(CertificationSpec spec, Snapshot snapshot) {
    return index(spec.getTargetClass(), snapshot);
  }

  private static OptionalInt index(String name, Snapshot snapshot) {
    return name.isEmpty()
        ? OptionalInt.empty()
        : OptionalInt.of(snapshot.getClassNamesList().indexOf(name));
  }

  private static Aggregation aggregation(CertificationSpec spec) {
    return Aggregation.of(spec.getPartitions(), spec.getSpread(), spec.getSeed());
  }
}
