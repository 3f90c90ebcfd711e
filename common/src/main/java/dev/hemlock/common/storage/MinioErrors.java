package dev.hemlock.common.storage;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.InsufficientDataException;
import io.minio.errors.InternalException;
import io.minio.errors.InvalidResponseException;
import io.minio.errors.ServerException;
import io.minio.errors.XmlParserException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;

/** What the client's many exceptions mean. */
final class MinioErrors {
  private static final Set<String> MISSING = Set.of("NoSuchKey", "NoSuchObject");
  private static final String CLOCK_IS_OFF = "RequestTimeTooSkewed";

  /** By how much a request's time may differ from the store's. */
  private static final Duration LARGEST_SKEW = Duration.ofMinutes(15);

  /** Damage on the wire, and what a wrong clock makes of every request. */
  private static final Set<String> TRY_AGAIN =
      Set.of(
          "BadDigest",
          "XAmzContentSHA256Mismatch",
          "IncompleteBody",
          "RequestTimeout",
          CLOCK_IS_OFF);

  private MinioErrors() {}

  /** Whether there is no such object. */
  static boolean missing(ErrorResponseException e) {
    return MISSING.contains(e.errorResponse().code());
  }

  /** Whether a condition of the request did not hold. */
  static boolean refusedByCondition(Exception e) {
    return status(e) == 412;
  }

  /**
   * Whether MinIO can't put the object's bytes together. It says so with a status of overload both
   * when disks are away and when the bytes on them are damaged.
   */
  static boolean unreadable(Exception e) {
    return code(e).equals("SlowDownRead");
  }

  /**
   * Whether MinIO's own record of an object is damaged. It then refuses to read, replace and remove
   * the object, with the status of a defect; only the text tells it from one that passes.
   */
  static boolean damagedRecord(Exception e) {
    return code(e).equals("InternalError")
        && e instanceof ErrorResponseException response
        && Objects.requireNonNullElse(response.errorResponse().message(), "").contains("xlMetaV2");
  }

  /** Whether the store's certificate is of nobody that is trusted. */
  private static boolean untrusted(Exception e) {
    return e instanceof SSLHandshakeException && e.getCause() instanceof CertificateException;
  }

  /** Whether to try again. I/O errors arrive in several wrappers, also IllegalStateException. */
  static boolean retryable(Exception e) {
    int status = status(e);
    if (e instanceof ErrorResponseException) {
      return status == 409
          || status == 429
          || (status >= 500 && !damagedRecord(e))
          || TRY_AGAIN.contains(code(e));
    }
    if (untrusted(e)) {
      return false;
    }
    return e instanceof ServerException
        || e instanceof IOException
        || e instanceof InvalidResponseException
        || e instanceof InsufficientDataException
        || e instanceof InternalException
        || e instanceof XmlParserException
        || (e instanceof RuntimeException && !(e instanceof IllegalArgumentException));
  }

  /** Whether the server accepted a call, or not even that, and kept quiet. */
  static boolean silent(Exception e) {
    Throwable cause = e;
    while (cause != null && !(cause instanceof SocketTimeoutException)) {
      cause = cause.getCause();
    }
    return cause != null;
  }

  /** The error that callers see; it says what to change. */
  static HemlockException failure(URI endpoint, String bucket, String key, Exception e) {
    String code = code(e);
    if (damagedRecord(e)) {
      return HemlockException.dataLoss(
              "The object store's own record of %s is damaged (%s); restore the object, or remove"
                      .formatted(key, e.getMessage())
                  + " its folder from the store's disks if it can be made again")
          .with("endpoint", endpoint.toString())
          .with("key", key)
          .because(e);
    }
    if (untrusted(e)) {
      return HemlockException.failedPrecondition(
              "The object store at %s has a certificate of an authority that is not trusted (%s); set"
                      .formatted(endpoint, e.getMessage())
                  + " hemlock.tls.authorities to the PEM file of its authority")
          .with("endpoint", endpoint.toString())
          .because(e);
    }
    HemlockException failure =
        switch (code) {
          case "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch" ->
              HemlockException.failedPrecondition(
                  "The object store at %s refused the credentials (%s); set"
                          .formatted(endpoint, code)
                      + " hemlock.storage.access-key and hemlock.storage.secret-key");
          case "NoSuchBucket", "InvalidBucketName" ->
              HemlockException.failedPrecondition(
                  "The object store at %s has no bucket %s (%s); set hemlock.storage.bucket"
                      .formatted(endpoint, bucket, code));
          case CLOCK_IS_OFF ->
              HemlockException.unavailable(
                  "The object store at %s refused a request because its clock and this machine's"
                          .formatted(endpoint)
                      + " differ too much; set both by the network's time");
          default ->
              new HemlockException(
                  retryable(e) ? Reason.UNAVAILABLE : Reason.FAILED_PRECONDITION,
                  "The object store at %s could not serve %s (%s); check hemlock.storage.endpoint"
                          .formatted(endpoint, key, code.isEmpty() ? e.getMessage() : code)
                      + " and the store's health");
        };
    return failure.with("endpoint", endpoint.toString()).with("key", key).because(e);
  }

  private static String code(Exception e) {
    if (!(e instanceof ErrorResponseException refusal)) {
      return "";
    }
    String code = refusal.errorResponse().code();
    // An answer to HEAD has no text that says why; its time of day does.
    return code.equals("AccessDenied") && clockIsOff(refusal) ? CLOCK_IS_OFF : code;
  }

  private static boolean clockIsOff(ErrorResponseException refusal) {
    Instant now = refusal.response().headers().getInstant("Date");
    return now != null && Duration.between(now, Instant.now()).abs().compareTo(LARGEST_SKEW) > 0;
  }

  private static int status(Exception e) {
    if (e instanceof ErrorResponseException response) {
      return response.response().code();
    }
    return e instanceof ServerException server ? server.statusCode() : 0;
  }
}
