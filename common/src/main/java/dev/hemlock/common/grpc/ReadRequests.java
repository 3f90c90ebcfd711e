package dev.hemlock.common.grpc;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.lang.reflect.Field;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Has every service read its requests by {@link RequestMarshaller}. Quarkus gives no way to bind a
 * service with other marshallers than those that were generated, so they are changed in place; a
 * gRPC library in which they lie elsewhere keeps the process from starting.
 */
@Singleton
public class ReadRequests {
  void install(
      @Observes @Priority(1) StartupEvent start,
      @Any Instance<BindableService> services,
      @ConfigProperty(name = "quarkus.grpc.server.max-inbound-message-size") int mostBytes) {
    for (BindableService service : services) {
      install(service.bindService(), mostBytes);
    }
  }

  static void install(ServerServiceDefinition service, int mostBytes) {
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      install(method.getMethodDescriptor(), mostBytes);
    }
  }

  private static <Q> void install(MethodDescriptor<Q, ?> method, int mostBytes) {
    if (method.getRequestMarshaller() instanceof PrototypeMarshaller<Q> generated) {
      String type = generated.getMessageClass().getSimpleName();
      try {
        Field marshaller = MethodDescriptor.class.getDeclaredField("requestMarshaller");
        marshaller.setAccessible(true);
        marshaller.set(method, new RequestMarshaller<>(generated, type, mostBytes));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("This gRPC library keeps its marshallers elsewhere", e);
      }
    }
  }
}
