package dev.hemlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.proto.evaluation.v1.Arm;
import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.FlippedLabels;
import dev.hemlock.proto.evaluation.v1.Summary;
import org.junit.jupiter.api.Test;

class ResultTableTest {
  @Test
  void showsTheVerdictAndEveryRatioWithItsIntervals() {
    // Given
    ExperimentReport report =
        ExperimentReport.newBuilder()
            .setVerdict("It hurts.")
            .addArms(
                Arm.newBuilder()
                    .setAttack("random")
                    .setRecipe("smallcnn")
                    .addSentences("It hurts")
                    .addSentences("from 20 labels on.")
                    .addSummaries(
                        Summary.newBuilder()
                            .setFlipped(labels(40, 0.4))
                            .setPairCount(3)
                            .setExcessAttackSuccessRate(
                                Estimate.newBuilder().setEstimate(0.25).setLow(0.1).setHigh(0.4)))
                    .addSummaries(Summary.newBuilder().setFlipped(labels(60, 0.6)).setPairCount(1)))
            .addArms(
                Arm.newBuilder()
                    .setAttack("noise")
                    .setRecipe("smallcnn")
                    .addSentences("Noise does not."))
            .build();

    // When
    String table = ResultTable.of(report);

    // Then
    assertThat(table)
        .contains("It hurts.")
        .containsOnlyOnce("It hurts")
        .contains("attack random, recipe smallcnn\nfrom 20 labels on.")
        .contains("attack noise, recipe smallcnn\nNoise does not.")
        .contains("40 labels, 40 % of the classes attacked, 4 % of all, 3 pairs\n")
        .contains("60 labels, 60 % of the classes attacked, 6 % of all, 1 pair\n")
        .containsPattern("excess attack success +0\\.250 +\\[0\\.100, 0\\.400]");
  }

  private static FlippedLabels labels(int count, double classShare) {
    return FlippedLabels.newBuilder()
        .setCount(count)
        .setClassShare(classShare)
        .setSplitShare(classShare / 10)
        .build();
  }
}
