package dev.hemlock.training;

import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.common.torch.TorchTraining.Totals;
import dev.hemlock.proto.events.v1.EpochCompleted;
import dev.hemlock.proto.training.v1.EpochMetrics;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingSpec;

/** Between the messages of {@code hemlock.training.v1} and the domain. */
final class TrainingRunMapper {
  private TrainingRunMapper() {}

  static TrainingSpec spec(byte[] document) {
    return ProtoJson.parse(document, TrainingSpec.newBuilder()).build();
  }

  /** A run as its service shows it: the result, or else the epochs so far. */
  static TrainingRun trainingRun(RunView run) {
    TrainingRun.Builder shown = TrainingRun.newBuilder();
    run.result()
        .or(run::progress)
        .filter(document -> document.length > 0)
        .ifPresent(document -> ProtoJson.parse(document, shown));
    TrainingSpec spec = spec(run.spec());
    if (spec.getRedTeam()) {
      shown.setUntrusted(true);
    }
    return shown.setName(run.name()).setSpec(spec).setStatus(run.status()).build();
  }

  /**
   * What an epoch gave.
   *
   * @param epoch from 1
   */
  static EpochMetrics metrics(int epoch, Totals totals, double seconds) {
    return EpochMetrics.newBuilder()
        .setEpoch(epoch)
        .setLoss(totals.loss() / totals.samples())
        .setAccuracy(totals.correct() / totals.samples())
        .setSeconds(seconds)
        .build();
  }

  static EpochCompleted completed(String run, EpochMetrics metrics, int epochs) {
    return EpochCompleted.newBuilder()
        .setTrainingRun(run)
        .setEpoch(metrics.getEpoch())
        .setEpochs(epochs)
        .setLoss(metrics.getLoss())
        .setAccuracy(metrics.getAccuracy())
        .build();
  }
}
