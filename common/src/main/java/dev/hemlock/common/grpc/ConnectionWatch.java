package dev.hemlock.common.grpc;

import io.grpc.Status;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.smallrye.common.vertx.VertxContext;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Optional;

/**
 * Lets gRPC calls see that their connection was lost. The server itself tells a call only when the
 * client resets the stream, so work for a client that was killed would go on for ever.
 */
@Singleton
public class ConnectionWatch {
  private static final String KEY = ConnectionWatch.class.getName();
  private static final int EARLY = 1000;
  private static final String RESOURCE_EXHAUSTED =
      Integer.toString(Status.Code.RESOURCE_EXHAUSTED.value());

  void watch(@Observes Filters filters) {
    filters.register(ConnectionWatch::remember, EARLY);
  }

  static void remember(RoutingContext request) {
    Context context = Vertx.currentContext();
    if (context != null && VertxContext.isDuplicatedContext(context)) {
      context.putLocal(KEY, request);
    }
    request.addHeadersEndHandler(answering -> sayWhyTooLarge(request.response().headers()));
    request.next();
  }

  /** The server itself refuses a message that is too large, and says nothing. */
  private static void sayWhyTooLarge(MultiMap answer) {
    if (RESOURCE_EXHAUSTED.equals(answer.get("grpc-status")) && !answer.contains("grpc-message")) {
      answer.set("grpc-message", "A message is larger than this server takes; send less at a time");
    }
  }

  /** The HTTP request behind the present call. */
  static Optional<RoutingContext> current() {
    Context context = Vertx.currentContext();
    if (context == null || !VertxContext.isDuplicatedContext(context)) {
      return Optional.empty();
    }
    return Optional.ofNullable(context.getLocal(KEY));
  }
}
