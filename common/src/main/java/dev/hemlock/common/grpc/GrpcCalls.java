package dev.hemlock.common.grpc;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.util.concurrent.Callable;

/** Runs the work of gRPC methods off the event loop and turns its failures into statuses. */
public final class GrpcCalls {
  private GrpcCalls() {}

  /** Runs blocking work on the worker pool. */
  public static <T> Uni<T> onWorker(Callable<T> work) {
    return Uni.createFrom()
        .item(() -> call(work))
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
  }

  private static <T> T call(Callable<T> work) {
    try {
      return work.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs blocking work that emits messages on the worker pool. */
  public static <T> Multi<T> streamOnWorker(StreamWork<T> work) {
    throw new UnsupportedOperationException();
  }

  /** Request messages of a client stream, for blocking reading on a worker thread. */
  public static <T> Iterable<T> blocking(Multi<T> requests) {
    return requests.subscribe().asIterable();
  }

  /** Work that emits messages. */
  @FunctionalInterface
  public interface StreamWork<T> {
    void run(StreamEmitter<T> emitter) throws Exception;
  }
}
