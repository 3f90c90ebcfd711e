package dev.hemlock.evaluation;

import com.google.protobuf.Timestamp;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.evaluation.ExperimentPlan.PlannedPair;
import dev.hemlock.evaluation.report.ReportPage;
import dev.hemlock.proto.evaluation.v1.BilledDefence;
import dev.hemlock.proto.evaluation.v1.DefenceBill;
import dev.hemlock.proto.evaluation.v1.DefenceVerdict;
import dev.hemlock.proto.evaluation.v1.Experiment;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.Memorisation;
import dev.hemlock.proto.evaluation.v1.ReportHost;
import dev.hemlock.proto.evaluation.v1.Verdict;
import dev.hemlock.proto.poison.v1.Flip;
import dev.hemlock.proto.training.v1.EpochMetrics;
import dev.hemlock.proto.training.v1.TrainingEnvironment;
import dev.hemlock.proto.training.v1.TrainingRun;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Writes an experiment's report as JSON and as a page, and stores both. Blocking. */
@Singleton
public class ExperimentReporter {
  private static final int SAMPLES_SHOWN = 24;

  private final RemoteDatasets datasets;
  private final RemotePoisonings poisonings;
  private final BlobStore blobs;
  private final Clock clock;

  /** Stores into {@code blobs}. */
  @Inject
  public ExperimentReporter(RemoteDatasets datasets, RemotePoisonings poisonings, BlobStore blobs) {
    this(datasets, poisonings, blobs, Clock.systemUTC());
  }

  ExperimentReporter(
      RemoteDatasets datasets, RemotePoisonings poisonings, BlobStore blobs, Clock clock) {
    this.datasets = datasets;
    this.poisonings = poisonings;
    this.blobs = blobs;
    this.clock = clock;
  }

  /** Writes the report; returns the experiment's verdict and the digests of its documents. */
  Experiment write(
      String experiment, ExperimentPlan plan, ExperimentRun.Outcome outcome, Timestamp createTime) {
    String snapshot = plan.spec().getSnapshot();
    ReportAssembly.Data data =
        new ReportAssembly.Data(
            datasets.snapshot(snapshot), datasets.statistics(snapshot), datasets.lineage(snapshot));
    ReportAssembly assembly = new ReportAssembly(plan, outcome, data);
    SourceHits sourceHits = SourceHits.of(plan.spec(), data.snapshot(), blobs);
    Map<ExperimentPlan.Model, BitSet> hits = new HashMap<>();
    outcome.evaluations().forEach((model, run) -> hits.put(model, sourceHits.read(run)));
    List<Flip> flips = headlineFlips(plan, outcome);
    ExperimentReport.Builder found =
        assembly.report(experiment, flips, hits).toBuilder().setHost(host(outcome, createTime));
    found
        .getHostBuilder()
        .addAllDefenceCosts(new DefenceCosts(plan, outcome).of(found.getDefenceBill()));
    new Memorised(plan, memorisation(plan, outcome, data)).into(found);
    ExperimentReport report = found.build();
    String page =
        ReportPage.render(
            report,
            datasets.trainingImages(snapshot, flips.stream().map(Flip::getSampleId).toList()));
    return Experiment.newBuilder()
        .setVerdict(
            Verdict.newBuilder()
                .setSentence(report.getVerdict())
                .setSummary(report.getSummary())
                .addAllSentences(report.getArms(0).getSentencesList())
                .setHarmfulExcess(report.getArms(0).getDoseResponse().getHarmfulExcess())
                .setBreakEven(report.getArms(0).getDoseResponse().getBreakEven())
                .addAllDefences(defences(report)))
        .setReportJsonDigest(put(ProtoJson.bytes(report)))
        .setReportHtmlDigest(put(page.getBytes(StandardCharsets.UTF_8)))
        .build();
  }

  private static List<DefenceVerdict> defences(ExperimentReport report) {
    DefenceBill bill = report.getDefenceBill();
    List<DefenceVerdict> verdicts = new ArrayList<>();
    for (int i = 0; i < bill.getSentencesCount(); i++) {
      BilledDefence defence = bill.getDefences(i);
      verdicts.add(
          DefenceVerdict.newBuilder()
              .setSentence(bill.getSentences(i))
              .setDefence(defence.getDefence())
              .setInformed(defence.getInformed())
              .setEffect(defence.getEffects(0))
              .setAccuracyCost(defence.getAccuracyCost())
              .setCost(report.getHost().getDefenceCosts(i))
              .build());
    }
    return verdicts;
  }

  private List<Flip> headlineFlips(ExperimentPlan plan, ExperimentRun.Outcome outcome) {
    Optional<ExperimentPlan.Poisoned> headline = plan.pairs().get(0).poisoned().data();
    return headline
        .map(poisoned -> outcome.poisonings().get(poisoned).getName())
        .map(poisoning -> poisonings.firstFlips(poisoning, SAMPLES_SHOWN))
        .orElse(List.of());
  }

  private Map<PlannedPair, Memorisation> memorisation(
      ExperimentPlan plan, ExperimentRun.Outcome outcome, ReportAssembly.Data data) {
    FlipFits fits = new FlipFits(data.snapshot(), blobs);
    Map<PlannedPair, Memorisation> byPair = new HashMap<>();
    for (ExperimentPlan.Poisoned poisoned : plan.poisonings()) {
      List<Flip> flips = poisonings.flips(outcome.poisonings().get(poisoned).getName());
      plan.pairs().stream()
          .filter(pair -> pair.poisoned().data().equals(Optional.of(poisoned)))
          .forEach(
              pair ->
                  byPair.put(
                      pair,
                      Memorisation.newBuilder()
                          .setClean(fits.share(outcome.fits().get(pair.clean()), flips))
                          .setPoisoned(fits.share(outcome.fits().get(pair.poisoned()), flips))
                          .build()));
    }
    return byPair;
  }

  private ReportHost host(ExperimentRun.Outcome outcome, Timestamp createTime) {
    Instant now = clock.instant();
    List<TrainingRun> runs =
        Stream.concat(
                outcome.trainings().values().stream(),
                outcome.firstModels().values().stream().flatMap(List::stream))
            .distinct()
            .toList();
    List<TrainingEnvironment> environments =
        runs.stream().map(TrainingRun::getEnvironment).distinct().toList();
    return ReportHost.newBuilder()
        .setCreateTime(createTime)
        .setEndTime(Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
        .setTrainingSeconds(
            runs.stream()
                .flatMap(run -> run.getEpochsList().stream())
                .mapToDouble(EpochMetrics::getSeconds)
                .sum())
        .addAllEnvironments(environments)
        .build();
  }

  private String put(byte[] document) {
    Digest digest = blobs.put(Tenant.current(), document);
    return digest.toString();
  }
}
