package dev.hemlock.common.ledger;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.events.EventFeed;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.smallrye.mutiny.subscription.MultiEmitter;
import java.util.Arrays;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Follows one run: facts on the feed wake it, and it looks by itself every two seconds, but not
 * while the subscriber has yet to take what it saw last.
 */
final class RunWatch {
  private static final long LOOK_MILLIS = 2_000;

  private final Supplier<RunView> look;
  private final ScheduledExecutorService workers = Infrastructure.getDefaultWorkerPool();
  // Wakes not yet answered; only the one that finds 0 starts looking.
  private final AtomicInteger wakes = new AtomicInteger();
  private volatile MultiEmitter<? super RunView> emitter;
  private volatile boolean waiting;
  private volatile boolean missed;
  private volatile RunView last;
  private volatile boolean done;

  private RunWatch(Supplier<RunView> look) {
    this.look = look;
  }

  /** A watch for one subscriber. */
  static Multi<RunView> of(Supplier<RunView> look, String tenant, String name, EventFeed feed) {
    RunWatch watch = new RunWatch(look);
    return Multi.createFrom()
        .<RunView>emitter(
            emitter -> watch.start(emitter, tenant, name, feed), BackPressureStrategy.LATEST)
        .onItem()
        .invoke(watch::taken);
  }

  private void start(
      MultiEmitter<? super RunView> emitter, String tenant, String name, EventFeed feed) {
    this.emitter = emitter;
    EventFeed.Subscription subscription = feed.listen(tenant, name, event -> wake());
    ScheduledFuture<?> looking =
        workers.scheduleWithFixedDelay(this::wake, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    emitter.onTermination(
        () -> {
          done = true;
          looking.cancel(false);
          subscription.close();
        });
    wake();
  }

  private void wake() {
    if (!done && wakes.getAndIncrement() == 0) {
      workers.execute(this::answer);
    }
  }

  private void answer() {
    int answered;
    do {
      answered = wakes.get();
      show();
    } while (!done && !wakes.compareAndSet(answered, 0));
  }

  /** The subscriber has what was seen last; if that is old by now, a look is due. */
  private void taken() {
    waiting = false;
    if (missed) {
      missed = false;
      wake();
    }
  }

  /** Whether a look has to wait until {@link #taken}. */
  private boolean heldBack() {
    if (!waiting) {
      return false;
    }
    missed = true;
    // It may have been taken just before that.
    return waiting;
  }

  private void show() {
    if (heldBack()) {
      return;
    }
    try {
      RunView view = look.get();
      if (last == null || differs(last, view)) {
        last = view;
        waiting = true;
        emitter.emit(view);
      }
      if (Terminal.isTerminal(view.status().getState())) {
        done = true;
        emitter.complete();
      }
    } catch (RuntimeException e) {
      if (last != null && e instanceof HemlockException failure && failure.retryable()) {
        return;
      }
      done = true;
      emitter.fail(e);
    }
  }

  private static boolean differs(RunView one, RunView other) {
    return !one.status().equals(other.status())
        || !Arrays.equals(one.progress().orElse(null), other.progress().orElse(null));
  }
}
