package dev.hemlock.common.ledger;

import com.google.protobuf.Timestamp;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.Page;
import dev.hemlock.common.storage.StoredObject;
import dev.hemlock.common.tracing.Tracing;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.RunStatus;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The write-once record of one kind of run. Only objects that are created if absent decide
 * anything; heartbeats and pending markers are advisory.
 *
 * <p>A run's state: the terminal object of its present try alone; without one it is RUNNING if
 * claimed in this try, else QUEUED. The result is committed before the terminal object.
 */
public final class Ledger {
  private static final String TRACEPARENT = "traceparent";

  private final ObjectStore store;
  private final RunKeys keys;

  public Ledger(ObjectStore store, String tenant, String kind, String stage) {
    this.store = store;
    this.keys = new RunKeys(tenant, kind, stage);
  }

  public String tenant() {
    return keys.tenant();
  }

  public String kind() {
    return keys.kind();
  }

  public String stage() {
    return keys.stage();
  }

  /** The name of the run with this spec. */
  public String name(byte[] canonicalSpec) {
    return keys.kind() + "/" + Digest.of(canonicalSpec).hex();
  }

  /** Whether a name is one of this kind of run. */
  public boolean owns(String name) {
    return name.matches(keys.kind() + "/[0-9a-f]{64}");
  }

  /** Folds one listing; empty if there is no such run. */
  public Optional<RunFold> look(String name) {
    if (!owns(name)) {
      return Optional.empty();
    }
    String prefix = keys.run(name);
    return RunFold.of(name, prefix, keys.stage(), store.list(prefix));
  }

  /** Binds a request id to a run; false if it is bound to another one. */
  boolean bind(String requestId, String name) {
    String key = keys.request(Digest.of(requestId.getBytes(StandardCharsets.UTF_8)).hex());
    return store.create(key, name.getBytes(StandardCharsets.UTF_8))
        || name.equals(new String(require(key), StandardCharsets.UTF_8));
  }

  void createSpec(String name, byte[] spec) {
    store.create(keys.spec(name), spec);
  }

  public byte[] spec(String name) {
    return require(keys.spec(name));
  }

  void openTry(String name, int tryNumber) {
    store.create(keys.requested(name, tryNumber), new byte[] {'{', '}'});
  }

