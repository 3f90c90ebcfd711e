package dev.hemlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.proto.evaluation.v1.ExperimentProgress;
import dev.hemlock.proto.evaluation.v1.FlippedLabels;
import dev.hemlock.proto.evaluation.v1.JobCount;
import dev.hemlock.proto.evaluation.v1.PlanExperimentResponse;
import dev.hemlock.proto.evaluation.v1.PlannedBudget;
import org.junit.jupiter.api.Test;

class PlanTextTest {
  private static final PlanExperimentResponse PLAN =
      PlanExperimentResponse.newBuilder()
          .setExperiment("experiments/1")
          .addBudgets(
              PlannedBudget.newBuilder()
                  .setAttack("targeted-flip")
                  .setFlipped(
                      FlippedLabels.newBuilder()
                          .setCount(57)
                          .setClassShare(57 / 143.0)
                          .setSplitShare(0.04)))
          .setJobs(
              ExperimentProgress.newBuilder()
                  .setPoisonings(count(8, 6))
                  .setTrainingRuns(count(16, 12))
                  .setEvaluations(count(16, 12)))
          .build();

  @Test
  void tellsNewJobsFromThoseThereAlready() {
    assertThat(PlanText.of(PLAN).lines())
        .containsExactly(
            "experiments/1",
            "  targeted-flip            57 labels, 39.86 % of the classes attacked, 4 % of all",
            "  poisonings               2 new, 6 there already",
            "  training runs            4 new, 12 there already",
            "  evaluations              4 new, 12 there already",
            "  no such run has finished yet, so how long it takes shows once the first has");
  }

  @Test
  void showsWhatTheDefencesAdd() {
    PlanExperimentResponse.Builder sanitised = PLAN.toBuilder();
    sanitised.getJobsBuilder().setDetections(count(8, 2));

    assertThat(PlanText.of(sanitised.build()))
        .contains("  detections               6 new, 2 there already");
    assertThat(PlanText.of(PLAN.toBuilder().setDefenceTrainingRuns(count(8, 4)).build()))
        .contains(
            "  training runs            4 new, 12 there already\n"
                + "    of them for defences   4 new, 4 there already\n");
  }

  @Test
  void estimatesTheTimeFromFinishedRuns() {
    PlanExperimentResponse measured =
        PLAN.toBuilder().setTrainingSeconds(600).setMeasuredRuns(12).build();

    assertThat(PlanText.of(measured))
        .contains(
            "about 10 min of training, one run after the other, at the pace of 12 finished runs");
  }

  @Test
  void roundsTimesForPeople() {
    assertThat(PlanText.time(0.4)).isEqualTo("0 s");
    assertThat(PlanText.time(89)).isEqualTo("89 s");
    assertThat(PlanText.time(600)).isEqualTo("10 min");
    assertThat(PlanText.time(12_600)).isEqualTo("3.5 h");
  }

  private static JobCount count(int total, int done) {
    return JobCount.newBuilder().setTotal(total).setDone(done).build();
  }
}
