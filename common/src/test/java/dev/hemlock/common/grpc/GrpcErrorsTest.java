package dev.hemlock.common.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.error.Violation;
import io.grpc.StatusRuntimeException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcErrorsTest {
  @ParameterizedTest
  @EnumSource(Reason.class)
  void readsBackOnTheClientWhatTheServerThrew(Reason reason) {
    HemlockException thrown =
        new HemlockException(reason, "Set ratio to 0.2 or more")
            .with("ratio", "0.1")
            .violating("spec.ratio", "must flip a sample");

    HemlockException read = GrpcErrors.toException(GrpcErrors.toStatusException(thrown));

    assertThat(read.reason()).isEqualTo(reason);
    assertThat(read).hasMessage("Set ratio to 0.2 or more");
    assertThat(read.metadata()).containsEntry("ratio", "0.1");
    assertThat(read.violations())
        .containsExactly(new Violation("spec.ratio", "must flip a sample"));
  }

  @Test
  void aServiceThatDiesInTheMiddleOfACallIsAway() {
    StatusRuntimeException died =
        io.grpc.Status.UNKNOWN
            .withDescription("channel closed")
            .withCause(new ClosedChannelException())
            .asRuntimeException();

    assertThat(GrpcErrors.toException(died).reason()).isEqualTo(Reason.UNAVAILABLE);
  }

  @Test
  void tellsReasonDomainFieldsAndWhenToRetry() throws Exception {
    HemlockException away = HemlockException.unavailable("The store is away").with("key", "k");

    Status status = GrpcErrors.toStatus(away.violating("a", "b"));

    assertThat(status.getCode()).isEqualTo(Code.UNAVAILABLE.getNumber());
    ErrorInfo info = status.getDetails(0).unpack(ErrorInfo.class);
    assertThat(info.getReason()).isEqualTo("UNAVAILABLE");
    assertThat(info.getDomain()).isEqualTo("hemlock.dev");
    assertThat(info.getMetadataMap()).containsEntry("key", "k");
    assertThat(status.getDetails(1).is(BadRequest.class)).isTrue();
    assertThat(status.getDetails(2).unpack(RetryInfo.class).getRetryDelay().getSeconds())
        .isEqualTo(1);
  }

  @Test
  void promisesNothingFromRetryingAWrongRequest() {
    Status status = GrpcErrors.toStatus(HemlockException.invalidArgument("no"));

    assertThat(status.getDetailsList()).noneMatch(detail -> detail.is(RetryInfo.class));
  }

  @Test
  void tellsWhatPassesFromALimitThatStays() {
    HemlockException throttled = HemlockException.throttled("later").with("quota", "3");

    Status status = GrpcErrors.toStatus(throttled);

    assertThat(status.getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED.getNumber());
    assertThat(status.getDetailsList()).anyMatch(detail -> detail.is(RetryInfo.class));
    assertThat(GrpcErrors.fromStatus(status).reason()).isEqualTo(Reason.THROTTLED);
    assertThat(GrpcErrors.fromStatus(status).metadata()).containsEntry("quota", "3");
    Status stays = GrpcErrors.toStatus(HemlockException.resourceExhausted("never"));
    assertThat(GrpcErrors.fromStatus(stays).retryable()).isFalse();
  }

  @Test
  void hidesWhatADefectSays() throws Exception {
    Status status = GrpcErrors.toStatus(new IllegalStateException("password=hunter2"));

    assertThat(status.getCode()).isEqualTo(Code.INTERNAL.getNumber());
    assertThat(status.getMessage()).doesNotContain("hunter2");
    ErrorInfo info = status.getDetails(0).unpack(ErrorInfo.class);
    assertThat(status.getMessage()).contains(info.getMetadataOrThrow("errorId"));
  }

  @Test
  void looksThroughTheWrappersOfFutures() {
    Throwable wrapped = new CompletionException(HemlockException.notFound("There is no run x"));

    assertThat(GrpcErrors.toException(wrapped).reason()).isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void readsStatusesOfOtherServers() {
    Status bare = Status.newBuilder().setCode(Code.ABORTED.getNumber()).setMessage("again").build();
    Status odd =
        bare.toBuilder().addDetails(Any.newBuilder().setTypeUrl("x.y/unknown").build()).build();

    assertThat(GrpcErrors.fromStatus(bare).retryable()).isTrue();
    assertThat(GrpcErrors.fromStatus(odd)).hasMessage("again");
  }
}
