package dev.hemlock.common.tls;

import io.quarkus.arc.Unremovable;
import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;

/**
 * Asks clients for a certificate where there are authorities to check it against. Whether they must
 * have one is decided call by call, so that probes need none.
 */
@Singleton
@Unremovable
public class TlsServer implements HttpServerOptionsCustomizer {
  private final TlsConfig config;

  public TlsServer(TlsConfig config) {
    this.config = config;
  }

  @Override
  public void customizeHttpsServer(HttpServerOptions options) {
    if (config.authorities().isPresent()) {
      options.setClientAuth(ClientAuth.REQUEST);
    }
  }
}
