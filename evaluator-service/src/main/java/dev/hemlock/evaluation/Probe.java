package dev.hemlock.evaluation;

import dev.hemlock.proto.evaluation.v1.EvaluationSpec;
import dev.hemlock.proto.training.v1.TrainingSpec;

/**
 * A model to train, and what to ask it.
 *
 * @param snapshot the snapshot that it predicts
 * @param split the split of it
 * @param features whether the inputs of its last layer are wanted
 */
record Probe(TrainingSpec training, String snapshot, String split, boolean features) {

  EvaluationSpec evaluation(String trainingRun) {
    return EvaluationSpec.newBuilder()
        .setTrainingRun(trainingRun)
        .setSnapshot(snapshot)
        .setSplit(split)
        .setIncludeFeatures(features)
        .build();
  }
}
