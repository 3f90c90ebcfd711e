package dev.hemlock.common.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.hemlock.common.storage.OneTenant;
import dev.hemlock.common.tls.TlsConfig;
import io.grpc.Metadata;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An issuer that answers over HTTP: discovery, keys and the token endpoint. */
@ExtendWith(OneTenant.class)
class IssuerTest {
  private final TestIssuer issuer = new TestIssuer();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private String url;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    url = "http://127.0.0.1:" + server.getAddress().getPort();
    answer("/.well-known/openid-configuration", "{\"jwks_uri\": \"" + url + "/keys\"}");
    answer("/keys", issuer.keys());
    answer("/token", "{\"access_token\": \"the-token\", \"expires_in\": 300}");
    server.start();
  }

  private void answer(String path, String body) {
    server.createContext(
        path,
        exchange -> {
          asked.add(
              path
                  + " "
                  + exchange.getRequestHeaders().getOrDefault("Authorization", List.of())
                  + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void findsItsKeysByDiscovery() {
    try (SigningKeys keys = new SigningKeys(url, Optional.empty(), HttpClient.newHttpClient())) {
      Tokens tokens = new Tokens(TestIssuer.ISSUER, TestIssuer.AUDIENCE, "roles", "tenant", keys);

      Caller caller = tokens.read(issuer.token("alice", "acme", Role.STEWARD), Optional.empty());

      assertThat(caller.subject()).isEqualTo("alice");
      assertThat(caller.tenant()).isEqualTo("acme");
      assertThat(caller.roles()).containsExactly(Role.STEWARD);
    }
    assertThat(asked).hasSize(2);
  }

  @Test
  void readsClaimsInsideOfObjects() {
    JwtClaims claims = new JwtClaims();
    claims.setClaim("realm_access", Map.of("roles", List.of("runner", "offline_access")));
    claims.setClaim("org", Map.of("slug", "acme"));
    try (SigningKeys keys =
        new SigningKeys(url, Optional.of(url + "/keys"), HttpClient.newHttpClient())) {
      Tokens tokens =
          new Tokens(
              TestIssuer.ISSUER, TestIssuer.AUDIENCE, "realm_access.roles", "org.slug", keys);

      Caller caller = tokens.read(issuer.token("bob", claims), Optional.empty());

      assertThat(caller.roles()).containsExactly(Role.RUNNER);
      assertThat(caller.tenant()).isEqualTo("acme");
    }
  }

  @Test
  void remembersATokenForAMinuteAtMost() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    AtomicInteger looked = new AtomicInteger();
    try (SigningKeys keys =
        new SigningKeys(url, Optional.of(url + "/keys"), HttpClient.newHttpClient())) {
      Tokens tokens =
          new Tokens(
              TestIssuer.ISSUER,
              TestIssuer.AUDIENCE,
              "roles",
              "tenant",
              (signature, nesting) -> {
                looked.incrementAndGet();
                return keys.resolveKey(signature, nesting);
              },
              clock(now));
      String token = issuer.token("alice", "acme", Role.VIEWER);

      for (int seconds : new int[] {0, 59, 61}) {
        now.set(now.get().plusSeconds(seconds));
        assertThat(tokens.read(token, Optional.empty()).subject()).isEqualTo("alice");
      }

      assertThat(looked).hasValue(2);
    }
  }

  private static Clock clock(AtomicReference<Instant> now) {
    return new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return now.get();
      }
    };
  }

  @Test
  void givesAServiceATokenForItsCredentials() {
    ServiceToken token =
        new ServiceToken(
            true,
            service(Optional.of(URI.create(url + "/token"))),
            "hemlock",
            HttpClient.newHttpClient());

    assertThat(token.value()).isEqualTo("the-token");
    assertThat(asked.get(0))
        .startsWith("/token [Basic ")
        .contains("grant_type=client_credentials", "audience=hemlock")
        .doesNotContain("secret");
    token.close();
  }

  @Test
  void hasAServiceWaitWhileItGivesNoToken() {
    ServiceToken token =
        new ServiceToken(
            true,
            service(Optional.of(URI.create(url + "/nothing"))),
            "hemlock",
            HttpClient.newHttpClient());

    assertThatThrownBy(token::value)
        .hasMessageContaining("correct hemlock.auth.service")
        .isInstanceOfSatisfying(
            dev.hemlock.common.error.HemlockException.class,
            failure -> assertThat(failure.retryable()).isTrue());
    token.close();
  }

  @Test
  void asksNoTokenWhereCallersNeedNone() {
    Caller caller = Access.of(Map.of(), "127.0.0.1").caller(new Metadata());

    assertThat(caller.roles()).containsExactlyInAnyOrder(Role.values());
    assertThat(Access.tls(Map.of()).clientCertificates())
        .isEqualTo(TlsConfig.ClientCertificates.OPTIONAL);
  }

  private static AuthConfig.Service service(Optional<URI> url) {
    return new AuthConfig.Service() {
      @Override
      public Optional<Path> tokenFile() {
        return Optional.empty();
      }

      @Override
      public Optional<URI> tokenUrl() {
        return url;
      }

      @Override
      public Optional<String> clientId() {
        return Optional.of("hemlock");
      }

      @Override
      public Optional<String> clientSecret() {
        return Optional.of("secret");
      }
    };
  }
}
