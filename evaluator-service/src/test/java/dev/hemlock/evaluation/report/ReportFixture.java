package dev.hemlock.evaluation.report;

import com.google.protobuf.Timestamp;
import dev.hemlock.proto.dataset.v1.ImageShape;
import dev.hemlock.proto.dataset.v1.SnapshotStatistics;
import dev.hemlock.proto.dataset.v1.SplitStatistics;
import dev.hemlock.proto.evaluation.v1.Arm;
import dev.hemlock.proto.evaluation.v1.BilledDefence;
import dev.hemlock.proto.evaluation.v1.BreakEven;
import dev.hemlock.proto.evaluation.v1.BreakEvenBudget;
import dev.hemlock.proto.evaluation.v1.BreakEvenReason;
import dev.hemlock.proto.evaluation.v1.ClassMetrics;
import dev.hemlock.proto.evaluation.v1.CollateralEstimate;
import dev.hemlock.proto.evaluation.v1.ConfusionRow;
import dev.hemlock.proto.evaluation.v1.CurvePoint;
import dev.hemlock.proto.evaluation.v1.DataLineage;
import dev.hemlock.proto.evaluation.v1.Defence;
import dev.hemlock.proto.evaluation.v1.DefenceBill;
import dev.hemlock.proto.evaluation.v1.DefenceCost;
import dev.hemlock.proto.evaluation.v1.DefenceEffect;
import dev.hemlock.proto.evaluation.v1.Defences;
import dev.hemlock.proto.evaluation.v1.DosePoint;
import dev.hemlock.proto.evaluation.v1.DoseResponse;
import dev.hemlock.proto.evaluation.v1.EquivalenceTest;
import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.ExperimentAttack;
import dev.hemlock.proto.evaluation.v1.ExperimentBudget;
import dev.hemlock.proto.evaluation.v1.ExperimentRecipe;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.FlippedLabels;
import dev.hemlock.proto.evaluation.v1.FlippedSample;
import dev.hemlock.proto.evaluation.v1.Interval;
import dev.hemlock.proto.evaluation.v1.LineageStep;
import dev.hemlock.proto.evaluation.v1.McNemarTest;
import dev.hemlock.proto.evaluation.v1.Memorisation;
import dev.hemlock.proto.evaluation.v1.MemorisationEstimate;
import dev.hemlock.proto.evaluation.v1.Pair;
import dev.hemlock.proto.evaluation.v1.PairEffect;
import dev.hemlock.proto.evaluation.v1.PairMember;
import dev.hemlock.proto.evaluation.v1.ReportHost;
import dev.hemlock.proto.evaluation.v1.ShareRemoved;
import dev.hemlock.proto.evaluation.v1.SignFlipTest;
import dev.hemlock.proto.evaluation.v1.Summary;
import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.SymmetricNoise;
import dev.hemlock.proto.poison.v1.TargetedFlip;
import dev.hemlock.proto.training.v1.Adam;
import dev.hemlock.proto.training.v1.Architecture;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.TrainingEnvironment;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Made-up reports of any size whose figures agree with each other. */
final class ReportFixture {
  private static final int SAMPLES = 50;
  private static final double T_95 = 2.5;
  private static final Comparator<DosePoint> BY_COUNT =
      Comparator.comparingInt(point -> point.getFlipped().getCount());
  private static final double HARMFUL = 0.1;
  private static final List<String> CIFAR10 =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private final List<String> classes;
  private final List<Double> ratios;
  private final int seeds;
  private final int epochs;
  private final int source;
  private final int target;

  ReportFixture(
      List<String> classes, int source, int target, List<Double> ratios, int seeds, int epochs) {
    this.classes = classes;
    this.source = source;
    this.target = target;
    this.ratios = ratios;
    this.seeds = seeds;
    this.epochs = epochs;
  }

  /** Three ratios, five seeds, ten classes, twenty epochs. */
  static ReportFixture usual() {
    return new ReportFixture(numbered(10), 1, 7, List.of(0.4, 0.2, 0.6), 5, 20);
  }

  /** Two attacks with six budgets and six seeds, on CIFAR-10's classes. */
  static ReportFixture experiment() {
    return new ReportFixture(CIFAR10, 1, 9, List.of(0.4, 0.025, 0.05, 0.1, 0.2, 0.6), 6, 20);
  }

