package dev.hemlock.common.security;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.tls.Loopback;
import dev.hemlock.common.tls.TlsConfig;
import dev.hemlock.common.tls.Trust;
import io.grpc.Metadata;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Tells who calls, by the bearer token of the call. */
@Singleton
public class Authentication {
  /** {@code Bearer} and a token. */
  public static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  /** The tenant that a service calls for. */
  public static final Metadata.Key<String> TENANT =
      Metadata.Key.of("hemlock-tenant", Metadata.ASCII_STRING_MARSHALLER);

  private static final String BEARER = "Bearer ";

  private final Optional<SigningKeys> keys;
  private final Optional<Tokens> tokens;

  /**
   * Reads the issuer's keys, if there is an issuer.
   *
   * @throws HemlockException FAILED_PRECONDITION if callers from other machines would need no token,
   *     or the configuration lacks something
   */
  public Authentication(
      AuthConfig config,
      TlsConfig tls,
      @ConfigProperty(name = "quarkus.http.host", defaultValue = "127.0.0.1") String httpHost) {
    requireSafe(config, tls, httpHost);
    this.keys =
        config.issuer().map(issuer -> new SigningKeys(issuer, config.keys(), Trust.of(tls).http()));
    this.tokens =
        keys.map(
            known ->
                new Tokens(
                    config.issuer().orElseThrow(),
                    config.audience(),
                    config.rolesClaim(),
                    config.tenantClaim(),
                    known));
    if (tokens.isPresent()) {
      Tenant.separate();
    }
  }

  private static void requireSafe(AuthConfig config, TlsConfig tls, String httpHost) {
    if (config.issuer().isEmpty() && !Loopback.is(httpHost)) {
      throw HemlockException.failedPrecondition(
          "hemlock.auth.issuer is not set, so everybody might do everything, and quarkus.http.host is "
              + httpHost
              + "; set hemlock.auth.issuer to your OpenID Connect issuer, or listen on 127.0.0.1");
    }
    Loopback.requireCertificate(tls, "quarkus.http.host", httpHost);
    config.issuer().ifPresent(issuer -> requireHttps(tls, "hemlock.auth.issuer", issuer));
    config.keys().ifPresent(keys -> requireHttps(tls, "hemlock.auth.keys", keys));
    AuthConfig.Service service = config.service();
    service
        .tokenUrl()
        .ifPresent(url -> requireHttps(tls, "hemlock.auth.service.token-url", url.toString()));
    if (config.issuer().isPresent()
        && service.tokenFile().isEmpty()
        && (service.tokenUrl().isEmpty()
            || service.clientId().isEmpty()
            || service.clientSecret().isEmpty())) {
      throw HemlockException.failedPrecondition(
          "hemlock.auth.issuer is set, and this service has nothing to show to the others; set"
              + " hemlock.auth.service.token-file, or hemlock.auth.service.token-url, client-id and"
              + " client-secret");
    }
  }

  private static void requireHttps(TlsConfig tls, String key, String url) {
    if (url.startsWith("http://")) {
      Loopback.requireTls(
          tls, false, key, String.valueOf(URI.create(url).getHost()), "an https:// URL in " + key);
    }
  }

  /** Whether callers need a token. */
  public boolean required() {
    return tokens.isPresent();
  }

  /**
   * Who calls.
   *
   * @throws HemlockException UNAUTHENTICATED without a good token, PERMISSION_DENIED if it names no
   *     tenant
   */
  public Caller caller(Metadata headers) {
    if (tokens.isEmpty()) {
      return Caller.anybody(Tenant.DEFAULT);
    }
    String header = headers.get(AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      throw HemlockException.unauthenticated(
          "This server needs a token: send authorization: Bearer TOKEN, or give the command line"
              + " --token-file");
    }
    return tokens
        .get()
        .read(header.substring(BEARER.length()).trim(), Optional.ofNullable(headers.get(TENANT)));
  }

  @PreDestroy
  void close() {
    keys.ifPresent(SigningKeys::close);
  }
}
