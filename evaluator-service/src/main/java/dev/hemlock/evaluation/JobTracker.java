package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.grpc.GrpcErrors;
import dev.hemlock.common.grpc.RemoteCalls;
import dev.hemlock.common.ledger.Terminal;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.RunStatus;
import io.opentelemetry.context.Context;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.operators.multi.processors.UnicastProcessor;
import io.smallrye.mutiny.subscription.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Asks for an experiment's jobs of one kind and follows them to their end. Confined to one thread:
 * the ends of jobs arrive as tasks in its inbox. A bounded number of watch streams is open at a
 * time, oldest job first, so that a connection is never full of them; a lost stream is opened
 * again, with a growing pause.
 *
 * @param <K> what the experiment needs the job for; several keys can turn out to be one job
 * @param <S> what is asked for
 * @param <J> the job
 */
final class JobTracker<K, S, J> implements AutoCloseable {
  private static final int OPEN_STREAMS = 16;

  private final Jobs<S, J> jobs;
  private final Function<K, String> describe;
  private final Consumer<J> interest;
  private final BiConsumer<K, J> succeeded;
  private final BlockingQueue<Runnable> inbox;
  private final UnicastProcessor<String> names = UnicastProcessor.create();
  private final Cancellable following;
  private final Map<String, List<K>> waiting = new HashMap<>();
  private final Map<K, S> specs = new HashMap<>();
  private final Map<K, J> done = new LinkedHashMap<>();
  private final Map<String, Long> cancelledAt = new HashMap<>();
  private final Set<String> askedAgain = new HashSet<>();
  private final Duration patience;
  private final String tenant = Tenant.current();
  private final Context trace = Context.current();
  private int present;

  /**
   * @param describe a key for people
   * @param interest notes that a job which has not ended is wanted
   * @param succeeded told of each key's job once it has SUCCEEDED, on the inbox's thread
   * @param patience how long after a job was cancelled to ask for it again
   */
  JobTracker(
      Jobs<S, J> jobs,
      Function<K, String> describe,
      Consumer<J> interest,
      BiConsumer<K, J> succeeded,
      BlockingQueue<Runnable> inbox,
      Duration patience) {
    this.jobs = jobs;
    this.describe = describe;
    this.interest = interest;
    this.succeeded = succeeded;
    this.inbox = inbox;
    this.patience = patience;
    following =
        names
            .onItem()
            .transformToUni(this::end)
            .merge(OPEN_STREAMS)
            .subscribe()
            .with(inbox::add, failure -> inbox.add(() -> rethrow(failure)));
  }

  /**
   * Asks for a job and follows it.
   *
   * @throws HemlockException if it is refused, or has FAILED
   */
  void ask(K key, S spec) {
    specs.put(key, spec);
    J job = create(key);
    waiting.computeIfAbsent(jobs.name(job), name -> new ArrayList<>()).add(key);
    if (Terminal.isTerminal(jobs.status(job).getState())) {
      if (jobs.status(job).getState() == RunState.RUN_STATE_SUCCEEDED) {
        present++;
      }
      settle(job);
    } else {
      interest.accept(job);
      if (waiting.get(jobs.name(job)).size() == 1) {
        names.onNext(jobs.name(job));
      }
    }
  }

  /**
   * Asks once more for jobs that were cancelled a while ago: another experiment may have let go of
   * one just before this one noted its interest. The pause lets a cancellation of this experiment
   * arrive first.
   */
  void askAgain() {
    long now = System.nanoTime();
    List<String> due =
        cancelledAt.entrySet().stream()
            .filter(cancelled -> now - cancelled.getValue() >= patience.toNanos())
            .map(Map.Entry::getKey)
            .toList();
    for (String name : due) {
      cancelledAt.remove(name);
      waiting.remove(name).forEach(key -> ask(key, specs.get(key)));
    }
  }

  /** How many have SUCCEEDED since they were asked for here. */
  int followed() {
    return done.size() - present;
  }

  /** The jobs that have SUCCEEDED. */
  Map<K, J> done() {
    return done;
  }

  private J create(K key) {
    try {
      return jobs.create(specs.get(key));
    } catch (HemlockException e) {
      if (e.retryable()) {
        throw e;
      }
      throw new HemlockException(
              e.reason(),
              "The " + describe.apply(key) + " was refused: " + e.getMessage(),
              e.metadata())
          .because(e);
    }
  }

  private Uni<Runnable> end(String name) {
    return Uni.createFrom()
        .deferred(trace.wrapSupplier(() -> Tenant.call(tenant, () -> watch(name))))
        .onItem()
        .ifNull()
        .failWith(() -> HemlockException.unavailable("The watch of " + name + " ended early"))
        .onFailure(RemoteCalls::isAway)
        .retry()
        .withBackOff(RemoteCalls.FIRST_BACK_OFF, RemoteCalls.LONGEST_BACK_OFF)
        .indefinitely()
        .<Runnable>map(job -> () -> settle(job))
        .onFailure()
        .recoverWithItem(failure -> () -> rethrow(failure));
  }

  private Uni<J> watch(String name) {
    return jobs.watch(name).filter(this::hasEnded).toUni();
  }

  private boolean hasEnded(J job) {
    return Terminal.isTerminal(jobs.status(job).getState());
  }

  private void settle(J job) {
    String name = jobs.name(job);
    RunStatus status = jobs.status(job);
    if (!waiting.containsKey(name)) {
      // Settled before, when another key turned out to be the same job.
      return;
    }
    if (status.getState() == RunState.RUN_STATE_SUCCEEDED) {
      for (K key : waiting.remove(name)) {
        done.put(key, job);
        succeeded.accept(key, job);
      }
    } else if (status.getState() == RunState.RUN_STATE_CANCELLED && askedAgain.add(name)) {
      cancelledAt.put(name, System.nanoTime());
    } else {
      throw failure(name, status);
    }
  }

  private HemlockException failure(String name, RunStatus status) {
    String job = name + " (" + describe.apply(waiting.get(name).get(0)) + ")";
    if (status.getState() == RunState.RUN_STATE_CANCELLED) {
      return HemlockException.failedPrecondition(
              job + " was cancelled; ask for the experiment again to start it anew")
          .with("job", name);
    }
    Reason reason = GrpcErrors.fromStatus(status.getError()).reason();
    return new HemlockException(
        reason.retryable() ? Reason.INTERNAL : reason,
        job + " failed: " + status.getError().getMessage(),
        Map.of("job", name));
  }

  private static void rethrow(Throwable failure) {
    throw RemoteCalls.toException(failure);
  }

  @Override
  public void close() {
    following.cancel();
  }
}