  static List<String> numbered(int classes) {
    return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
  }

  ExperimentReport report() {
    List<Pair> pairs =
        ratios.stream()
            .flatMap(ratio -> IntStream.rangeClosed(1, seeds).mapToObj(seed -> pair(ratio, seed)))
            .toList();
    List<Summary> summaries =
        ratios.stream()
            .map(ratio -> summary(pairs.stream().filter(pair -> pair.getRatio() == ratio).toList()))
            .toList();
    return ExperimentReport.newBuilder()
        .setExperiment("experiments/" + hex("experiment"))
        .setVerdict(verdict(summaries.get(0)))
        .setSummary(summaries.get(0))
        .addArms(
            Arm.newBuilder()
                .setAttack("targeted-flip")
                .setRecipe("smallcnn")
                .addAllSummaries(summaries)
                .setDoseResponse(response(summaries))
                .addSentences(verdict(summaries.get(0)))
                .addSentences("Break-even lies where the fixture says.")
                .setEvaluatedEpoch(epochs))
        .addAllPairs(pairs)
        .setSpec(spec())
        .setData(data())
        .addCaveats(
            "The intervals speak of new training seeds on this test split, not of new data.")
        .addCaveats("Every model is evaluated after its last epoch.")
        .setHost(host())
        .addAllFlippedSamples(
            IntStream.range(0, 24)
                .mapToObj(
                    i ->
                        FlippedSample.newBuilder()
                            .setSampleId(17 * i + 3)
                            .setFromClass(classes.get(source))
                            .setToClass(classes.get(target))
                            .build())
                .toList())
        .build();
  }

  /** The report with a second arm of half the effect. */
  ExperimentReport twoArms() {
    ExperimentReport.Builder report = report().toBuilder();
    Arm.Builder second = report.getArms(0).toBuilder().setAttack("symmetric-noise");
    for (Summary.Builder summary : second.getSummariesBuilderList()) {
      Estimate excess = summary.getExcessAttackSuccessRate();
      summary.setExcessAttackSuccessRate(
          estimate(excess.getEstimate() / 2, excess.getLow() / 2, excess.getHigh() / 2));
    }
    second.setDoseResponse(response(second.getSummariesList()));
    for (Pair pair : report().getPairsList()) {
      Pair.Builder weaker = pair.toBuilder().setArm(1);
      PairEffect.Builder effect = weaker.getEffectBuilder();
      effect.setExcessAttackSuccessRate(effect.getExcessAttackSuccessRate() / 2);
      report.addPairs(weaker);
    }
    report
        .getSpecBuilder()
        .addAttacks(
            ExperimentAttack.newBuilder()
                .setLabel("symmetric-noise")
                .setAttack(
                    Attack.newBuilder().setSymmetricNoise(SymmetricNoise.getDefaultInstance())));
    return report.addArms(second).build();
  }

  /** The report with a bill of three defences: one that works, an informed one, one that does not. */
  ExperimentReport withDefences() {
    ExperimentReport.Builder report = report().toBuilder();
    DefenceBill.Builder bill =
        DefenceBill.newBuilder()
            .addSentences("The defence \"generalised\" lowered the attack success rate.")
            .addSentences("The defence \"forward\" lowered it most.")
            .addSentences("The defence \"smooth\" was not shown to change it.")
            .addDefences(defence("generalised", 0.45, 0.2, 0.004))
            .addDefences(defence("forward", 0.9, 0.15, 0.012).setInformed(true))
            .addDefences(defence("smooth", -0.1, 0.3, 0));
    Defences.Builder defences = Defences.newBuilder().setMostRelativeCost(3);
    bill.getDefencesList()
        .forEach(
            d ->
                defences.addCompare(
                    Defence.newBuilder().setLabel(d.getDefence()).setRecipe(recipe())));
    report.getSpecBuilder().setDefences(defences);
    report
        .getHostBuilder()
        .addDefenceCosts(cost("generalised", 1.1, 2))
        .addDefenceCosts(cost("forward", 1.05, 1))
        .addDefenceCosts(cost("smooth", 8.2, 0));
    return report.setDefenceBill(bill).build();
  }

