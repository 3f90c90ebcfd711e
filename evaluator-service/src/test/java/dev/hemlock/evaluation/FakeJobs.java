package dev.hemlock.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import dev.hemlock.common.ledger.Terminal;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.RunStatus;
import io.grpc.Status;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.MultiEmitter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/**
 * Long jobs of a pretended service: each succeeds as soon as it is asked for, unless the test holds
 * or fails it.
 */
final class FakeJobs<S, J> {
  private final String kind;
  private final BiFunction<Entry<S>, RunStatus, J> view;
  private final Map<String, Entry<S>> entries = new TreeMap<>();
  private final List<Watcher<J>> watchers = new ArrayList<>();
  private final List<String> cancelled = new ArrayList<>();
  private Predicate<S> held = spec -> false;
  private Predicate<S> failing = spec -> false;
  private Instant createTime = Instant.now();
  private int watchesToBreak;

  /** One job. */
  record Entry<S>(String name, S spec, RunState state, int tries) {}

  private record Watcher<J>(String name, MultiEmitter<? super J> emitter) {}

  FakeJobs(String kind, BiFunction<Entry<S>, RunStatus, J> view) {
    this.kind = kind;
    this.view = view;
  }

  /** Keeps jobs of these specs RUNNING until {@link #finish}. */
  synchronized void hold(Predicate<S> specs) {
    held = specs;
  }

  synchronized void fail(Predicate<S> specs) {
    failing = specs;
  }

  synchronized void createdAt(Instant time) {
    createTime = time;
  }

  /** Ends the next watches with UNAVAILABLE. */
  synchronized void breakWatches(int count) {
    watchesToBreak = count;
  }

  /** Ends all jobs that are RUNNING. */
  synchronized void finish() {
    held = spec -> false;
    for (Entry<S> entry : List.copyOf(entries.values())) {
      if (entry.state() == RunState.RUN_STATE_RUNNING) {
        enter(entry, outcome(entry.spec()));
      }
    }
  }

  synchronized J preview(S spec) {
    String name = name(spec);
    return entries.containsKey(name)
        ? get(name)
        : view.apply(
            new Entry<>(name, spec, RunState.RUN_STATE_UNSPECIFIED, 0),
            RunStatus.getDefaultInstance());
  }

  private String name(S spec) {
    return kind + "/" + Digest.of(spec.toString().getBytes(UTF_8)).hex();
  }

  synchronized J create(S spec) {
    String name = name(spec);
    Entry<S> present = entries.get(name);
    boolean again =
        present != null
            && (present.state() == RunState.RUN_STATE_FAILED
                || present.state() == RunState.RUN_STATE_CANCELLED);
    if (present == null || again) {
      int tries = again ? present.tries() + 1 : 1;
      enter(new Entry<>(name, spec, RunState.RUN_STATE_QUEUED, tries), outcome(spec));
    }
    return get(name);
  }

  synchronized J get(String name) {
    Entry<S> entry = entries.get(name);
    if (entry == null) {
      throw Status.NOT_FOUND.withDescription("There is no " + name).asRuntimeException();
    }
    RunStatus.Builder status =
        RunStatus.newBuilder()
            .setState(entry.state())
            .setTry(entry.tries())
            .setCreateTime(
                Timestamp.newBuilder()
                    .setSeconds(createTime.getEpochSecond())
                    .setNanos(createTime.getNano()));
    if (entry.state() == RunState.RUN_STATE_FAILED) {
      status.setError(
          com.google.rpc.Status.newBuilder()
              .setCode(Code.RESOURCE_EXHAUSTED.getNumber())
              .setMessage("out of memory"));
    }
    return view.apply(entry, status.build());
  }

  synchronized J cancel(String name) {
    cancelled.add(name);
    if (entries.get(name).state() == RunState.RUN_STATE_RUNNING) {
      enter(entries.get(name), RunState.RUN_STATE_CANCELLED);
    }
    return get(name);
  }

  Multi<J> watch(String name) {
    return Multi.createFrom().emitter(emitter -> watch(name, emitter));
  }

  private synchronized void watch(String name, MultiEmitter<? super J> emitter) {
    if (watchesToBreak > 0) {
      watchesToBreak--;
      emitter.fail(Status.UNAVAILABLE.asRuntimeException());
      return;
    }
    Watcher<J> watcher = new Watcher<>(name, emitter);
    watchers.add(watcher);
    tell(watcher);
  }

  private RunState outcome(S spec) {
    if (held.test(spec)) {
      return RunState.RUN_STATE_RUNNING;
    }
    return failing.test(spec) ? RunState.RUN_STATE_FAILED : RunState.RUN_STATE_SUCCEEDED;
  }

  private void enter(Entry<S> entry, RunState state) {
    entries.put(entry.name(), new Entry<>(entry.name(), entry.spec(), state, entry.tries()));
    List.copyOf(watchers).stream()
        .filter(watcher -> watcher.name().equals(entry.name()))
        .forEach(this::tell);
  }

  private void tell(Watcher<J> watcher) {
    watcher.emitter().emit(get(watcher.name()));
    if (Terminal.isTerminal(entries.get(watcher.name()).state())) {
      watcher.emitter().complete();
      watchers.remove(watcher);
    }
  }

  /** The jobs that were asked to stop. */
  synchronized List<String> cancelled() {
    return List.copyOf(cancelled);
  }

  /** Every job ever asked for. */
  synchronized List<Entry<S>> all() {
    return List.copyOf(entries.values());
  }

  synchronized long count(RunState state) {
    return entries.values().stream().filter(entry -> entry.state() == state).count();
  }
}
