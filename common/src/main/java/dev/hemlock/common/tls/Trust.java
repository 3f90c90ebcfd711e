package dev.hemlock.common.tls;

import dev.hemlock.common.error.HemlockException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The certificate authorities that this process believes. */
public final class Trust {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final Optional<X509TrustManager> authorities;

  private Trust(Optional<X509TrustManager> authorities) {
    this.authorities = authorities;
  }

  /** Those of {@code hemlock.tls.authorities}, or Java's. */
  public static Trust of(TlsConfig config) {
    return of(config.authorities());
  }

  /**
   * Those of a PEM file, or Java's.
   *
   * @throws HemlockException FAILED_PRECONDITION if the file can't be read
   */
  public static Trust of(Optional<Path> pem) {
    return new Trust(pem.map(Trust::manager));
  }

  private static X509TrustManager manager(Path pem) {
    try (InputStream in = Files.newInputStream(pem)) {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (Certificate one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("authority-" + number++, one);
      }
      if (number == 0) {
        throw unreadable(pem, "there is no certificate");
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      return Stream.of(factory.getTrustManagers())
          .map(X509TrustManager.class::cast)
          .findFirst()
          .orElseThrow();
    } catch (IOException | GeneralSecurityException e) {
      throw unreadable(pem, e.toString());
    }
  }

  private static HemlockException unreadable(Path pem, String why) {
    return HemlockException.failedPrecondition(
        "The certificate authorities can't be read from %s (%s); correct hemlock.tls.authorities"
            .formatted(pem, why));
  }

  /** The authorities, if they are not Java's. */
  public Optional<X509TrustManager> authorities() {
    return authorities;
  }

  /** TLS with these authorities; empty for Java's. */
  public Optional<SSLContext> context() {
    return authorities.map(Trust::context);
  }

  private static SSLContext context(X509TrustManager manager) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new X509TrustManager[] {manager}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** HTTP for asking an identity provider. */
  public HttpClient http() {
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT);
    context().ifPresent(builder::sslContext);
    return builder.build();
  }
}
