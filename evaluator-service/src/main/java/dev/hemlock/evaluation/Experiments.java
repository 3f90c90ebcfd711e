package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Page;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.work.RunsFactory;
import dev.hemlock.evaluation.ExperimentPlan.Model;
import dev.hemlock.proto.evaluation.v1.Experiment;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.ReportFormat;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.training.v1.TrainingRun;
import io.smallrye.mutiny.Multi;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Asks for experiments, follows them and reads their reports. Blocking, except {@link #watch}. */
@Singleton
public class Experiments {
  private static final int LARGEST_MESSAGE = 4 << 20;

  private final Runs runs;
  private final RemoteDatasets datasets;
  private final ExperimentJobs jobs;
  private final BlobStore blobs;

  /** Works on the ledger's runs of experiments. */
  public Experiments(
      RunsFactory runs, RemoteDatasets datasets, ExperimentJobs jobs, BlobStore blobs) {
    this.runs = runs.of(ExperimentStage.KIND, ExperimentStage.NAME);
    this.datasets = datasets;
    this.jobs = jobs;
    this.blobs = blobs;
  }

  /**
   * Asks for an experiment. The first clean training run of each recipe is asked for on the way: the training
   * service alone knows whether the recipe fits the images and what its defaults are, and the run
   * is needed in any case.
   *
   * @throws HemlockException as {@code ExperimentService.CreateExperiment} documents
   */
  public Experiment create(ExperimentSpec spec, String requestId) {
    ExperimentSpec complete = ExperimentDefaults.complete(spec);
    ExperimentRules.check(
        complete,
        datasets.snapshot(complete.getSnapshot()),
        datasets.statistics(complete.getSnapshot()));
    List<TrainingRun> first = firstTrainings(complete);
    RunView run = runs.create(CanonicalJson.of(withRecipesOf(first, complete)), requestId);
    if (!RunStates.ended(run.status().getState())) {
      first.stream()
          .filter(training -> !RunStates.ended(training.getStatus().getState()))
          .forEach(training -> want(run, training));
    }
    return ExperimentMapper.experiment(run);
  }

  /** One a recipe, in order. */
  private List<TrainingRun> firstTrainings(ExperimentSpec spec) {
    ExperimentPlan plan = ExperimentPlan.of(spec);
    return IntStream.range(0, spec.getRecipesCount())
        .mapToObj(recipe -> new Model(recipe, Optional.empty(), spec.getSeeds(0)))
        .map(model -> jobs.trainings().create(plan.training(model, spec.getSnapshot())))
        .toList();
  }

  private static ExperimentSpec withRecipesOf(List<TrainingRun> first, ExperimentSpec spec) {
    ExperimentSpec.Builder filledIn = spec.toBuilder();
    for (int i = 0; i < first.size(); i++) {
      filledIn.getRecipesBuilder(i).setRecipe(first.get(i).getSpec().getRecipe());
    }
    return filledIn.build();
  }

  private void want(RunView run, TrainingRun training) {
    jobs.interests()
        .add(
            run.name(),
            run.status().getCreateTime(),
            training.getName(),
            training.getStatus().getCreateTime());
  }

  /** Reads one experiment; NOT_FOUND if there is none of that name. */
  public Experiment get(String name) {
    return ExperimentMapper.experiment(runs.get(name));
  }

  /** Lists experiments by name. */
  public Page<Experiment> list(int pageSize, String pageToken) {
    return runs.list(pageSize, pageToken).map(ExperimentMapper::experiment);
  }

  /**
   * Ends an experiment and cancels those of its jobs that nobody else wants. One that has ended
   * stays as it is.
   */
  public Experiment cancel(String name) {
    RunView run = runs.cancel(name);
    if (run.status().getState() != RunState.RUN_STATE_SUCCEEDED) {
      jobs.release(name);
    }
    return ExperimentMapper.experiment(run);
  }

  /** The present state at once, then each change, up to a terminal one. */
  public Multi<Experiment> watch(String name) {
    return runs.watch(name).map(ExperimentMapper::experiment);
  }

  /**
   * Reads a report's figures.
   *
   * @throws HemlockException NOT_FOUND, FAILED_PRECONDITION (not SUCCEEDED yet), RESOURCE_EXHAUSTED
   *     (too large for one message)
   */
  public ExperimentReport report(String name) {
    byte[] json = blobs.get(Tenant.current(), document(name, ReportFormat.REPORT_FORMAT_JSON));
    ExperimentReport report = ProtoJson.parse(json, ExperimentReport.newBuilder()).build();
    if (report.getSerializedSize() > LARGEST_MESSAGE) {
      throw HemlockException.resourceExhausted(
          "The report of "
              + name
              + " is too large for one message; use DownloadExperimentReport with"
              + " REPORT_FORMAT_JSON");
    }
    return report;
  }

  /**
   * The blob of a report document.
   *
   * @throws HemlockException NOT_FOUND, FAILED_PRECONDITION (not SUCCEEDED yet)
   */
  public Digest document(String name, ReportFormat format) {
    Experiment experiment = get(name);
    RunState state = experiment.getStatus().getState();
    if (state != RunState.RUN_STATE_SUCCEEDED) {
      throw HemlockException.failedPrecondition(
              String.format(
                  "%s is %s and has no report; %s",
                  name,
                  RunStates.describe(state),
                  RunStates.ended(state) ? "ask for it again" : "wait until it has SUCCEEDED"))
          .with("state", RunStates.describe(state));
    }
    return Digest.parse(
        format == ReportFormat.REPORT_FORMAT_HTML
            ? experiment.getReportHtmlDigest()
            : experiment.getReportJsonDigest());
  }
}
