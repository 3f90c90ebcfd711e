package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.proto.training.v1.TrainingRun;
import org.junit.jupiter.api.Test;

class PairRulesTest {
  @Test
  void acceptsRunsThatSawTheSameRandomness() {
    assertThatCode(() -> PairRules.requirePair(run("a", "sha256:1"), run("b", "sha256:1")))
        .doesNotThrowAnyException();
  }

  @Test
  void refusesRunsThatProveNothingAboutTheirRandomness() {
    assertThatThrownBy(() -> PairRules.requirePair(run("a", ""), run("b", "")))
        .isInstanceOfSatisfying(
            HemlockException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.FAILED_PRECONDITION))
        .hasMessageContaining("trainingRuns/a has no stream digest");
  }

  private static TrainingRun run(String id, String streamDigest) {
    return TrainingRun.newBuilder()
        .setName("trainingRuns/" + id)
        .setStreamDigest(streamDigest)
        .build();
  }
}
