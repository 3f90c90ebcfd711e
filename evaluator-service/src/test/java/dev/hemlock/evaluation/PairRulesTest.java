package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.proto.training.v1.Precision;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingSpec;
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

  @Test
  void refusesRunsOfUnequalPrecision() {
    TrainingRun fp32 = run("a", "sha256:1", Precision.PRECISION_FP32);
    TrainingRun bf16 = run("b", "sha256:1", Precision.PRECISION_BF16);

    assertThatThrownBy(() -> PairRules.requirePair(fp32, bf16))
        .isInstanceOfSatisfying(
            HemlockException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.FAILED_PRECONDITION))
        .hasMessageContaining("their recipes differ");
  }

  private static TrainingRun run(String id, String streamDigest) {
    return run(id, streamDigest, Precision.PRECISION_FP32);
  }

  private static TrainingRun run(String id, String streamDigest, Precision precision) {
    return TrainingRun.newBuilder()
        .setName("trainingRuns/" + id)
        .setSpec(TrainingSpec.newBuilder().setRecipe(Recipe.newBuilder().setPrecision(precision)))
        .setStreamDigest(streamDigest)
        .build();
  }
}