  /** Has a try belong to the present trace, unless there is none or it belongs to one already. */
  void keepTrace(String name, int tryNumber) {
    String traceparent = Tracing.headers(Context.current()).get(TRACEPARENT);
    if (traceparent != null) {
      store.create(keys.traceparent(name, tryNumber), traceparent.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The trace that a try belongs to; none if none was kept, or nobody collects spans. */
  public Context trace(String name, int tryNumber) {
    return Tracing.on()
        ? store
            .read(keys.traceparent(name, tryNumber))
            .map(kept -> new String(kept, StandardCharsets.UTF_8))
            .map(traceparent -> Tracing.trace(Map.of(TRACEPARENT, traceparent)))
            .orElse(Context.root())
        : Context.root();
  }

  void requestCancel(String name, int tryNumber) {
    store.create(keys.cancel(name, tryNumber), new byte[] {'{', '}'});
  }

  /** The newest claim, if it belongs to the present try. */
  public Optional<Claim> claim(RunFold run) {
    if (run.claims().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(Claim.parse(require(keys.claim(run.name(), run.epoch()))))
        .filter(claim -> claim.tryNumber() == run.tryNumber());
  }

  /** Claims an epoch; false if somebody else has it. */
  public boolean claim(String name, int epoch, Claim claim) {
    return store.create(keys.claim(name, epoch), claim.toJson());
  }

  public void beat(String name, int epoch, Heartbeat heartbeat) {
    store.overwrite(keys.heartbeat(name, epoch), heartbeat.toBytes());
  }

  /** The last sign of life; a damaged one is none. */
  public Optional<Heartbeat> heartbeat(String name, int epoch) {
    try {
      return store.read(keys.heartbeat(name, epoch)).map(Heartbeat::parse);
    } catch (HemlockException e) {
      if (e.retryable()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  public void giveUp(String name, int epoch, Attempt attempt) {
    store.create(keys.attempt(name, epoch), attempt.toJson());
  }

  public Attempt attempt(String name, int epoch) {
    return Attempt.parse(require(keys.attempt(name, epoch)));
  }

  /** Commits the result and returns it. If there is one already, that one stays and is returned. */
  public byte[] commit(String name, byte[] result) {
    return store.create(keys.result(name), result) ? result : result(name);
  }

  public byte[] result(String name) {
    return require(keys.result(name));
  }

  /** Ends a try, and returns how it ended: this way, or as somebody else ended it before. */
  public Terminal end(String name, int tryNumber, Terminal terminal) {
    return store.create(keys.terminal(name, tryNumber), terminal.toJson())
        ? terminal
        : terminal(name, tryNumber);
  }

  public Terminal terminal(String name, int tryNumber) {
    return Terminal.parse(require(keys.terminal(name, tryNumber)));
  }

  /** Marks a try as one the sweeper looks after. */
  void mark(String name, int tryNumber) {
    store.overwrite(keys.pending(name, tryNumber), new byte[] {'{', '}'});
  }

  /** Whether the sweeper still looks after a try. */
  public boolean marked(String name, int tryNumber) {
    return store.exists(keys.pending(name, tryNumber));
  }

  public void unmark(String name, int tryNumber) {
    store.delete(keys.pending(name, tryNumber));
  }

  /** The tries the sweeper looks after. */
  public List<Pending> pending() {
    return store.list(keys.pending()).stream().flatMap(this::pending).toList();
  }

  private Stream<Pending> pending(StoredObject object) {
    String[] path = object.key().substring(keys.pending().length()).split("/", -1);
    return path.length == 2 && RunKeys.isNumber(path[1])
        ? Stream.of(
            new Pending(
                keys.kind() + "/" + path[0], Integer.parseInt(path[1]), object.lastModified()))
        : Stream.empty();
  }

  /**
   * Says that a worker of this stage lives.
   *
   * @param worker letters, digits, dot, hyphen
   */
  public void show(String worker, byte[] document) {
    store.overwrite(keys.workers() + worker, document);
  }

  /** The workers that have shown themselves, by name. */
  public List<Seen> workers() {
    return store.list(keys.workers()).stream()
        .map(
            object ->
                new Seen(object.key().substring(keys.workers().length()), object.lastModified()))
        .toList();
  }

  /** What a worker has shown last. */
  public Optional<byte[]> shown(String worker) {
    return store.read(keys.workers() + worker);
  }

  /** Forgets a worker. */
  public void forget(String worker) {
    store.delete(keys.workers() + worker);
  }

  /** A page of the runs' names, in order. */
  Page<String> names(String after, int limit) {
    return store.folders(keys.runs(), after, limit);
  }

  /** Where checkpoints lie: {@code {epoch}/{step}/} below it. */
  public String checkpoints(String name) {
    return keys.checkpoints(name);
  }

  /** Where one checkpoint's parts and its manifest lie. */
  public String checkpoint(String name, int epoch, int step) {
    return keys.checkpoint(name, epoch, step);
  }

  /** The run as its listing and a few of its objects show it. */
  public RunView view(RunFold run) {
    return view(run, spec(run.name()));
  }

  /** The same for a run whose spec is known. */
  RunView view(RunFold run, byte[] spec) {
    if (run.ended()) {
      Terminal terminal = terminal(run.name(), run.tryNumber());
      Optional<byte[]> result =
          terminal.state() == RunState.RUN_STATE_SUCCEEDED
              ? Optional.of(result(run.name()))
              : Optional.empty();
      return view(run, spec, terminal, result);
    }
    Optional<Claim> claim = claim(run);
    Optional<Heartbeat> heartbeat = claim.flatMap(c -> heartbeat(run.name(), run.epoch()));
    RunStatus.Builder status = status(run, claim);
    status.setState(claim.isPresent() ? RunState.RUN_STATE_RUNNING : RunState.RUN_STATE_QUEUED);
    heartbeat.ifPresent(beat -> status.setProgress(beat.share()));
    return new RunView(
        run.name(), spec, status.build(), heartbeat.flatMap(Heartbeat::document), Optional.empty());
  }

  /** The view of a run that has ended, from what is known already. */
  public RunView view(RunFold run, byte[] spec, Terminal terminal, Optional<byte[]> result) {
    // Claims of the first try need no reading.
    Optional<Claim> claim =
        run.tryNumber() == 1 && !run.claims().isEmpty()
            ? Optional.of(new Claim(1, run.claims().firstKey(), "", Instant.EPOCH))
            : claim(run);
    RunStatus.Builder status = status(run, claim).setState(terminal.state());
    terminal.error().ifPresent(status::setError);
    run.endTime().ifPresent(time -> status.setEndTime(timestamp(time)));
    if (terminal.state() == RunState.RUN_STATE_SUCCEEDED) {
      status.setProgress(1);
    }
    return new RunView(run.name(), spec, status.build(), Optional.empty(), result);
  }

  private static RunStatus.Builder status(RunFold run, Optional<Claim> claim) {
    RunStatus.Builder status =
        RunStatus.newBuilder().setTry(run.tryNumber()).setCreateTime(timestamp(run.createTime()));
    claim
        .map(c -> run.claims().get(c.firstEpoch()))
        .ifPresent(time -> status.setStartTime(timestamp(time)));
    return status;
  }

  private static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  private byte[] require(String key) {
    return store
        .read(key)
        .orElseThrow(() -> HemlockException.notFound("The ledger has no object " + key));
  }

  /** A worker, and when it was last seen by the store's clock. */
  public record Seen(String worker, Instant time) {}

  /** A try that a marker says is not ended. */
  public record Pending(String name, int tryNumber, Instant since) {}
}
