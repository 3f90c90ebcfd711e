package dev.hemlock.common.grpc;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.security.Authentication;
import dev.hemlock.common.security.ServiceToken;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors.CheckedForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.inject.Singleton;

/** Shows other services who this one is, and for which tenant it calls. */
@Singleton
@GlobalInterceptor
public class ServiceCredentials implements ClientInterceptor {
  private final ServiceToken token;

  public ServiceCredentials(ServiceToken token) {
    this.token = token;
  }

  @Override
  public <Q, P> ClientCall<Q, P> interceptCall(
      MethodDescriptor<Q, P> method, CallOptions options, Channel next) {
    ClientCall<Q, P> call = next.newCall(method, options);
    return token.needed() ? new Identified<>(call, options.getOption(RemoteCalls.TENANT)) : call;
  }

  private final class Identified<Q, P> extends CheckedForwardingClientCall<Q, P> {
    private final String tenant;

    Identified(ClientCall<Q, P> call, String tenant) {
      super(call);
      this.tenant = tenant;
    }

    @Override
    protected void checkedStart(Listener<P> answers, Metadata headers) {
      if (tenant == null) {
        throw new IllegalStateException("A call to another service is for no tenant");
      }
      try {
        headers.put(Authentication.AUTHORIZATION, "Bearer " + token.value());
      } catch (HemlockException e) {
        throw GrpcErrors.toStatusException(e);
      }
      headers.put(Authentication.TENANT, tenant);
      delegate().start(answers, headers);
    }
  }
}
