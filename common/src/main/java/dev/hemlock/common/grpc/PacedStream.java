package dev.hemlock.common.grpc;

import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.MultiSubscriber;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;

/**
 * One response stream whose messages make themselves: asks for the next once the client's
 * connection has room for it, and holds no thread while it has none.
 */
final class PacedStream<T> implements MultiSubscriber<T>, Flow.Subscription {
  private final CallFlow flow;
  private final Flow.Subscriber<? super T> subscriber;
  private Flow.Subscription source;
  private long demand;
  private boolean asked;

  PacedStream(CallFlow flow, Flow.Subscriber<? super T> subscriber) {
    this.flow = flow;
    this.subscriber = subscriber;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    source = subscription;
    flow.onChange(this::askIfReady);
    subscriber.onSubscribe(this);
  }

  @Override
  public void request(long count) {
    synchronized (this) {
      demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
    }
    askIfReady();
  }

  private void askIfReady() {
    synchronized (this) {
      if (asked || demand == 0 || !flow.ready()) {
        return;
      }
      asked = true;
      if (demand != Long.MAX_VALUE) {
        demand--;
      }
    }
    try {
      // This may be the event loop, and making the message can take a while.
      Infrastructure.getDefaultWorkerPool().execute(() -> source.request(1));
    } catch (RejectedExecutionException e) {
      source.cancel();
      subscriber.onError(GrpcErrors.toStatusException(e));
    }
  }

  @Override
  public void onItem(T message) {
    subscriber.onNext(message);
    // Only then does the connection's queue know of it.
    flow.afterSending(
        () -> {
          synchronized (this) {
            asked = false;
          }
          askIfReady();
        });
  }

  @Override
  public void onFailure(Throwable failure) {
    subscriber.onError(failure);
  }

  @Override
  public void onCompletion() {
    subscriber.onComplete();
  }

  @Override
  public void cancel() {
    source.cancel();
  }
}
