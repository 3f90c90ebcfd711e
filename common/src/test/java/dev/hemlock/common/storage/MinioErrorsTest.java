package dev.hemlock.common.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import io.minio.errors.ErrorResponseException;
import io.minio.messages.ErrorResponse;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MinioErrorsTest {
  private static final URI STORE = URI.create("http://127.0.0.1:9000");

  /** What the client makes of an answer to HEAD, which has no text. */
  private static ErrorResponseException denied(Instant storeTime) {
    Response response =
        new Response.Builder()
            .request(new Request.Builder().url(STORE.toString()).build())
            .protocol(Protocol.HTTP_1_1)
            .code(403)
            .message("Forbidden")
            .header(
                "Date",
                DateTimeFormatter.RFC_1123_DATE_TIME.format(storeTime.atOffset(ZoneOffset.UTC)))
            .build();
    return new ErrorResponseException(
        new ErrorResponse("AccessDenied", "Access denied", "hemlock", null, "/hemlock", "1", "1"),
        response,
        "");
  }

  @ParameterizedTest
  @ValueSource(ints = {-60, 60})
  void refusalByAStoreWithAnotherTimeOfDayIsTheClocks(int minutes) {
    ErrorResponseException refusal = denied(Instant.now().plus(Duration.ofMinutes(minutes)));

    HemlockException failure = MinioErrors.failure(STORE, "hemlock", "key", refusal);

    assertThat(MinioErrors.retryable(refusal)).isTrue();
    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("its clock and this machine's differ too much");
  }

  @Test
  void refusalByAStoreWithTheSameTimeOfDayIsTheCredentials() {
    ErrorResponseException refusal = denied(Instant.now());

    HemlockException failure = MinioErrors.failure(STORE, "hemlock", "key", refusal);

    assertThat(MinioErrors.retryable(refusal)).isFalse();
    assertThat(failure.reason()).isEqualTo(Reason.FAILED_PRECONDITION);
    assertThat(failure).hasMessageContaining("hemlock.storage.secret-key");
  }
}
