package dev.hemlock.common.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.LocalEventFeed;
import dev.hemlock.common.events.RecordingPublisher;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunEvents;
import dev.hemlock.common.ledger.RunFold;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.ledger.Terminal;
import dev.hemlock.common.storage.InMemoryObjectStore;
import dev.hemlock.proto.run.v1.RunState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Workers and users on one run, one store request at a time in a random order. Heartbeats stand
 * still at once, so that workers take over from each other whenever they can.
 */
class InterleavingTest {
  private static final String KIND = "trainingRuns";
  private static final String STAGE = "train";
  private static final byte[] SPEC = "{\"seed\":1}".getBytes(UTF_8);
  private static final WorkSettings HASTY =
      new WorkSettings(
          Duration.ofHours(1),
          Duration.ofHours(1),
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofHours(1),
          Duration.ofHours(1),
          Duration.ZERO,
          Duration.ZERO,
          Duration.ZERO);

  /** Lets one of the actors that wait go on, at random, whenever all of them wait. */
  private static final class Turns {
    private final Random random;
    private final List<Thread> waiting = new ArrayList<>();
    private int actors;
    private Thread next;

    Turns(long seed) {
      this.random = new Random(seed);
    }

    synchronized void enter() {
      actors++;
    }

    synchronized void leave() {
      actors--;
      choose();
    }

    synchronized void take() {
      if (!Thread.currentThread().getName().startsWith("actor")) {
        return;
      }
      waiting.add(Thread.currentThread());
      choose();
      while (next != Thread.currentThread()) {
        try {
          wait();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      next = null;
      waiting.remove(Thread.currentThread());
    }

    private void choose() {
      if (next == null && !waiting.isEmpty() && waiting.size() == actors) {
        next = waiting.get(random.nextInt(waiting.size()));
        notifyAll();
      }
    }
  }

  @Property(tries = 400)
  void everyTryEndsExactlyOnceWhateverTheOrder(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    Turns turns = new Turns(seed);
    InMemoryObjectStore memory = new InMemoryObjectStore();
    CountingStore store = new CountingStore(memory, key -> turns.take());
    RecordingPublisher events = new RecordingPublisher();
    Ledger ledger = new Ledger(store, "default", KIND, STAGE);
    Runs runs = new Runs(ledger, new RunEvents(events), (stage, name) -> {}, new LocalEventFeed());
    String name = runs.create(SPEC, "").name();
    ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> actors = new ArrayList<>();
    for (int actor = 0; actor < 2 + random.nextInt(3); actor++) {
      FakeStage stage = new FakeStage(KIND, STAGE, body(random.nextInt(5)));
      Worker worker =
          new Worker(stage, ledger, store, events, HASTY, timer, () -> false, "actor" + actor);
      actors.add(actor("actor worker", turns, failure, () -> worker.handle(name)));
    }
    for (int actor = 0; actor < random.nextInt(3); actor++) {
      boolean cancels = random.nextBoolean();
      actors.add(
          actor(
              "actor user",
              turns,
              failure,
              () -> cancels ? runs.cancel(name) : runs.create(SPEC, "")));
    }

    actors.forEach(thread -> turns.enter());
    actors.forEach(Thread::start);
    for (Thread thread : actors) {
      thread.join();
    }
    FakeStage last = new FakeStage(KIND, STAGE, Work::spec);
    new Worker(last, ledger, store, events, HASTY, timer, () -> false, "last").handle(name);
    timer.shutdownNow();

    assertThat(failure.get()).isNull();
    RunFold run = ledger.look(name).orElseThrow();
    assertThat(run.ended()).isTrue();
    Map<Integer, String> told = toldEnds(name, events);
    for (int number = 1; number <= run.tryNumber(); number++) {
      Terminal terminal = ledger.terminal(name, number);
      assertThat(told.get(number)).isEqualTo(terminal.state().name());
      if (terminal.state() == RunState.RUN_STATE_SUCCEEDED) {
        assertThat(number).isEqualTo(run.tryNumber());
        assertThat(ledger.result(name)).isEqualTo(SPEC);
      }
    }
    assertThat(ledger.pending()).isEmpty();
  }

  private static FakeStage.Body body(int kind) {
    return switch (kind) {
      case 0 ->
          work -> {
            throw HemlockException.failedPrecondition("never works");
          };
      case 1 ->
          work -> {
            throw new IllegalStateException("boom");
          };
      case 2 ->
          work -> {
            work.checkpoints().save(1, Map.of("part", CheckpointStore.Part.of(new byte[1])));
            return work.spec();
          };
      default -> Work::spec;
    };
  }

  /** The one end that was told of each try; two different ones fail. */
  private static Map<Integer, String> toldEnds(String name, RecordingPublisher events) {
    Map<Integer, String> told = new HashMap<>();
    for (String id : events.ids(Topics.EVENTS)) {
      String[] path = id.substring(name.length() + 1).split("/", -1);
      if (!path[1].equals("QUEUED") && !path[1].equals("RUNNING")) {
        String before = told.put(Integer.valueOf(path[0]), "RUN_STATE_" + path[1]);
        assertThat(before == null || before.equals("RUN_STATE_" + path[1])).isTrue();
      }
    }
    return told;
  }

  private interface Action {
    Object act() throws Exception;
  }

  private static Thread actor(
      String name, Turns turns, AtomicReference<Throwable> failure, Action action) {
    return new Thread(
        () -> {
          try {
            action.act();
          } catch (Throwable e) {
            failure.compareAndSet(null, e);
          } finally {
            turns.leave();
          }
        },
        name);
  }
}
