package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.HarmJudgement;
import dev.hemlock.proto.evaluation.v1.JudgeHarmRequest;
import dev.hemlock.proto.evaluation.v1.JudgeHarmResponse;

/** Runs one look after the other until harm is judged. */
final class Judging {
  private Judging() {}

  static HarmJudgement judge(Connection connection, JudgeHarmRequest request, Progress progress) {
    JudgeHarmResponse step = connection.experiments().judgeHarm(request);
    while (step.hasNext()) {
      progress.stage("Look at %d seeds".formatted(step.getNext().getSeedsCount()));
      progress.done(step.getNext().getBudgets(0).toString().strip().replace('_', ' '));
      Measurement.run(connection, step.getNext(), progress);
      step = connection.experiments().judgeHarm(request);
    }
    return step.getJudgement();
  }
}