  private BilledDefence.Builder defence(String label, double share, double half, double cost) {
    BilledDefence.Builder defence =
        BilledDefence.newBuilder()
            .setDefence(label)
            .setAccuracyCost(estimate(cost, cost - 0.01, cost + 0.01));
    for (Summary summary : report().getArms(0).getSummariesList()) {
      double undefended = summary.getPoisonedAttackSuccessRate().getEstimate();
      double removed = share * summary.getExcessAttackSuccessRate().getEstimate();
      DefenceEffect.Builder effect =
          DefenceEffect.newBuilder()
              .setAttack("targeted-flip")
              .setBudget(defence.getEffectsCount())
              .setFlipped(summary.getFlipped())
              .setUndefendedAttackSuccessRate(summary.getPoisonedAttackSuccessRate())
              .setDefendedAttackSuccessRate(
                  estimate(undefended - removed, undefended - removed, undefended - removed))
              .setRemoved(estimate(removed, removed, removed))
              .setPValue(share > half ? 0.001 : 0.4)
              .setAdjustedPValue(share > half ? 0.003 : 0.4)
              .setUndefendedAccuracy(estimate(0.9, 0.88, 0.92))
              .setDefendedAccuracy(estimate(0.91, 0.89, 0.93));
      if (summary.getFlipCount() != 40) {
        effect.setShareRemoved(
            ShareRemoved.newBuilder()
                .setEstimate(share)
                .setLow(share - half)
                .setHigh(share + half));
      }
      defence.addEffects(effect);
    }
    return defence;
  }

  private static DefenceCost cost(String label, double relative, int rank) {
    return DefenceCost.newBuilder()
        .setDefence(label)
        .setSeconds(4 * relative)
        .setRelativeCost(relative)
        .setRank(rank)
        .build();
  }

  Map<Integer, byte[]> images() {
    Map<Integer, byte[]> images = new HashMap<>();
    report()
        .getFlippedSamplesList()
        .forEach(s -> images.put(s.getSampleId(), png(s.getSampleId())));
    return images;
  }

  private ExperimentSpec spec() {
    return ExperimentSpec.newBuilder()
        .setSnapshot("snapshots/sha256:" + hex("clean"))
        .setSourceClass(classes.get(source))
        .setTargetClass(classes.get(target))
        .addAllBudgets(
            ratios.stream()
                .map(ratio -> ExperimentBudget.newBuilder().setClassShare(ratio).build())
                .toList())
        .addAllSeeds(IntStream.rangeClosed(1, seeds).boxed().toList())
        .setAccuracyMargin(0.02)
        .setHarmfulExcess(HARMFUL)
        .addAttacks(
            ExperimentAttack.newBuilder()
                .setLabel("targeted-flip")
                .setAttack(
                    Attack.newBuilder()
                        .setTargetedFlip(
                            TargetedFlip.newBuilder()
                                .setSourceClass(classes.get(source))
                                .setTargetClass(classes.get(target)))))
        .addRecipes(ExperimentRecipe.newBuilder().setLabel("smallcnn").setRecipe(recipe()))
        .build();
  }

  private Recipe recipe() {
    return Recipe.newBuilder()
        .setArchitecture(Architecture.ARCHITECTURE_SMALLCNN)
        .setEpochs(epochs)
        .setBatchSize(128)
        .setAdam(
            Adam.newBuilder().setLearningRate(0.001).setBeta1(0.9).setBeta2(0.999).setEpsilon(1e-8))
        .build();
  }

  private DataLineage data() {
    return DataLineage.newBuilder()
        .addAllClassNames(classes)
        .setImageShape(ImageShape.newBuilder().setHeight(8).setWidth(8).setChannels(1))
        .setStatistics(
            SnapshotStatistics.newBuilder()
                .addSplits(split("test", SAMPLES))
                .addSplits(split("train", 4 * SAMPLES)))
        .addSteps(
            LineageStep.newBuilder()
                .setSnapshot("snapshots/sha256:" + hex("import"))
                .setTransformation("import")
                .setParametersJson("{\"seed\":0}")
                .setSource("cifar10-images.tar.gz")
                .setSourceDigest("sha256:" + hex("source")))
        .addSteps(
            LineageStep.newBuilder()
                .setSnapshot("snapshots/sha256:" + hex("clean"))
                .setTransformation("subset")
                .setParametersJson("{\"split\":\"train\",\"limitPerClass\":500,\"seed\":0}"))
        .build();
  }

