package dev.hemlock.evaluation;

import com.google.protobuf.Timestamp;
import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.common.work.Stage;
import dev.hemlock.common.work.Work;
import dev.hemlock.proto.evaluation.v1.Experiment;
import dev.hemlock.proto.events.v1.ExperimentSucceeded;
import jakarta.inject.Singleton;

/**
 * Follows one experiment to its report. When a try has failed or was cancelled, whichever worker
 * ended it, its jobs that no other experiment wants are cancelled.
 */
@Singleton
public class ExperimentStage implements Stage {
  static final String KIND = "experiments";
  static final String NAME = "experiment";

  private final Experiments experiments;
  private final ExperimentJobs jobs;
  private final ExperimentReporter reporter;
  private final Sanitiser sanitiser;
  private final TransitionEstimator transitions;

  /** Works on {@code experiments}. */
  public ExperimentStage(
      Experiments experiments,
      ExperimentJobs jobs,
      ExperimentReporter reporter,
      Sanitiser sanitiser,
      TransitionEstimator transitions) {
    this.experiments = experiments;
    this.jobs = jobs;
    this.reporter = reporter;
    this.sanitiser = sanitiser;
    this.transitions = transitions;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte[] run(Work work) throws InterruptedException {
    ExperimentPlan plan = ExperimentPlan.of(ExperimentMapper.spec(work.spec()));
    Timestamp createTime = experiments.get(work.name()).getStatus().getCreateTime();
    try (ExperimentRun run =
        new ExperimentRun(plan, work, jobs, sanitiser, transitions, createTime)) {
      Experiment result = reporter.write(work.name(), plan, run.run(), createTime);
      jobs.detach(work.name());
      return ProtoJson.bytes(result);
    }
  }

  @Override
  public void abandoned(String name) {
    experiments.release(name);
  }

  @Override
  public void succeeded(RunView run, EventPublisher events) {
    events.publish(
        Topics.RESULTS,
        run.name() + "/succeeded",
        "dev.hemlock.experiment.succeeded.v1",
        run.name(),
        ExperimentSucceeded.newBuilder()
            .setExperiment(run.name())
            .setVerdict(ExperimentMapper.experiment(run).getVerdict())
            .build());
  }
}
