package dev.hemlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.proto.evaluation.v1.Arm;
import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.Summary;
import org.junit.jupiter.api.Test;

class ResultTableTest {
  @Test
  void showsTheVerdictAndEveryRatioWithItsIntervals() {
    // Given
    ExperimentReport report =
        ExperimentReport.newBuilder()
            .setVerdict("It hurts.")
            .setSpec(ExperimentSpec.newBuilder().setSourceClass("cat").setTargetClass("dog"))
            .addArms(
                Arm.newBuilder()
                    .addSummaries(
                        Summary.newBuilder()
                            .setRatio(0.4)
                            .setFlipCount(40)
                            .setPairCount(3)
                            .setExcessAttackSuccessRate(
                                Estimate.newBuilder().setEstimate(0.25).setLow(0.1).setHigh(0.4)))
                    .addSummaries(
                        Summary.newBuilder().setRatio(0.6).setFlipCount(60).setPairCount(1)))
            .build();

    // When
    String table = ResultTable.of(report);

    // Then
    assertThat(table)
        .contains("It hurts.")
        .contains("ratio 0.4: 40 labels flipped cat → dog, 3 pairs")
        .contains("ratio 0.6: 60 labels flipped cat → dog, 1 pair\n")
        .containsPattern("excess attack success +0\\.250 +\\[0\\.100, 0\\.400]");
  }
}
