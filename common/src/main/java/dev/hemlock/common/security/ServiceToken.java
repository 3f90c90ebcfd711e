package dev.hemlock.common.security;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.tls.TlsConfig;
import dev.hemlock.common.tls.Trust;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The token that shows other services who this process is: from a file that somebody keeps fresh, or
 * from the issuer by the client-credentials grant (RFC 6749, section 4.4), asked for again when two
 * thirds of its life are over. Calls are made on threads that must not wait, so it is never fetched
 * meanwhile.
 */
@Singleton
public class ServiceToken {
  private static final Logger log = LoggerFactory.getLogger(ServiceToken.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long PAUSE_SECONDS = 5;
  private static final long DEFAULT_SECONDS = 60;

  private final boolean needed;
  private final AuthConfig.Service config;
  private final String audience;
  private final HttpClient http;
  private final ScheduledExecutorService fetcher =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "hemlock-service-token");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Optional<String> fetched = Optional.empty();

  @Inject
  public ServiceToken(AuthConfig config, TlsConfig tls) {
    this(config.issuer().isPresent(), config.service(), config.audience(), Trust.of(tls).http());
  }

  ServiceToken(boolean needed, AuthConfig.Service config, String audience, HttpClient http) {
    this.needed = needed;
    this.config = config;
    this.audience = audience;
    this.http = http;
    if (needed && config.tokenUrl().isPresent()) {
      fetch();
    }
  }

  /** Whether calls to other services carry one. */
  public boolean needed() {
    return needed;
  }

  /**
   * The token of now.
   *
   * @throws HemlockException UNAVAILABLE if there is none now
   */
  public String value() {
    if (config.tokenUrl().isPresent()) {
      return fetched.orElseThrow(
          () -> none("the issuer gave none to %s".formatted(config.clientId().orElse(""))));
    }
    Path file =
        config.tokenFile().orElseThrow(() -> none("hemlock.auth.service.token-file is not set"));
    try {
      return Files.readString(file).trim();
    } catch (IOException e) {
      throw none(file + " can't be read").because(e);
    }
  }

  private static HemlockException none(String why) {
    return HemlockException.unavailable(
        "This service has no token to show to others: " + why + "; correct hemlock.auth.service");
  }

  private void fetch() {
    long seconds = PAUSE_SECONDS;
    try {
      JsonObject answer = JsonParser.parseString(post()).getAsJsonObject();
      fetched = Optional.of(answer.get("access_token").getAsString());
      long life = answer.has("expires_in") ? answer.get("expires_in").getAsLong() : DEFAULT_SECONDS;
      seconds = Math.max(PAUSE_SECONDS, life * 2 / 3);
    } catch (IOException | JsonSyntaxException | IllegalStateException | NullPointerException e) {
      log.atWarn()
          .addKeyValue("issuer", config.tokenUrl().orElseThrow())
          .addKeyValue("error", e instanceof IOException ? e.getMessage() : "no access_token")
          .log("the issuer gave this service no token");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    var unused = fetcher.schedule(this::fetch, seconds, TimeUnit.SECONDS);
  }

  private String post() throws IOException, InterruptedException {
    URI url = config.tokenUrl().orElseThrow();
    String form =
        Map.of("grant_type", "client_credentials", "audience", audience).entrySet().stream()
            .map(entry -> entry.getKey() + "=" + encoded(entry.getValue()))
            .collect(Collectors.joining("&"));
    String client =
        encoded(config.clientId().orElse("")) + ":" + encoded(config.clientSecret().orElse(""));
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(url)
                .timeout(PATIENCE)
                .header("content-type", "application/x-www-form-urlencoded")
                .header(
                    "authorization",
                    "Basic "
                        + Base64.getEncoder()
                            .encodeToString(client.getBytes(StandardCharsets.UTF_8)))
                .POST(HttpRequest.BodyPublishers.ofString(form))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(url + " answered " + response.statusCode());
    }
    return response.body();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @PreDestroy
  void close() {
    fetcher.shutdownNow();
  }
}
