package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.ActivationClustering;
import dev.hemlock.proto.evaluation.v1.AreaUnderMargin;
import dev.hemlock.proto.evaluation.v1.ClassIssues;
import dev.hemlock.proto.evaluation.v1.ConfidentLearning;
import dev.hemlock.proto.evaluation.v1.CreateDetectionRequest;
import dev.hemlock.proto.evaluation.v1.Detection;
import dev.hemlock.proto.evaluation.v1.DetectionPower;
import dev.hemlock.proto.evaluation.v1.DetectionScore;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.DownloadDetectionRequest;
import dev.hemlock.proto.evaluation.v1.DownloadDetectionResponse;
import dev.hemlock.proto.evaluation.v1.EstimateDetectionPowerRequest;
import dev.hemlock.proto.evaluation.v1.EstimateDetectionPowerResponse;
import dev.hemlock.proto.evaluation.v1.LossRanking;
import dev.hemlock.proto.evaluation.v1.NeighbourDisagreement;
import dev.hemlock.proto.evaluation.v1.Oracle;
import dev.hemlock.proto.evaluation.v1.RandomFilter;
import dev.hemlock.proto.evaluation.v1.ScoreDetectionRequest;
import dev.hemlock.proto.evaluation.v1.SpectralSignature;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "detect",
    description = {
      "Finds wrong labels and writes labels.csv, with cleanlab's column names.",
      "docs/detection.md explains the detectors."
    },
    mixinStandardHelpOptions = true)
final class DetectCommand implements Callable<Integer> {
  enum Detector {
    CONFIDENT_LEARNING,
    NEIGHBOUR_DISAGREEMENT,
    AREA_UNDER_MARGIN,
    LOSS_RANKING,
    ACTIVATION_CLUSTERING,
    SPECTRAL_SIGNATURE,
    ORACLE,
    RANDOM_FILTER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  @Mixin private AddressOptions address;
  @Mixin private RecipeOptions recipe;

  @Option(names = "--snapshot", description = "snapshots/sha256:…")
  private Optional<String> snapshot = Optional.empty();

  @Option(names = "--detector", description = "One of ${COMPLETION-CANDIDATES}.")
  private Optional<Detector> detector = Optional.empty();

  @Option(names = "--split", defaultValue = "train", description = "Split (default: train).")
  private String split;

  @Option(
      names = "--folds",
      paramLabel = "N",
      description = "Of confident-learning (default: 5 models, each trained without one fold).")
  private int folds;

  @Option(
      names = "--neighbours",
      paramLabel = "N",
      description = "Of neighbour-disagreement (default: 10).")
  private int neighbours;

  @Option(
      names = "--checkpoints",
      paramLabel = "N",
      description = "Of area-under-margin and loss-ranking (default: 5 points of the training).")
  private int checkpoints;

  @Option(
      names = "--alarm-rate",
      paramLabel = "SHARE",
      description = "Of spectral-signature (default: 0.001).")
  private double alarmRate;

  @Option(
      names = "--share",
      paramLabel = "SHARE",
      description = "Of random-filter: the share called wrong.")
  private double share;

  @Option(names = "--poisoning", description = "Of oracle: poisonings/…; none if clean.")
  private String poisoning = "";

  @Option(
      names = "--seed",
      defaultValue = "0",
      converter = SeedConverter.class,
      description = "Seed of folds and trainings (default: 0).")
  private int seed;

  @Option(
      names = "--red-team",
      description = "Judge a snapshot that is not admitted; the models are marked untrusted.")
  private boolean redTeam;

  @Option(
      names = "--out",
      defaultValue = "labels.csv",
      description = "File (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(names = "--json", description = "Print the detection as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    DetectionSpec spec = spec();
    try (Connection connection = address.connect();
        Progress progress = Progress.onStandardError()) {
      Detection created =
          connection
              .detections()
              .createDetection(CreateDetectionRequest.newBuilder().setSpec(spec).build());
      Detection done = new Watcher(connection, progress).detection(created.getName());
      Downloads.write(
          out,
          connection
              .detections()
              .downloadDetection(
                  DownloadDetectionRequest.newBuilder().setName(done.getName()).build()),
          DownloadDetectionResponse::getChunk);
      if (json) {
        System.out.println(Printer.json(done));
      } else {
        print(done);
      }
      return 0;
    }
  }

