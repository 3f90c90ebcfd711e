package dev.hemlock.poison;

import dev.hemlock.common.work.RunsFactory;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Puts the service together. */
@Singleton
class PoisonBeans {
  @Produces
  @Singleton
  Poisonings poisonings(
      RunsFactory runs,
      SnapshotLabels snapshots,
      RemoteEvaluations evaluations,
      FlipManifests manifests) {
    return new Poisonings(
        runs.of(PoisonStage.KIND, PoisonStage.NAME), snapshots, evaluations, manifests);
  }
}
