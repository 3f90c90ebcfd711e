package dev.hemlock.common.work;

import dev.hemlock.common.events.Doorbell;
import dev.hemlock.common.events.EventFeed;
import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.events.LocalEventFeed;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunEvents;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.storage.ObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;

/**
 * The ledger and the workers without a broker, for tests of services: a ring of the bell starts the
 * work on a thread of this process, and every published fact is told to the feed.
 */
public final class LocalWork implements AutoCloseable {
  /** Clocks for tests: everything happens within a fraction of a second. */
  public static final WorkSettings FAST =
      new WorkSettings(
          Duration.ofMillis(20),
          Duration.ofMillis(5),
          Duration.ofMillis(200),
          Duration.ofMillis(5),
          Duration.ofSeconds(10),
          Duration.ofMillis(200),
          Duration.ofMillis(2),
          Duration.ofMillis(20),
          Duration.ofSeconds(5));

  private final ObjectStore store;
  private final EventPublisher publisher;
  private final LocalEventFeed feed = new LocalEventFeed();
  private final List<Stage> stages = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
  private volatile boolean shuttingDown;

  /** Work that also publishes to the given publisher, usually a {@code RecordingPublisher}. */
  public LocalWork(ObjectStore store, EventPublisher recording) {
    this.store = store;
    this.publisher =
        (topic, id, type, subject, data, attributes) -> {
          recording.publish(topic, id, type, subject, data, attributes);
          feed.tell(new EventFeed.Event("default", id, type, subject, new byte[0]));
        };
  }

  /** Serves a stage; a lambda can take {@link Runs} that are made before it. */
  public LocalWork serve(Stage stage) {
    stages.add(stage);
    return this;
  }

  /** The runs of a kind. */
  public Runs runs(String kind, String stage) {
    return new Runs(ledger(kind, stage), new RunEvents(publisher), doorbell(), feed);
  }

  public Ledger ledger(String kind, String stage) {
    return new Ledger(store, "default", kind, stage);
  }

  public EventPublisher publisher() {
    return publisher;
  }

  public EventFeed feed() {
    return feed;
  }

  /** Starts the work of the stage that is rung for, if it is served. */
  public Doorbell doorbell() {
    return (stage, name) ->
        stages.stream()
            .filter(one -> one.name().equals(stage))
            .forEach(one -> threads.execute(() -> work(one, name)));
  }

  private void work(Stage stage, String name) {
    try {
      worker(stage).handle(name);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A further worker, as another process has it. */
  public Worker worker(Stage stage) {
    return new Worker(
        stage,
        ledger(stage.kind(), stage.name()),
        store,
        publisher,
        FAST,
        timer,
        () -> shuttingDown,
        "local");
  }

  /** Does something on a thread of this work. */
  <T> Future<T> submit(Callable<T> task) {
    return threads.submit(task);
  }

  @Override
  public void close() {
    shuttingDown = true;
    threads.shutdownNow();
    timer.shutdownNow();
  }
}
