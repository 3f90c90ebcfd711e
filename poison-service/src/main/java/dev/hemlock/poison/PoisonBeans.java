package dev.hemlock.poison;

import dev.hemlock.common.events.Doorbell;
import dev.hemlock.common.events.EventFeed;
import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunEvents;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.Tenant;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Puts the service together. */
@Singleton
class PoisonBeans {
  @Produces
  @Singleton
  Poisonings poisonings(
      ObjectStore store,
      EventPublisher publisher,
      Doorbell bell,
      EventFeed feed,
      SnapshotLabels snapshots,
      FlipManifests manifests) {
    Ledger ledger = new Ledger(store, Tenant.current(), PoisonStage.KIND, PoisonStage.NAME);
    return new Poisonings(
        new Runs(ledger, new RunEvents(publisher), bell, feed), snapshots, manifests);
  }
}
