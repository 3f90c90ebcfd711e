package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Page;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.work.RunsFactory;
import dev.hemlock.evaluation.detection.DetectionPower;
import dev.hemlock.evaluation.report.PowerPage;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.evaluation.v1.CheckResult;
import dev.hemlock.proto.evaluation.v1.Detection;
import dev.hemlock.proto.evaluation.v1.DetectionScore;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.EstimateDetectionPowerRequest;
import dev.hemlock.proto.evaluation.v1.EstimateDetectionPowerResponse;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.RunStatus;
import io.smallrye.mutiny.Multi;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Asks for detections, follows and scores them. Blocking, except {@link #watch}. */
@Singleton
public class Detections implements Jobs<DetectionSpec, Detection> {
  private static final double FALSE_ALARM_RATE = 0.05;
  private static final double POWER = 0.8;

  private final Runs runs;
  private final RemoteDatasets datasets;
  private final RemoteTrainings trainings;
  private final RemotePoisonings poisonings;
  private final BlobStore blobs;

  /** Works on the ledger's runs of detections. */
  public Detections(
      RunsFactory runs,
      RemoteDatasets datasets,
      RemoteTrainings trainings,
      RemotePoisonings poisonings,
      BlobStore blobs) {
    this.runs = runs.of(DetectStage.KIND, DetectStage.NAME);
    this.datasets = datasets;
    this.trainings = trainings;
    this.poisonings = poisonings;
    this.blobs = blobs;
  }

  /**
   * Asks for a detection. Its jobs are asked for by the worker that takes it.
   *
   * @throws HemlockException as {@code DetectionService.CreateDetection} documents
   */
  public Detection create(DetectionSpec spec, String requestId) {
    return DetectionMapper.detection(runs.create(CanonicalJson.of(complete(spec)), requestId));
  }

  @Override
  public Detection create(DetectionSpec spec) {
    return create(spec, "");
  }

  @Override
  public Detection preview(DetectionSpec spec) {
    return DetectionMapper.detection(runs.preview(CanonicalJson.of(complete(spec))));
  }

  /**
   * Fills in what a spec leaves out.
   *
   * @throws HemlockException as {@code DetectionService.CreateDetection} documents
   */
  DetectionSpec complete(DetectionSpec spec) {
    DetectionSpec complete = DetectionRules.complete(spec);
    Snapshot snapshot = datasets.snapshot(complete.getSnapshot());
    DetectionPlan.check(complete, JudgedSplit.of(snapshot, complete.getSplit(), blobs));
    if (complete.hasRecipe()) {
      complete =
          complete.toBuilder()
              .setRecipe(
                  trainings
                      .preview(DetectionPlan.training(complete, complete.getSnapshot()))
                      .getSpec()
                      .getRecipe())
              .build();
      complete = DetectionRules.withCheckpoints(complete);
    }
    if (!complete.getOracle().getPoisoning().isEmpty()) {
      DetectionRules.requireMade(
          poisonings.get(complete.getOracle().getPoisoning()), complete.getSnapshot());
    }
    return complete;
  }

  /** Reads one detection; NOT_FOUND if there is none of that name. */
  public Detection get(String name) {
    return DetectionMapper.detection(runs.get(name));
  }

  /** Lists detections by name. */
  public Page<Detection> list(int pageSize, String pageToken) {
    return runs.list(pageSize, pageToken).map(DetectionMapper::detection);
  }

  /** Asks a detection to stop; its worker lets go of its jobs. One that has ended stays as it is. */
  @Override
  public void cancel(String name) {
    runs.cancel(name);
  }

  @Override
  public String name(Detection job) {
    return job.getName();
  }

  @Override
  public RunStatus status(Detection job) {
    return job.getStatus();
  }

  @Override
  public Multi<Detection> watch(String name) {
    return runs.watch(name).map(DetectionMapper::detection);
  }

  /**
   * The CSV file of judged labels.
   *
   * @throws HemlockException NOT_FOUND, FAILED_PRECONDITION (not SUCCEEDED yet)
   */
  public Digest labels(String name) {
    return Digest.parse(succeeded(name).getLabelsDigest());
  }

  /**
   * Scores a detection against the flips of a poisoning, or of none.
   *
   * @throws HemlockException as {@code DetectionService.ScoreDetection} documents
   */
  public DetectionScore score(String name, String poisoning) {
    Detection detection = succeeded(name);
    DetectionSpec spec = detection.getSpec();
    Snapshot snapshot = datasets.snapshot(spec.getSnapshot());
    JudgedSplit judged = JudgedSplit.of(snapshot, spec.getSplit(), blobs);
    boolean[] flipped = new boolean[judged.sampleIds().length];
    if (!poisoning.isEmpty()) {
      DetectionRules.requireMade(poisonings.get(poisoning), spec.getSnapshot());
      poisonings.flips(poisoning).stream()
          .filter(flip -> flip.getSplit().equals(spec.getSplit()))
          .forEach(flip -> flipped[judged.position(flip.getSampleId())] = true);
    }
    byte[] labels = blobs.get(Tenant.current(), Digest.parse(detection.getLabelsDigest()));
    return DetectionMapper.score(
            dev.hemlock.evaluation.detection.DetectionScore.of(
                judged.labels(), LabelCsv.read(labels, judged), flipped),
            snapshot.getClassNamesList())
        .setDetection(name)
        .setPoisoning(poisoning)
        .build();
  }

  private Detection succeeded(String name) {
    Detection detection = get(name);
    RunState state = detection.getStatus().getState();
    if (state != RunState.RUN_STATE_SUCCEEDED) {
      throw RunStates.notSucceeded(name, state, "has judged no labels");
    }
    return detection;
  }

  /**
   * The smallest budget that each check notices.
   *
   * @throws HemlockException as {@code DetectionService.EstimateDetectionPower} documents
   */
  public static EstimateDetectionPowerResponse power(EstimateDetectionPowerRequest request) {
    double rate = request.getFalseAlarmRate() == 0 ? FALSE_ALARM_RATE : request.getFalseAlarmRate();
    double power = request.getPower() == 0 ? POWER : request.getPower();
    EstimateDetectionPowerResponse.Builder response = EstimateDetectionPowerResponse.newBuilder();
    request.getResultsList().stream()
        .collect(Collectors.groupingBy(CheckResult::getCheck, TreeMap::new, Collectors.toList()))
        .forEach((check, results) -> response.addChecks(power(check, results, rate, power)));
    return response.setPage(PowerPage.render(response.getChecksList(), rate, power)).build();
  }

  private static dev.hemlock.proto.evaluation.v1.DetectionPower power(
      String check, List<CheckResult> results, double rate, double power) {
    TreeMap<Integer, double[]> byBudget = new TreeMap<>();
    results.stream()
        .collect(Collectors.groupingBy(CheckResult::getFlipCount))
        .forEach(
            (budget, some) ->
                byBudget.put(
                    budget, some.stream().mapToDouble(CheckResult::getStatistic).toArray()));
    double[] clean = byBudget.containsKey(0) ? byBudget.remove(0) : new double[0];
    if (byBudget.isEmpty()) {
      throw HemlockException.invalidArgument(
              "The check \"" + check + "\" has no result on a poisoned data set; add some")
          .violating("results", "must hold a poisoned data set for each check");
    }
    return DetectionMapper.power(
        check, clean.length, DetectionPower.of(clean, byBudget, rate, power));
  }
}
