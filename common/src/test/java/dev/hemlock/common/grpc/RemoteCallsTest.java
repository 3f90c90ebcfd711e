package dev.hemlock.common.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import io.grpc.Status;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RemoteCallsTest {
  private final AtomicInteger calls = new AtomicInteger();

  @Test
  void asksAgainWhileTheServiceIsAway() {
    Uni<String> call = failing(Status.UNAVAILABLE, 2);

    assertThat(RemoteCalls.<String>await("dataset", call)).isEqualTo("answer");
    assertThat(calls).hasValue(3);
  }

  @Test
  void namesTheServiceThatStaysAway() {
    Uni<String> call = failing(Status.UNAVAILABLE.withDescription("io exception"), 100);

    assertThatThrownBy(() -> RemoteCalls.await("dataset", call))
        .isInstanceOfSatisfying(HemlockException.class, e -> assertThat(e.retryable()).isTrue())
        .hasMessage("The dataset service is not available now (io exception); try again");
    assertThat(calls).hasValue(5);
  }

  @Test
  void passesOnWhatTheServiceAnswers() {
    Uni<String> call = failing(Status.NOT_FOUND.withDescription("There is no x"), 100);

    assertThatThrownBy(() -> RemoteCalls.await("dataset", call))
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND))
        .hasMessage("There is no x");
    assertThat(calls).hasValue(1);
  }

  @Test
  void cancelsACallThatTakesTooLong() {
    AtomicBoolean cancelled = new AtomicBoolean();
    Uni<String> call =
        Uni.createFrom().<String>nothing().onCancellation().invoke(() -> cancelled.set(true));

    assertThatThrownBy(() -> RemoteCalls.await("dataset", call, Duration.ofMillis(20)))
        .isInstanceOfSatisfying(HemlockException.class, e -> assertThat(e.retryable()).isTrue())
        .hasMessageContaining("The dataset service did not answer within");
    assertThat(cancelled).isTrue();
  }

  @Test
  void leavesADefectAsItIs() {
    Uni<String> call = Uni.createFrom().failure(new IllegalStateException("boom"));

    assertThatThrownBy(() -> RemoteCalls.await("dataset", call))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("boom");
  }

  private Uni<String> failing(Status status, int times) {
    return Uni.createFrom()
        .item(
            () -> {
              if (calls.incrementAndGet() <= times) {
                throw status.asRuntimeException();
              }
              return "answer";
            });
  }
}
