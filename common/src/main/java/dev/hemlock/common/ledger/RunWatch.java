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

/** Follows one run: facts on the feed wake it, and it looks by itself every two seconds. */
final class RunWatch {
  private static final long LOOK_MILLIS = 2_000;

  private final Supplier<RunView> look;
  private final MultiEmitter<? super RunView> emitter;
  private final ScheduledExecutorService workers = Infrastructure.getDefaultWorkerPool();
  // Wakes not yet answered; only the one that finds 0 starts looking.
  private final AtomicInteger wakes = new AtomicInteger();
  private volatile RunView last;
  private volatile boolean done;

  private RunWatch(Supplier<RunView> look, MultiEmitter<? super RunView> emitter) {
    this.look = look;
    this.emitter = emitter;
  }

  static Multi<RunView> of(Supplier<RunView> look, String tenant, String name, EventFeed feed) {
    return Multi.createFrom()
        .emitter(
            emitter -> new RunWatch(look, emitter).start(tenant, name, feed),
            BackPressureStrategy.LATEST);
  }

  private void start(String tenant, String name, EventFeed feed) {
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

  private void show() {
    try {
      RunView view = look.get();
      if (last == null || differs(last, view)) {
        last = view;
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