  private String verdict(Summary summary) {
    return "Relabelling %s of the training images of class \"%s\" as \"%s\": read as such in %s."
        .formatted(
            Figures.chosenPercent(ratios.get(0)),
            classes.get(source),
            classes.get(target),
            Figures.percent(summary.getPoisonedAttackSuccessRate().getEstimate()));
  }

  /** A curve through the running maximum of the means, in a band twice as wide as the intervals. */
  private static DoseResponse response(List<Summary> summaries) {
    DoseResponse.Builder response = DoseResponse.newBuilder().setHarmfulExcess(HARMFUL);
    double fit = 0;
    for (Summary summary :
        summaries.stream().sorted(Comparator.comparingInt(Summary::getFlipCount)).toList()) {
      Estimate excess = summary.getExcessAttackSuccessRate();
      double mean = excess.getEstimate();
      fit = Math.max(fit, mean);
      response.addPoints(
          DosePoint.newBuilder()
              .setFlipped(summary.getFlipped())
              .setExcess(excess)
              .setSimultaneous(
                  Interval.newBuilder()
                      .setLow(2 * excess.getLow() - mean)
                      .setHigh(2 * excess.getHigh() - mean))
              .setMonotone(fit));
    }
    return response.setBreakEven(breakEven(response.getPointsList())).build();
  }

  private static BreakEven breakEven(List<DosePoint> points) {
    return BreakEven.newBuilder()
        .setEstimate(
            first(points, point -> point.getMonotone() >= HARMFUL)
                .map(ReportFixture::at)
                .orElse(absent(BreakEvenReason.BREAK_EVEN_REASON_NOT_REACHED)))
        .setLow(
            first(
                    points.stream().sorted(Collections.reverseOrder(BY_COUNT)).toList(),
                    point -> point.getSimultaneous().getHigh() < HARMFUL)
                .map(ReportFixture::at)
                .orElse(absent(BreakEvenReason.BREAK_EVEN_REASON_BELOW_SMALLEST)))
        .setHigh(
            first(points, point -> point.getSimultaneous().getLow() >= HARMFUL)
                .map(ReportFixture::at)
                .orElse(absent(BreakEvenReason.BREAK_EVEN_REASON_NOT_REACHED)))
        .build();
  }

  private static Optional<DosePoint> first(List<DosePoint> points, Predicate<DosePoint> condition) {
    return points.stream().filter(condition).findFirst();
  }

  private static BreakEvenBudget at(DosePoint point) {
    return BreakEvenBudget.newBuilder().setFlipped(point.getFlipped()).build();
  }

  private static BreakEvenBudget absent(BreakEvenReason reason) {
    return BreakEvenBudget.newBuilder().setReason(reason).build();
  }

  private SplitStatistics split(String name, int perClass) {
    return SplitStatistics.newBuilder()
        .setSplit(name)
        .setSampleCount(perClass * classes.size())
        .addAllClassCounts(classes.stream().map(c -> perClass).toList())
        .build();
  }

  private static ReportHost host() {
    return ReportHost.newBuilder()
        .setCreateTime(Timestamp.newBuilder().setSeconds(1_760_000_000L))
        .setEndTime(Timestamp.newBuilder().setSeconds(1_760_000_042L))
        .setTrainingSeconds(31.4)
        .addEnvironments(
            TrainingEnvironment.newBuilder()
                .setDevice("cpu")
                .setThreads(2)
                .setEngine("PyTorch 2.7.1")
                .setProcessor("Intel(R) Xeon(R) Processor")
                .setGenerator("philox4x32-10/1")
                .setHemlockVersion("0.1.0"))
        .build();
  }

