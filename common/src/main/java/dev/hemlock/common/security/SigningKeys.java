package dev.hemlock.common.security;

import com.google.gson.JsonParser;
import dev.hemlock.common.error.HemlockException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.VerificationJwkSelector;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.keys.resolvers.VerificationKeyResolver;
import org.jose4j.lang.JoseException;
import org.jose4j.lang.UnresolvableKeyException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The issuer's keys, read at the start, then every minute and soon after a token names a key that is
 * not among them. Tokens are checked on threads that must not wait, so they are never read meanwhile.
 */
final class SigningKeys implements VerificationKeyResolver, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SigningKeys.class);
  private static final Duration PERIOD = Duration.ofMinutes(1);
  private static final Duration LEAST_PAUSE = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final String issuer;
  private final Optional<String> location;
  private final HttpClient http;
  private final ScheduledExecutorService reader =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "hemlock-signing-keys");
            thread.setDaemon(true);
            return thread;
          });
  private volatile List<JsonWebKey> keys;
  private volatile long asked = System.nanoTime();

  /**
   * Reads the keys.
   *
   * @param location a file or a URL; empty: the issuer's discovery document names it
   * @throws HemlockException FAILED_PRECONDITION if they can't be read
   */
  SigningKeys(String issuer, Optional<String> location, HttpClient http) {
    this.issuer = issuer;
    this.location = location;
    this.http = http;
    this.keys = read();
    reader.scheduleWithFixedDelay(
        this::readAgain, PERIOD.toSeconds(), PERIOD.toSeconds(), TimeUnit.SECONDS);
  }

  @Override
  public Key resolveKey(JsonWebSignature signature, List<JsonWebStructure> nesting)
      throws UnresolvableKeyException {
    try {
      JsonWebKey key = new VerificationJwkSelector().select(signature, keys);
      if (key != null) {
        return key.getKey();
      }
    } catch (JoseException e) {
      throw new UnresolvableKeyException("No key fits", e);
    }
    readSoon();
    throw new UnresolvableKeyException("No key fits");
  }

  private void readSoon() {
    long now = System.nanoTime();
    if (now - asked > LEAST_PAUSE.toNanos()) {
      asked = now;
      try {
        reader.execute(this::readAgain);
      } catch (RejectedExecutionException e) {
        log.debug("closing");
      }
    }
  }

  private void readAgain() {
    try {
      keys = read();
    } catch (HemlockException e) {
      log.atWarn().addKeyValue("error", e.getMessage()).log("signing keys kept as they were");
    }
  }

  private List<JsonWebKey> read() {
    String where = location.orElse(issuer);
    try {
      String document =
          where.matches("https?://.*")
              ? get(location.isPresent() ? where : discover())
              : Files.readString(Path.of(where));
      List<JsonWebKey> found = new JsonWebKeySet(document).getJsonWebKeys();
      if (found.isEmpty()) {
        throw unreadable(where, "there is no key");
      }
      return List.copyOf(found);
    } catch (IOException | JoseException | RuntimeException e) {
      throw e instanceof HemlockException known ? known : unreadable(where, e.toString());
    }
  }

  private String discover() throws IOException {
    String document = get(issuer.replaceAll("/+$", "") + "/.well-known/openid-configuration");
    return JsonParser.parseString(document).getAsJsonObject().get("jwks_uri").getAsString();
  }

  private String get(String url) throws IOException {
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IOException(url + " answered " + response.statusCode());
      }
      return response.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static HemlockException unreadable(String where, String why) {
    return HemlockException.failedPrecondition(
        "The keys that tokens are checked with can't be read from %s (%s); correct"
                .formatted(where, why)
            + " hemlock.auth.issuer or hemlock.auth.keys");
  }

  @Override
  public void close() {
    reader.shutdownNow();
  }
}
