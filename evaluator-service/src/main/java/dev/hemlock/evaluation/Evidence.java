package dev.hemlock.evaluation;

import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.evaluation.detection.ActivationClustering;
import dev.hemlock.evaluation.detection.Activations;
import dev.hemlock.evaluation.detection.AreaUnderMargin;
import dev.hemlock.evaluation.detection.ConfidentLearning;
import dev.hemlock.evaluation.detection.Folds;
import dev.hemlock.evaluation.detection.GivenLabels;
import dev.hemlock.evaluation.detection.LossRanking;
import dev.hemlock.evaluation.detection.Matrix;
import dev.hemlock.evaluation.detection.NeighbourDisagreement;
import dev.hemlock.evaluation.detection.Oracle;
import dev.hemlock.evaluation.detection.RandomFilter;
import dev.hemlock.evaluation.detection.SpectralSignature;
import dev.hemlock.evaluation.detection.Suspicion;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.poison.v1.Flip;
import java.util.List;
import java.util.function.Supplier;

/**
 * Brings stored predictions into the form that a detector asks for. Blocking.
 *
 * @param evaluations of the models of {@link DetectionPlan#probes}, in their order
 */
record Evidence(
    DetectionSpec spec, JudgedSplit judged, List<Evaluation> evaluations, BlobStore blobs) {

  /**
   * Has the spec's detector judge the labels.
   *
   * @param flips asked only for the oracle
   */
  Suspicion judge(Supplier<List<Flip>> flips) {
    GivenLabels labels = judged.labels();
    return switch (spec.getDetectorCase()) {
      case CONFIDENT_LEARNING -> new ConfidentLearning().judge(labels, outOfFold());
      case NEIGHBOUR_DISAGREEMENT ->
          new NeighbourDisagreement(spec.getNeighbourDisagreement().getNeighbours())
              .judge(labels, activations().features());
      case AREA_UNDER_MARGIN -> new AreaUnderMargin().judge(labels, overTraining());
      case LOSS_RANKING -> new LossRanking().judge(labels, overTraining());
      case ACTIVATION_CLUSTERING -> new ActivationClustering().judge(labels, activations());
      case SPECTRAL_SIGNATURE ->
          new SpectralSignature(spec.getSpectralSignature().getAlarmRate())
              .judge(labels, activations());
      case ORACLE -> new Oracle().judge(labels, truth(flips.get()));
      case RANDOM_FILTER ->
          new RandomFilter(spec.getRandomFilter().getShare(), spec.getSeed())
              .judge(labels, judged.sampleIds());
      case DETECTOR_NOT_SET -> throw new IllegalArgumentException("There is no detector");
    };
  }

  private Matrix outOfFold() {
    Folds folds = DetectionPlan.folds(spec);
    int classes = judged.labels().classCount();
    float[] probabilities = new float[judged.sampleIds().length * classes];
    for (int fold = 0; fold < evaluations.size(); fold++) {
      float[] rows =
          StoredLogits.logits(blobs, evaluations.get(fold).getPredictions()).softmax().values();
      int[] positions = folds.inside(fold, judged.sampleIds());
      for (int i = 0; i < positions.length; i++) {
        System.arraycopy(rows, i * classes, probabilities, positions[i] * classes, classes);
      }
    }
    return new Matrix(probabilities, judged.sampleIds().length, classes);
  }

  private List<Matrix> overTraining() {
    return evaluations.stream()
        .map(evaluation -> StoredLogits.logits(blobs, evaluation.getPredictions()))
        .toList();
  }

  private Activations activations() {
    Evaluation evaluation = evaluations.get(0);
    return new Activations(
        StoredLogits.features(blobs, evaluation.getPredictions()),
        StoredLogits.logits(blobs, evaluation.getPredictions()).largest());
  }

  private GivenLabels truth(List<Flip> flips) {
    int[] truth = judged.labels().given().clone();
    for (Flip flip : flips) {
      truth[judged.position(flip.getSampleId())] = judged.classNames().indexOf(flip.getFromClass());
    }
    return new GivenLabels(truth, judged.labels().classCount());
  }
}