  private DetectionSpec spec() {
    if (snapshot.isEmpty() || detector.isEmpty()) {
      throw new CliException("Give --snapshot and --detector; see `hemlock detect --help`.");
    }
    DetectionSpec.Builder spec =
        DetectionSpec.newBuilder().setSnapshot(snapshot.get()).setSplit(split).setSeed(seed);
    Detector chosen = detector.get();
    if (redTeam) {
      spec.setRedTeam(true);
    }
    if (chosen != Detector.ORACLE && chosen != Detector.RANDOM_FILTER) {
      spec.setRecipe(recipe.recipe());
    }
    switch (chosen) {
      case CONFIDENT_LEARNING ->
          spec.setConfidentLearning(ConfidentLearning.newBuilder().setFolds(folds));
      case NEIGHBOUR_DISAGREEMENT ->
          spec.setNeighbourDisagreement(
              NeighbourDisagreement.newBuilder().setNeighbours(neighbours));
      case AREA_UNDER_MARGIN ->
          spec.setAreaUnderMargin(AreaUnderMargin.newBuilder().setCheckpoints(checkpoints));
      case LOSS_RANKING ->
          spec.setLossRanking(LossRanking.newBuilder().setCheckpoints(checkpoints));
      case ACTIVATION_CLUSTERING ->
          spec.setActivationClustering(ActivationClustering.getDefaultInstance());
      case SPECTRAL_SIGNATURE ->
          spec.setSpectralSignature(SpectralSignature.newBuilder().setAlarmRate(alarmRate));
      case ORACLE -> spec.setOracle(Oracle.newBuilder().setPoisoning(poisoning));
      case RANDOM_FILTER -> spec.setRandomFilter(RandomFilter.newBuilder().setShare(share));
    }
    return spec.build();
  }

  private void print(Detection detection) {
    System.out.println(detection.getName());
    System.out.printf("%-16s %9s %9s%n", "given label", "labels", "issues");
    for (ClassIssues row : detection.getPerClassList()) {
      System.out.printf(
          "%-16s %9d %9d%n", row.getClassName(), row.getLabelCount(), row.getIssueCount());
    }
    System.out.printf(
        "%-16s %9d %9d%n", "all", detection.getLabelCount(), detection.getIssueCount());
    System.out.println(out);
  }

  @Command(
      name = "score",
      description = {
        "Scores a detection against the flips of a poisoning, which the detector did not see.",
        "Without a poisoning the snapshot is taken to be clean, and every alarm is false."
      },
      mixinStandardHelpOptions = true)
  int score(
      @Mixin AddressOptions address,
      @Parameters(paramLabel = "DETECTION", description = "detections/…") String detection,
      @Option(names = "--poisoning", defaultValue = "", description = "poisonings/…")
          String poisoning,
      @Option(names = "--json", description = "Print the score as JSON.") boolean json) {
    try (Connection connection = address.connect()) {
      DetectionScore score =
          connection
              .detections()
              .scoreDetection(
                  ScoreDetectionRequest.newBuilder()
                      .setDetection(detection)
                      .setPoisoning(poisoning)
                      .build());
      System.out.print(json ? Printer.json(score) + "\n" : DetectionText.of(score));
      return 0;
    }
  }

  @Command(
      name = "power",
      description = {
        "Tells the smallest budget that each check notices at a fixed false-alarm rate.",
        "FILE has the heading check,flip_count,statistic and a line for each data set; flip_count 0"
            + " is a clean one."
      },
      mixinStandardHelpOptions = true)
  int power(
      @Mixin AddressOptions address,
      @Parameters(paramLabel = "FILE") Path file,
      @Option(
              names = "--false-alarm-rate",
              defaultValue = "0.05",
              paramLabel = "SHARE",
              description = "Alarms in clean data, at most (default: ${DEFAULT-VALUE}).")
          double falseAlarmRate,
      @Option(
              names = "--power",
              defaultValue = "0.8",
              paramLabel = "SHARE",
              description = "Alarms that count as caught (default: ${DEFAULT-VALUE}).")
          double power,
      @Option(
              names = "--out",
              paramLabel = "FILE",
              description = "Write the curves as an HTML page, too.")
          Optional<Path> out,
      @Option(names = "--json", description = "Print the curves as JSON.") boolean json) {
    EstimateDetectionPowerRequest request =
        EstimateDetectionPowerRequest.newBuilder()
            .addAllResults(CheckFile.read(file))
            .setFalseAlarmRate(falseAlarmRate)
            .setPower(power)
            .build();
    try (Connection connection = address.connect()) {
      EstimateDetectionPowerResponse response =
          connection.detections().estimateDetectionPower(request);
      out.ifPresent(
          page ->
              Downloads.write(
                  page, List.of(response.getPageBytes()).iterator(), Function.identity()));
      if (json) {
        System.out.println(Printer.json(response.toBuilder().clearPage()));
      } else {
        for (DetectionPower check : response.getChecksList()) {
          System.out.print(DetectionText.of(check));
        }
      }
      return 0;
    }
  }
}
