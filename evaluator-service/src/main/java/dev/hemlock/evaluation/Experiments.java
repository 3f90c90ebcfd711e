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
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.evaluation.v1.Defence;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.Experiment;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.JudgeHarmRequest;
import dev.hemlock.proto.evaluation.v1.JudgeHarmResponse;
import dev.hemlock.proto.evaluation.v1.PlanExperimentResponse;
import dev.hemlock.proto.evaluation.v1.PlannedBudget;
import dev.hemlock.proto.evaluation.v1.ReportFormat;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.TrainingSpec;
import io.smallrye.mutiny.Multi;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

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
   * Asks for an experiment. Its jobs are asked for by the worker that takes it.
   *
   * @throws HemlockException as {@code ExperimentService.CreateExperiment} documents
   */
  public Experiment create(ExperimentSpec spec, String requestId) {
    return ExperimentMapper.experiment(
        runs.create(CanonicalJson.of(checked(spec).spec()), requestId));
  }

  /**
   * What an experiment would do, without asking for anything.
   *
   * @throws HemlockException as {@code ExperimentService.PlanExperiment} documents
   */
  public PlanExperimentResponse plan(ExperimentSpec spec) {
    Checked checked = checked(spec);
    ExperimentPlan plan = ExperimentPlan.of(checked.spec());
    ExperimentSurvey survey = ExperimentSurvey.of(plan, jobs);
    PlanExperimentResponse.Builder response =
        PlanExperimentResponse.newBuilder()
            .setExperiment(runs.preview(CanonicalJson.of(checked.spec())).name())
            .setSpec(checked.spec())
            .setJobs(ExperimentMapper.progress(plan, survey))
            .setDefenceTrainingRuns(ExperimentMapper.defenceTrainings(plan, survey))
            .addAllBudgets(checked.budgets());
    new RemainingTraining(plan, survey, checked.snapshot(), jobs, datasets).into(response);
    return response.build();
  }

  /**
   * Which budgets do harm, or which experiment to run to find out.
   *
   * @throws HemlockException as {@code ExperimentService.JudgeHarm} documents
   */
  public JudgeHarmResponse judge(JudgeHarmRequest request) {
    Checked checked = checked(request.getSpec());
    List<Flipped> flipped =
        checked.budgets().stream().map(budget -> Flipped.of(budget.getFlipped())).toList();
    return HarmJudge.of(request, checked.spec(), flipped).next(this::reportOf);
  }

  private Optional<ExperimentReport> reportOf(ExperimentSpec spec) {
    Experiment experiment = ExperimentMapper.experiment(runs.preview(CanonicalJson.of(spec)));
    return experiment.getStatus().getState() == RunState.RUN_STATE_SUCCEEDED
        ? Optional.of(read(experiment.getName()))
        : Optional.empty();
  }

  /**
   * A spec with its defaults filled in that holds against its data.
   *
   * @param budgets what every attack flips at every budget
   */
  private record Checked(ExperimentSpec spec, Snapshot snapshot, List<PlannedBudget> budgets) {}

  private Checked checked(ExperimentSpec spec) {
    ExperimentSpec complete = ExperimentDefaults.complete(spec);
    Snapshot snapshot = datasets.snapshot(complete.getSnapshot());
    ExperimentRules.check(complete, snapshot, datasets.statistics(complete.getSnapshot()));
    List<PlannedBudget> budgets = ExperimentBudgets.check(complete, jobs.poisonings());
    return new Checked(withDetectors(withRecipes(complete)), snapshot, budgets);
  }

  /** The trainer alone knows whether a recipe fits the images and what its defaults are. */
  private ExperimentSpec withRecipes(ExperimentSpec spec) {
    ExperimentPlan plan = ExperimentPlan.of(spec);
    ExperimentSpec.Builder filledIn = spec.toBuilder();
    for (int i = 0; i < spec.getRecipesCount(); i++) {
      filledIn.getRecipesBuilder(i).setRecipe(recipe(plan, i));
    }
    for (int i = 0; i < spec.getDefences().getCompareCount(); i++) {
      if (spec.getDefences().getCompare(i).hasRecipe()) {
        filledIn
            .getDefencesBuilder()
            .getCompareBuilder(i)
            .setRecipe(recipe(plan, spec.getRecipesCount() + i));
      }
    }
    return filledIn.build();
  }

  /** Detections alone know what a detector needs and what its defaults are. */
  private ExperimentSpec withDetectors(ExperimentSpec spec) {
    ExperimentPlan plan = ExperimentPlan.of(spec);
    ExperimentSpec.Builder filledIn = spec.toBuilder();
    for (int i = 0; i < spec.getDefences().getCompareCount(); i++) {
      Defence defence = spec.getDefences().getCompare(i);
      if (defence.hasSanitise()) {
        Model first = first(plan, spec.getRecipesCount() + i);
        filledIn
            .getDefencesBuilder()
            .getCompareBuilder(i)
            .setSanitise(
                Detectors.with(
                    defence.getSanitise(),
                    detection(defence, plan.detection(first, spec.getSnapshot(), ""))));
      }
    }
    return filledIn.build();
  }

  private DetectionSpec detection(Defence defence, DetectionSpec spec) {
    try {
      return jobs.detections().complete(spec);
    } catch (HemlockException e) {
      if (e.retryable()) {
        throw e;
      }
      throw new HemlockException(
              e.reason(),
              "The detection of the defence \"" + defence.getLabel() + "\": " + e.getMessage(),
              e.metadata())
          .because(e);
    }
  }

  private static Model first(ExperimentPlan plan, int treatment) {
    return new Model(treatment, Optional.empty(), plan.spec().getSeeds(0));
  }

  private Recipe recipe(ExperimentPlan plan, int treatment) {
    TrainingSpec training = plan.training(first(plan, treatment), plan.spec().getSnapshot());
    return jobs.trainings().preview(training).getSpec().getRecipe();
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
      release(name);
    }
    return ExperimentMapper.experiment(run);
  }

  /**
   * Cancels those jobs of an experiment that nobody else wants. Experiments that wait in the queue
   * have not said yet what they want, so that is noted first.
   */
  void release(String name) {
    runs.queued().stream().filter(other -> !other.name().equals(name)).forEach(this::noteInterests);
    jobs.release(name);
  }

  private void noteInterests(RunView queued) {
    ExperimentPlan plan = ExperimentPlan.of(ExperimentMapper.spec(queued.spec()));
    ExperimentSurvey.of(plan, jobs)
        .underWay()
        .forEach(
            (job, status) ->
                jobs.interests()
                    .add(
                        queued.name(),
                        queued.status().getCreateTime(),
                        job,
                        status.getCreateTime()));
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
    ExperimentReport report = read(name);
    if (report.getSerializedSize() > LARGEST_MESSAGE) {
      throw HemlockException.resourceExhausted(
          "The report of "
              + name
              + " is too large for one message; use DownloadExperimentReport with"
              + " REPORT_FORMAT_JSON");
    }
    return report;
  }

  private ExperimentReport read(String name) {
    byte[] json = blobs.get(Tenant.current(), document(name, ReportFormat.REPORT_FORMAT_JSON));
    return ProtoJson.parse(json, ExperimentReport.newBuilder()).build();
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
      throw RunStates.notSucceeded(name, state, "has no report")
          .with("state", RunStates.describe(state));
    }
    return Digest.parse(
        format == ReportFormat.REPORT_FORMAT_HTML
            ? experiment.getReportHtmlDigest()
            : experiment.getReportJsonDigest());
  }
}
