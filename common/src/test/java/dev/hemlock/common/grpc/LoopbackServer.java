package dev.hemlock.common.grpc;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.quarkus.grpc.ExceptionHandlerProvider;
import io.quarkus.grpc.stubs.ServerCalls;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.grpc.server.GrpcServerOptions;
import io.vertx.grpcio.server.GrpcIoServer;
import io.vertx.grpcio.server.GrpcIoServiceBridge;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A gRPC server on a loopback socket, put together as Quarkus does it, with our interceptors. */
public final class LoopbackServer implements AutoCloseable {
  private static final int MOST_BYTES = 4 << 20;

  private final Vertx vertx;
  private final HttpServer http;

  private LoopbackServer(Vertx vertx, HttpServer http) {
    this.vertx = vertx;
    this.http = http;
  }

  /** Starts a server with one service on a free port, which lets everybody in. */
  public static LoopbackServer start(BindableService service) throws Exception {
    return start(Limits.DEFAULT, service);
  }

  /** The same within limits. */
  public static LoopbackServer start(LimitsConfig limits, BindableService service)
      throws Exception {
    return start(limits, List.of(), service);
  }

  /** Starts a server that lets in whom {@code access} lets in. */
  public static LoopbackServer start(AccessInterceptor access, BindableService... services)
      throws Exception {
    return start(Limits.DEFAULT, List.of(access), services);
  }

  private static LoopbackServer start(
      LimitsConfig limits, List<ServerInterceptor> outer, BindableService... services)
      throws Exception {
    useOurErrors();
    Vertx vertx = Vertx.vertx();
    GrpcIoServer grpc =
        GrpcIoServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(MOST_BYTES));
    List<ServerInterceptor> interceptors = new ArrayList<>();
    interceptors.add(new FlowInterceptor(limits));
    interceptors.add(new ValidationInterceptor());
    interceptors.addAll(outer);
    interceptors.add(errors());
    for (BindableService service : services) {
      ServerServiceDefinition definition = service.bindService();
      ReadRequests.install(definition, MOST_BYTES);
      GrpcIoServiceBridge.bridge(ServerInterceptors.intercept(definition, interceptors)).bind(grpc);
    }
    HttpServer http =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(router(vertx, grpc))
            .listen()
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    return new LoopbackServer(vertx, http);
  }

  private static Router router(Vertx vertx, GrpcIoServer grpc) {
    Router router = Router.router(vertx);
    router.route().handler(ConnectionWatch::remember);
    router.route().handler(request -> grpc.handle(request.request()));
    return router;
  }

  private static ServerInterceptor errors() {
    ErrorMapper mapper = new ErrorMapper();
    return new ServerInterceptor() {
      @Override
      public <Q, P> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
        return mapper.createHandler(next.startCall(call, headers), call, headers);
      }
    };
  }

  /** Quarkus finds the provider in its container, which unit tests don't have. */
  private static void useOurErrors() throws ReflectiveOperationException {
    Field provider = ServerCalls.class.getDeclaredField("ehp");
    provider.setAccessible(true);
    ExceptionHandlerProvider mapper = new ErrorMapper();
    provider.set(null, mapper);
  }

  /** The loopback port. */
  public int port() {
    return http.actualPort();
  }

  @Override
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
