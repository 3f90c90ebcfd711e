package dev.hemlock.common.error;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class HemlockExceptionTest {
  @Test
  void gathersWhatIsKnownWithoutChangingWhatWas() {
    HemlockException first =
        new HemlockException(Reason.INVALID_ARGUMENT, "Set ratio above 0", Map.of("ratio", "0"));

    HemlockException second = first.violating("ratio", "must be above 0").with("class", "cat");

    assertThat(first.violations()).isEmpty();
    assertThat(first.metadata()).hasSize(1);
    assertThat(second).hasMessage("Set ratio above 0");
    assertThat(second.violations()).containsExactly(new Violation("ratio", "must be above 0"));
    assertThat(second.metadata()).containsEntry("ratio", "0").containsEntry("class", "cat");
  }

  @Test
  void keepsTheCauseAndThePlace() {
    IllegalStateException cause = new IllegalStateException("below");

    HemlockException failure = HemlockException.unavailable("later").because(cause).with("a", "b");

    assertThat(failure).hasCause(cause);
    assertThat(failure.getStackTrace()[0].getClassName()).startsWith("dev.hemlock");
  }

  @Test
  void promisesThatOnlyPassingTroubleCanBeRetried() {
    assertThat(Reason.UNAVAILABLE.retryable()).isTrue();
    assertThat(Reason.INVALID_ARGUMENT.retryable()).isFalse();
    assertThat(Reason.DATA_LOSS.retryable()).isFalse();
  }
}
