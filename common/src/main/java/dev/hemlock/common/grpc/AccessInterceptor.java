package dev.hemlock.common.grpc;

import com.google.protobuf.Message;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.security.AccessTable;
import dev.hemlock.common.security.AccessTable.Rule;
import dev.hemlock.common.security.AuditLog;
import dev.hemlock.common.security.Authentication;
import dev.hemlock.common.security.Caller;
import dev.hemlock.common.security.Role;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.tls.TlsConfig;
import dev.hemlock.common.tls.TlsConfig.ClientCertificates;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.quarkus.grpc.GlobalInterceptor;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.inject.spi.Prioritized;
import jakarta.inject.Singleton;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Lets a call through if its caller's roles allow it ({@link AccessTable}), and has it done for the
 * caller's tenant.
 */
@Singleton
@GlobalInterceptor
public class AccessInterceptor implements ServerInterceptor, Prioritized {
  /** Outside of everything else of ours. */
  private static final int PRIORITY = 1000;

  private static final int CALLS_BY_TOKEN = 128;

  private final AccessTable table = AccessTable.load();
  private final Authentication authentication;
  private final boolean needsCertificate;
  private final OpenCalls calls;

  public AccessInterceptor(Authentication authentication, TlsConfig tls, LimitsConfig limits) {
    this.authentication = authentication;
    this.needsCertificate = tls.clientCertificates() == ClientCertificates.REQUIRED;
    this.calls =
        new OpenCalls(
            limits
                .callsPerCaller()
                .orElse(authentication.required() ? CALLS_BY_TOKEN : Integer.MAX_VALUE));
    refused(Reason.UNAUTHENTICATED);
    refused(Reason.PERMISSION_DENIED);
  }

  @Override
  public int getPriority() {
    return PRIORITY;
  }

  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    String rpc = call.getMethodDescriptor().getFullMethodName();
    Optional<Caller> caller = Optional.empty();
    try {
      Rule rule = table.rule(rpc).orElseThrow(() -> unlisted(rpc));
      if (rule.anybody()) {
        return next.startCall(call, headers);
      }
      requireCertificate();
      caller = Optional.of(authentication.caller(headers));
      Span.current().setAttribute("hemlock.tenant", caller.get().tenant());
      caller.get().require(rpc, rule.roles());
      return start(rule, caller.get(), audited(call, caller.get(), rpc, rule), headers, next);
    } catch (HemlockException e) {
      AuditLog.write(caller, rpc, Optional.empty(), e.reason().name());
      refused(e.reason()).increment();
      ErrorMapper.close(call, GrpcErrors.toStatusException(e));
      return new ServerCall.Listener<>() {};
    }
  }

  private static Counter refused(Reason reason) {
    return Counter.builder("hemlock.calls.refused")
        .description("Calls without a good token, or whose caller's roles don't allow them")
        .tag("reason", reason.name())
        .register(Metrics.globalRegistry);
  }

  private static HemlockException unlisted(String rpc) {
    return HemlockException.permissionDenied("No role may call " + rpc).with("rpc", rpc);
  }

  private void requireCertificate() {
    if (needsCertificate
        && ConnectionWatch.current().filter(AccessInterceptor::hasCertificate).isEmpty()) {
      throw HemlockException.unauthenticated(
          "This server needs a client certificate of an authority that it trusts; give the command"
              + " line --client-certificate and --client-key");
    }
  }

  private static boolean hasCertificate(RoutingContext request) {
    try {
      return request.request().isSSL()
          && request.request().sslSession().getPeerCertificates().length > 0;
    } catch (SSLPeerUnverifiedException e) {
      return false;
    }
  }

  private <Q, P> Audited<Q, P> audited(
      ServerCall<Q, P> call, Caller caller, String rpc, Rule rule) {
    // What services ask of each other is bounded by the work they take.
    Runnable over =
        caller.roles().contains(Role.SERVICE) && authentication.required()
            ? () -> {}
            : calls.begin(who(call, caller));
    // A call whose connection is lost is neither closed nor cancelled.
    ConnectionWatch.current().ifPresent(request -> request.addEndHandler(ended -> over.run()));
    return new Audited<>(call, caller, rpc, rule, over);
  }

  private String who(ServerCall<?, ?> call, Caller caller) {
    if (authentication.required()) {
      return caller.subject() + " of " + caller.tenant();
    }
    return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
            instanceof InetSocketAddress peer
        ? peer.getHostString()
        : caller.subject();
  }

  private static <Q, P> ServerCall.Listener<Q> start(
      Rule rule,
      Caller caller,
      Audited<Q, P> call,
      Metadata headers,
      ServerCallHandler<Q, P> next) {
    // Methods with a request stream begin here.
    ServerCall.Listener<Q> begun =
        Tenant.call(caller.tenant(), () -> next.startCall(call, headers));
    return new SimpleForwardingServerCallListener<>(begun) {
      private boolean refused;

      @Override
      public void onMessage(Q message) {
        if (refused) {
          return;
        }
        try {
          call.received(message);
          if (message instanceof Message request) {
            rule.requireFor(call.rpc, caller, request);
          }
        } catch (HemlockException e) {
          refused = true;
          refused(e.reason()).increment();
          ErrorMapper.close(call, GrpcErrors.toStatusException(e));
          Tenant.run(caller.tenant(), super::onCancel);
          return;
        }
        Tenant.run(caller.tenant(), () -> super.onMessage(message));
      }

      @Override
      public void onHalfClose() {
        if (!refused) {
          Tenant.run(caller.tenant(), super::onHalfClose);
        }
      }

      @Override
      public void onReady() {
        Tenant.run(caller.tenant(), super::onReady);
      }

      @Override
      public void onCancel() {
        call.ended("CANCELLED");
        if (!refused) {
          Tenant.run(caller.tenant(), super::onCancel);
        }
      }

      @Override
      public void onComplete() {
        if (!refused) {
          Tenant.run(caller.tenant(), super::onComplete);
        }
      }
    };
  }

  /** Remembers what the audit log is to say. */
  private static final class Audited<Q, P> extends SimpleForwardingServerCall<Q, P> {
    private final Caller caller;
    private final String rpc;
    private final Rule rule;
    private final Runnable over;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final Context trace = Context.current();
    private volatile Optional<String> resource = Optional.empty();

    Audited(ServerCall<Q, P> call, Caller caller, String rpc, Rule rule, Runnable over) {
      super(call);
      this.caller = caller;
      this.rpc = rpc;
      this.rule = rule;
      this.over = over;
    }

    void received(Q message) {
      if (resource.isEmpty()) {
        resource = AuditLog.resource(message);
      }
    }

    @Override
    public void sendMessage(P message) {
      if (rule.privileged()) {
        AuditLog.resource(message).ifPresent(name -> resource = Optional.of(name));
      }
      super.sendMessage(message);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      ended(status.getCode().name());
      super.close(status, trailers);
    }

    void ended(String outcome) {
      over.run();
      if (ended.compareAndSet(false, true)
          && (rule.privileged() || outcome.equals(Status.Code.PERMISSION_DENIED.name()))) {
        Tenant.run(
            caller.tenant(),
            trace.wrap(() -> AuditLog.write(Optional.of(caller), rpc, resource, outcome)));
      }
    }
  }
}
