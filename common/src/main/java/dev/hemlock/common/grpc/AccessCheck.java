package dev.hemlock.common.grpc;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.security.AccessTable;
import dev.hemlock.common.tls.Loopback;
import dev.hemlock.common.tls.TlsConfig;
import dev.hemlock.common.tls.TlsDefaults;
import io.grpc.BindableService;
import io.grpc.ServerMethodDefinition;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Refuses to start a process that offers an RPC which {@link AccessTable} does not know, calls other
 * machines without TLS, or has a certificate and would answer without it.
 */
@Singleton
public class AccessCheck {
  private static final String INSECURE_REQUESTS = "quarkus.http.insecure-requests";

  private final TlsConfig tls;

  public AccessCheck(TlsConfig tls) {
    this.tls = tls;
  }

  void checkPeers(@Observes @Priority(1) StartupEvent start) {
    requireEncryptedPeers(
        tls, key -> ConfigProvider.getConfig().getOptionalValue(key, String.class));
  }

  static void requireEncryptedPeers(TlsConfig tls, Function<String, Optional<String>> settings) {
    for (String peer : TlsDefaults.PEERS) {
      String key = "quarkus.grpc.clients." + peer + ".host";
      settings.apply(key).ifPresent(host -> Loopback.requireCertificate(tls, key, host));
    }
  }

  void checkServer(@Observes @Priority(1) StartupEvent start) {
    requireEncryption(
        tls, ConfigProvider.getConfig().getOptionalValue(INSECURE_REQUESTS, String.class));
  }

  /** The keys of TLS have followed from them what they should only where {@link TlsDefaults} looks. */
  static void requireEncryption(TlsConfig tls, Optional<String> insecureRequests) {
    if (tls.certificate().isPresent()
        && !insecureRequests.filter("disabled"::equalsIgnoreCase).isPresent()) {
      throw HemlockException.failedPrecondition(
          "hemlock.tls.certificate is set, and %s is not disabled, so that nothing would be encrypted; set the certificate and its key in the environment, as system properties or in config/application.properties, not in a file that smallrye.config.locations names"
              .formatted(INSECURE_REQUESTS));
    }
  }

  void check(@Observes @Priority(1) StartupEvent start, @Any Instance<BindableService> services) {
    requireRules(services);
  }

  static void requireRules(Iterable<BindableService> services) {
    TreeSet<String> unlisted = new TreeSet<>();
    for (BindableService service : services) {
      for (ServerMethodDefinition<?, ?> method : service.bindService().getMethods()) {
        unlisted.add(method.getMethodDescriptor().getFullMethodName());
      }
    }
    unlisted.removeAll(AccessTable.load().rpcs());
    if (!unlisted.isEmpty()) {
      throw HemlockException.failedPrecondition(
          "hemlock/access.properties says for no role that it may call " + unlisted);
    }
  }
}