  private Pair pair(double ratio, int seed) {
    Random random = new Random(seed);
    double rate =
        ratio == 0
            ? 0
            : Math.max(0, Math.min(1, ratio * ratio * 1.6 + random.nextGaussian() * 0.1));
    PairMember clean = member("clean", seed, 0, 0);
    PairMember poisoned = ratio == 0 ? clean : member("poisoned" + ratio, seed, rate, ratio);
    return Pair.newBuilder()
        .setRatio(ratio)
        .setBudget(ratios.indexOf(ratio))
        .setSeed(seed)
        .setPoisonSeed(seed)
        .setPoisoning(ratio == 0 ? "" : "poisonings/" + hex("poisoning" + ratio + seed))
        .setFlipCount((int) Math.round(ratio * 4 * SAMPLES))
        .setStreamDigest("sha256:" + hex("stream" + seed))
        .setClean(clean)
        .setPoisoned(poisoned)
        .setEffect(effect(clean, poisoned))
        .setCleanAttackSuccessInterval(wilson(effect(clean, poisoned).getCleanAttackSuccessRate()))
        .setPoisonedAttackSuccessInterval(
            wilson(effect(clean, poisoned).getPoisonedAttackSuccessRate()))
        .setMemorisation(Memorisation.newBuilder().setClean(0.01).setPoisoned(0.9))
        .setSourceTest(
            McNemarTest.newBuilder().setCleanOnly(1).setPoisonedOnly(9).setPValue(0.0215))
        .build();
  }

  private PairMember member(String kind, int seed, double rate, double ratio) {
    Random random = new Random(31L * seed + kind.hashCode());
    int n = classes.size();
    int[][] counts = new int[n][n];
    for (int t = 0; t < n; t++) {
      for (int i = 0; i < SAMPLES; i++) {
        boolean hit = t == source && random.nextDouble() < rate;
        boolean confused = random.nextDouble() < 0.05;
        counts[t][hit ? target : confused ? random.nextInt(n) : t]++;
      }
    }
    PairMember.Builder member =
        PairMember.newBuilder()
            .setRun("trainingRuns/" + hex(kind + seed))
            .setEvaluation("evaluations/" + hex("evaluation" + kind + seed))
            .setSnapshot("snapshots/sha256:" + hex(kind))
            .setWeightsDigest("sha256:" + hex("weights" + kind + seed));
    int right = 0;
    for (int t = 0; t < n; t++) {
      right += counts[t][t];
      member.addConfusion(
          ConfusionRow.newBuilder().addAllCounts(IntStream.of(counts[t]).boxed().toList()));
      member.addPerClass(metrics(counts, t));
    }
    member.setCalibrationError(0.021 + ratio * 0.1);
    member.setAccuracy((double) right / (n * SAMPLES));
    for (int e = 1; e <= epochs; e++) {
      double left = Math.exp(-e / 5.0) * (1 + 0.1 * random.nextGaussian());
      member.addCurve(
          CurvePoint.newBuilder()
              .setEpoch(e)
              .setLoss(2.3 * left + ratio * 0.4)
              .setAccuracy(Math.min(1, 1 - 0.8 * Math.abs(left) - ratio * 0.05)));
    }
    return member.build();
  }

