package dev.hemlock.common.grpc;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.Tenant;
import io.opentelemetry.context.Context;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Runs the blocking work of gRPC methods on the worker pool and turns its failures into statuses.
 * Call these in the method itself, where the call's context, tenant and trace are at hand. Slow clients hold back
 * fast servers and slow servers hold back fast clients, so neither fills the memory.
 */
public final class GrpcCalls {
  private GrpcCalls() {}

  /**
   * A method with one request and one response. Work that is still waiting for a thread when its
   * client has gone, for example because its deadline has passed, isn't begun.
   */
  public static <T> Uni<T> onWorker(Callable<T> work) {
    Optional<CallFlow> flow = flow();
    String tenant = Tenant.current();
    Callable<T> traced = Context.current().wrap(work);
    return Uni.createFrom()
        .<T>emitter(
            emitter -> {
              try {
                if (flow.filter(CallFlow::gone).isPresent()) {
                  throw HemlockException.cancelled("The client has gone");
                }
                emitter.complete(Tenant.<T, Exception>call(tenant, traced::call));
              } catch (Throwable e) {
                emitter.fail(e);
              }
            })
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
        .onFailure()
        .transform(GrpcErrors::toStatusException);
  }

  /** A method with a request stream and one response. */
  public static <Q, T> Uni<T> onWorker(Multi<Q> requests, ClientStreamWork<Q, T> work) {
    Optional<CallFlow> flow = pacedFlow();
    return onWorker(() -> work.run(RequestMessages.of(requests, flow)));
  }

  /** A method with one request and a response stream. The work starts once for each subscriber. */
  public static <T> Multi<T> streamOnWorker(StreamWork<T> work) {
    Optional<CallFlow> flow = flow();
    StreamWork<T> ours = inTenant(Tenant.current(), work);
    return Multi.createFrom()
        .publisher(
            subscriber -> subscriber.onSubscribe(new WorkerStream<>(ours, flow, subscriber)));
  }

  /**
   * A method with one request whose messages come by themselves. They are asked for one by one, each
   * once the client can take it, so a source that keeps only its latest message skips what a slow
   * client has missed.
   */
  public static <T> Multi<T> paced(Multi<T> messages) {
    return flow()
        .map(
            flow ->
                Multi.createFrom()
                    .<T>publisher(
                        subscriber -> messages.subscribe(new PacedStream<>(flow, subscriber))))
        .orElse(messages);
  }

  /** A method with a request stream and a response stream. */
  public static <Q, T> Multi<T> streamOnWorker(Multi<Q> requests, DuplexWork<Q, T> work) {
    Optional<CallFlow> flow = pacedFlow();
    return streamOnWorker(emitter -> work.run(RequestMessages.of(requests, flow), emitter));
  }

  private static <T> StreamWork<T> inTenant(String tenant, StreamWork<T> work) {
    Context trace = Context.current();
    return emitter ->
        Tenant.<String, Exception>call(
            tenant,
            trace.wrap(
                    () -> {
                      work.run(emitter);
                      return tenant;
                    })
                ::call);
  }

  private static Optional<CallFlow> flow() {
    return Optional.ofNullable(CallFlow.KEY.get());
  }

  private static Optional<CallFlow> pacedFlow() {
    Optional<CallFlow> flow = flow();
    flow.ifPresent(CallFlow::pace);
    return flow;
  }

  /** Work that emits messages. */
  @FunctionalInterface
  public interface StreamWork<T> {
    void run(StreamEmitter<T> emitter) throws Exception;
  }

  /** Work that reads messages. Reading throws a HemlockException when the client breaks off. */
  @FunctionalInterface
  public interface ClientStreamWork<Q, T> {
    T run(Iterator<Q> requests) throws Exception;
  }

  /** Work that reads and emits messages. */
  @FunctionalInterface
  public interface DuplexWork<Q, T> {
    void run(Iterator<Q> requests, StreamEmitter<T> emitter) throws Exception;
  }
}
