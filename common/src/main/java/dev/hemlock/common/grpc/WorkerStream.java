package dev.hemlock.common.grpc;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.grpc.GrpcCalls.StreamWork;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;

/**
 * One response stream. Its worker waits whenever the subscriber hasn't asked for more or the
 * client's connection is full, so at most a message or two are on their way.
 */
final class WorkerStream<T> implements Flow.Subscription, StreamEmitter<T> {
  private static final long LOOK_AGAIN_MILLIS = 500;

  private final StreamWork<T> work;
  private final Optional<CallFlow> flow;
  private final Flow.Subscriber<? super T> subscriber;
  private long demand;
  private boolean started;
  private volatile boolean cancelled;

  WorkerStream(StreamWork<T> work, Optional<CallFlow> flow, Flow.Subscriber<? super T> subscriber) {
    this.work = work;
    this.flow = flow;
    this.subscriber = subscriber;
  }

  @Override
  public void request(long count) {
    boolean start;
    synchronized (this) {
      demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
      start = !started;
      started = true;
      notifyAll();
    }
    if (start) {
      try {
        Infrastructure.getDefaultWorkerPool().execute(this::run);
      } catch (RejectedExecutionException e) {
        subscriber.onError(GrpcErrors.toStatusException(e));
      }
    }
  }

  @Override
  public void cancel() {
    synchronized (this) {
      cancelled = true;
      notifyAll();
    }
    flow.ifPresent(CallFlow::changed);
  }

  @Override
  public boolean cancelled() {
    return cancelled;
  }

  @Override
  public void emit(T message) {
    try {
      awaitDemand();
      long since = System.nanoTime();
      while (flow.isPresent() && !flow.get().ready() && !cancelled) {
        flow.get().requireTaking(since);
        flow.get().awaitChange();
      }
      if (cancelled) {
        throw HemlockException.cancelled("The client has gone");
      }
      subscriber.onNext(message);
      if (flow.isPresent()) {
        flow.get().settle();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw HemlockException.unavailable("The server is stopping; try again").because(e);
    }
  }

  private synchronized void awaitDemand() throws InterruptedException {
    while (demand == 0 && !cancelled) {
      wait(LOOK_AGAIN_MILLIS);
    }
    if (demand != Long.MAX_VALUE) {
      demand--;
    }
  }

  private void run() {
    try {
      work.run(this);
    } catch (Throwable e) {
      if (!cancelled) {
        subscriber.onError(GrpcErrors.toStatusException(e));
      }
      return;
    }
    if (!cancelled) {
      subscriber.onComplete();
    }
  }
}