  private ClassMetrics metrics(int[][] counts, int c) {
    double predicted = IntStream.range(0, counts.length).map(t -> counts[t][c]).sum();
    double precision = predicted == 0 ? 0 : counts[c][c] / predicted;
    double recall = (double) counts[c][c] / SAMPLES;
    return ClassMetrics.newBuilder()
        .setClassName(classes.get(c))
        .setPrecision(precision)
        .setRecall(recall)
        .setF1(precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall))
        .setSupport(SAMPLES)
        .build();
  }

  private PairEffect effect(PairMember clean, PairMember poisoned) {
    double before = (double) clean.getConfusion(source).getCounts(target) / SAMPLES;
    double after = (double) poisoned.getConfusion(source).getCounts(target) / SAMPLES;
    return PairEffect.newBuilder()
        .setCleanAttackSuccessRate(before)
        .setPoisonedAttackSuccessRate(after)
        .setExcessAttackSuccessRate(after - before)
        .setSourceRecallDrop(
            clean.getPerClass(source).getRecall() - poisoned.getPerClass(source).getRecall())
        .setTargetPrecisionDrop(
            clean.getPerClass(target).getPrecision() - poisoned.getPerClass(target).getPrecision())
        .setAccuracyDrop(clean.getAccuracy() - poisoned.getAccuracy())
        .build();
  }

  private Summary summary(List<Pair> pairs) {
    Summary.Builder summary =
        Summary.newBuilder()
            .setRatio(pairs.get(0).getRatio())
            .setPairCount(pairs.size())
            .setSeedCount(pairs.size())
            .setFlipped(flipped(pairs.get(0)))
            .setFlipCount(pairs.get(0).getFlipCount())
            .setCleanAttackSuccessRate(estimate(pairs, PairEffect::getCleanAttackSuccessRate))
            .setPoisonedAttackSuccessRate(estimate(pairs, PairEffect::getPoisonedAttackSuccessRate))
            .setExcessAttackSuccessRate(estimate(pairs, PairEffect::getExcessAttackSuccessRate))
            .setSourceRecallDrop(estimate(pairs, PairEffect::getSourceRecallDrop))
            .setTargetPrecisionDrop(estimate(pairs, PairEffect::getTargetPrecisionDrop))
            .setAccuracyDrop(estimate(pairs, PairEffect::getAccuracyDrop))
            .setMemorisation(
                MemorisationEstimate.newBuilder()
                    .setClean(estimate(0.01, 0, 0.03))
                    .setPoisoned(estimate(0.9, 0.85, 0.95)));
    summary
        .setExcessTest(
            SignFlipTest.newBuilder()
                .setPValue(Math.pow(2, 1 - pairs.size()))
                .setSmallestPValue(Math.pow(2, 1 - pairs.size()))
                .setExact(true))
        .setAccuracyEquivalence(
            EquivalenceTest.newBuilder().setMargin(0.02).setPValue(0.9812).setPreserved(false));
    for (int c = 0; c < classes.size(); c++) {
      if (c != source && c != target) {
        summary.addCollateral(collateral(c));
      }
    }
    if (summary.getCollateralCount() > 0) {
      summary.setWorstCollateral(summary.getCollateral(0));
    }
    return summary.build();
  }

  private FlippedLabels flipped(Pair pair) {
    return FlippedLabels.newBuilder()
        .setCount(pair.getFlipCount())
        .setClassShare(pair.getRatio())
        .setSplitShare(pair.getRatio() / classes.size())
        .build();
  }

  private CollateralEstimate collateral(int index) {
    double drop = 0.012 - 0.002 * index;
    return CollateralEstimate.newBuilder()
        .setClassName(classes.get(index))
        .setRecallDrop(
            Estimate.newBuilder().setEstimate(drop).setLow(drop - 0.022).setHigh(drop + 0.022))
        .setPValue(0.04)
        .setAdjustedPValue(Math.min(1, 0.04 * (index + 1)))
        .build();
  }

  private static Interval wilson(double rate) {
    return Interval.newBuilder()
        .setLow(Math.max(0, rate - 0.07))
        .setHigh(Math.min(1, rate + 0.09))
        .build();
  }

  private static Estimate estimate(List<Pair> pairs, ToDoubleFunction<PairEffect> figure) {
    double[] values = pairs.stream().map(Pair::getEffect).mapToDouble(figure).toArray();
    double mean = IntStream.range(0, values.length).mapToDouble(i -> values[i]).average().orElse(0);
    if (values.length == 1) {
      return estimate(mean, -1, 1);
    }
    double squares =
        IntStream.range(0, values.length)
            .mapToDouble(i -> (values[i] - mean) * (values[i] - mean))
            .sum();
    double half = T_95 * Math.sqrt(squares / (values.length - 1) / values.length);
    return estimate(mean, mean - half, mean + half);
  }

  private static Estimate estimate(double mean, double low, double high) {
    return Estimate.newBuilder().setEstimate(mean).setLow(low).setHigh(high).build();
  }

  private static String hex(String of) {
    return "%08x".formatted(of.hashCode()).repeat(8);
  }

  private static byte[] png(int seed) {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 8; x++) {
        int grey = x == 3 || x == 4 ? 160 + random.nextInt(96) : random.nextInt(50);
        image.setRGB(x, y, grey << 16 | grey << 8 | grey);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
