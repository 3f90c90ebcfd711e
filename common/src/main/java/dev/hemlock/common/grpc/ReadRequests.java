package dev.hemlock.common.grpc;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import jakarta.annotation.Priority;
import jakarta.decorator.Decorator;
import jakarta.decorator.Delegate;
import jakarta.enterprise.inject.Any;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Has every service read its requests by {@link RequestMarshaller}. Abstract, so that Quarkus does
 * not take it for a service.
 */
@Decorator
@Priority(1)
public abstract class ReadRequests implements BindableService {
  private final BindableService service;
  private final int mostBytes;

  @Inject
  public ReadRequests(
      @Any @Delegate BindableService service,
      @ConfigProperty(name = "quarkus.grpc.server.max-inbound-message-size") int mostBytes) {
    this.service = service;
    this.mostBytes = mostBytes;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return of(service.bindService(), mostBytes);
  }

  static ServerServiceDefinition of(ServerServiceDefinition service, int mostBytes) {
    ServiceDescriptor known = service.getServiceDescriptor();
    List<ServerMethodDefinition<?, ?>> methods = new ArrayList<>();
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(known.getName())
            .setSchemaDescriptor(known.getSchemaDescriptor());
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      ServerMethodDefinition<?, ?> reading = of(method, mostBytes);
      methods.add(reading);
      descriptor.addMethod(reading.getMethodDescriptor());
    }
    ServerServiceDefinition.Builder definition =
        ServerServiceDefinition.builder(descriptor.build());
    methods.forEach(definition::addMethod);
    return definition.build();
  }

  private static <Q, P> ServerMethodDefinition<Q, P> of(
      ServerMethodDefinition<Q, P> method, int mostBytes) {
    MethodDescriptor<Q, P> known = method.getMethodDescriptor();
    String type =
        known.getRequestMarshaller() instanceof MethodDescriptor.PrototypeMarshaller<Q> prototype
            ? prototype.getMessageClass().getSimpleName()
            : "request";
    return ServerMethodDefinition.create(
        known.toBuilder(
                new RequestMarshaller<>(known.getRequestMarshaller(), type, mostBytes),
                known.getResponseMarshaller())
            .build(),
        method.getServerCallHandler());
  }
}
