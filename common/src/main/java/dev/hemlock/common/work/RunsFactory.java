package dev.hemlock.common.work;

import dev.hemlock.common.events.Doorbell;
import dev.hemlock.common.events.EventFeed;
import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunEvents;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.Tenant;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.OptionalInt;
import java.util.function.Function;

/** Makes the {@link Runs} of a kind, for a service's use-case class. */
@Singleton
public class RunsFactory {
  private final ObjectStore store;
  private final EventPublisher publisher;
  private final Doorbell bell;
  private final EventFeed feed;
  private final Function<String, OptionalInt> quotas;

  /** Runs within the quotas of the configuration. */
  @Inject
  public RunsFactory(
      ObjectStore store,
      EventPublisher publisher,
      Doorbell bell,
      EventFeed feed,
      WorkConfig config) {
    this(store, publisher, bell, feed, stage -> config.stages().get(stage).quota());
  }

  /**
   * Makes runs.
   *
   * @param quotas by stage, how many runs of a tenant may wait or run
   */
  public RunsFactory(
      ObjectStore store,
      EventPublisher publisher,
      Doorbell bell,
      EventFeed feed,
      Function<String, OptionalInt> quotas) {
    this.store = store;
    this.publisher = publisher;
    this.bell = bell;
    this.feed = feed;
    this.quotas = quotas;
  }

  /** For example {@code of("trainingRuns", "train")}. */
  public Runs of(String kind, String stage) {
    return new Runs(
        () -> new Ledger(store, Tenant.current(), kind, stage),
        new RunEvents(publisher),
        bell,
        feed,
        quotas.apply(stage));
  }
}
