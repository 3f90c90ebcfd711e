package dev.hemlock.common.security;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Whose tokens are believed. */
@ConfigMapping(prefix = "hemlock.auth")
public interface AuthConfig {
  /** The OpenID Connect issuer; without it everybody may do everything, on loopback only. */
  Optional<String> issuer();

  /** What tokens must be meant for. */
  @WithDefault("hemlock")
  String audience();

  /**
   * The issuer's keys as a JSON Web Key Set: a file or a URL; by default what the issuer's discovery
   * document names.
   */
  Optional<String> keys();

  /** The claim that lists roles; dots lead into objects. */
  @WithDefault("roles")
  String rolesClaim();

  /** The claim that names the tenant; dots lead into objects. */
  @WithDefault("tenant")
  String tenantClaim();

  /** How this process shows other services who it is. */
  Service service();

  /** A token from a file, or from the issuer's token endpoint by client credentials. */
  interface Service {
    /** Holds a token of the role {@code service}; read again at each call. */
    Optional<Path> tokenFile();

    /** The issuer's token endpoint. */
    Optional<URI> tokenUrl();

    /** The client that asks there. */
    Optional<String> clientId();

    /** Its secret. */
    Optional<String> clientSecret();
  }
}
