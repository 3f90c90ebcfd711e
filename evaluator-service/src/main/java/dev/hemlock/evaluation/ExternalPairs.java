package dev.hemlock.evaluation;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.evaluation.statistics.McNemar;
import dev.hemlock.evaluation.statistics.SeedsByImagesBootstrap;
import dev.hemlock.proto.evaluation.v1.Arm;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.JudgePredictionsRequest;
import dev.hemlock.proto.evaluation.v1.Pair;
import dev.hemlock.proto.evaluation.v1.PairMember;
import dev.hemlock.proto.evaluation.v1.PredictedPair;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Predictions of models that were trained elsewhere, as pairs. A pure function of the request and the
 * true labels.
 */
final class ExternalPairs {
  private final JudgePredictionsRequest request;
  private final List<String> classNames;
  private final int[] labels;
  private final int source;
  private final int target;

  /**
   * @param request its margin filled in
   * @param sampleIds every id of the split, ascending
   * @param labels the true class of each
   * @throws HemlockException INVALID_ARGUMENT as {@code EvaluationService.JudgePredictions} documents
   */
  ExternalPairs(
      JudgePredictionsRequest request, List<String> classNames, int[] sampleIds, int[] labels) {
    this.request = request;
    this.classNames = classNames;
    this.labels = inOrder(request, sampleIds, labels);
    this.source = ExperimentRules.classIndex("source_class", request.getSourceClass(), classNames);
    this.target = ExperimentRules.classIndex("target_class", request.getTargetClass(), classNames);
    if (source == target) {
      throw refused("target_class", "Source and target class are the same; choose two classes");
    }
    if (Arrays.stream(labels).noneMatch(label -> label == source)) {
      throw refused(
          "source_class",
          "The split has no sample of class \"%s\", so nothing can be measured; choose another"
              .formatted(request.getSourceClass()));
    }
    Set<Integer> seeds = new HashSet<>();
    for (PredictedPair pair : request.getPairsList()) {
      String seed = Integer.toUnsignedString(pair.getSeed());
      if (!seeds.add(pair.getSeed())) {
        throw refused("pairs.seed", "Seed %s is given twice; give each once".formatted(seed));
      }
      requireComplete("clean", seed, pair.getCleanList());
      requireComplete("poisoned", seed, pair.getPoisonedList());
    }
  }

  private void requireComplete(String model, String seed, List<Integer> predicted) {
    if (predicted.size() != labels.length) {
      throw refused(
          "pairs." + model,
          "The %s model of seed %s has %d predictions for %d samples; give one for each"
              .formatted(model, seed, predicted.size(), labels.length));
    }
    for (int c : predicted) {
      if (c < 0 || c >= classNames.size()) {
        throw refused(
            "pairs." + model,
            "The %s model of seed %s predicts class %d; indices run from 0 to %d"
                .formatted(model, seed, c, classNames.size() - 1));
      }
    }
  }

  private static int[] inOrder(JudgePredictionsRequest request, int[] sampleIds, int[] labels) {
    boolean[] seen = new boolean[sampleIds.length];
    int[] ordered = new int[request.getSampleIdsCount()];
    for (int i = 0; i < ordered.length; i++) {
      int id = request.getSampleIds(i);
      int position = Arrays.binarySearch(sampleIds, id);
      if (position < 0) {
        throw refused("sample_ids", "Sample %d is not in the split; leave it out".formatted(id));
      }
      if (seen[position]) {
        throw refused("sample_ids", "Sample %d is given twice; give it once".formatted(id));
      }
      seen[position] = true;
      ordered[i] = labels[position];
    }
    for (int i = 0; i < seen.length; i++) {
      if (!seen[i]) {
        throw refused(
            "sample_ids",
            "Sample %d of the split has no prediction; predict every sample"
                .formatted(sampleIds[i]));
      }
    }
    return ordered;
  }

  /** The report, without the data's lineage. */
  ExperimentReport.Builder report() {
    List<PairEffect> effects = request.getPairsList().stream().map(this::effect).toList();
    Summary summary =
        Summary.of(
            0,
            Flipped.NONE,
            effects.stream().map(List::of).toList(),
            request.getPairsList().stream().map(this::overImages).toList(),
            request.getAccuracyMargin());
    ExperimentReport.Builder report = ExperimentReport.newBuilder().setPairingUnverified(true);
    report
        .getSpecBuilder()
        .setSnapshot(request.getSnapshot())
        .setSourceClass(request.getSourceClass())
        .setTargetClass(request.getTargetClass())
        .setAccuracyMargin(request.getAccuracyMargin());
    return report
        .setVerdict(
            VerdictSentence.unverified(summary, request.getSourceClass(), request.getTargetClass()))
        .setSummary(EvaluationMapper.summary(summary, classNames))
        .addArms(Arm.newBuilder().addSummaries(EvaluationMapper.summary(summary, classNames)))
        .addAllPairs(
            IntStream.range(0, effects.size())
                .mapToObj(i -> pair(request.getPairs(i), effects.get(i)))
                .toList())
        .addAllCaveats(
            Caveats.unverified(labels.length, sources().length, request.getSourceClass(), summary));
  }

  private Pair pair(PredictedPair pair, PairEffect effect) {
    return Pair.newBuilder()
        .setSeed(pair.getSeed())
        .setClean(member(pair.getCleanList()))
        .setPoisoned(member(pair.getPoisonedList()))
        .setEffect(EvaluationMapper.effect(effect, classNames))
        .setCleanAttackSuccessInterval(EvaluationMapper.interval(effect.cleanInterval()))
        .setPoisonedAttackSuccessInterval(EvaluationMapper.interval(effect.poisonedInterval()))
        .setSourceTest(
            EvaluationMapper.sourceTest(
                McNemar.of(hits(pair.getCleanList()), hits(pair.getPoisonedList()))))
        .build();
  }

  private PairMember member(List<Integer> predicted) {
    ConfusionMatrix confusion = confusion(predicted);
    return PairMember.newBuilder()
        .setAccuracy(confusion.accuracy())
        .addAllConfusion(EvaluationMapper.confusion(confusion))
        .addAllPerClass(
            ClassMetrics.of(confusion, classNames).stream()
                .map(EvaluationMapper::classMetrics)
                .toList())
        .build();
  }

  private PairEffect effect(PredictedPair pair) {
    return PairEffect.of(
        confusion(pair.getCleanList()), confusion(pair.getPoisonedList()), source, target);
  }

  private ConfusionMatrix confusion(List<Integer> predicted) {
    return ConfusionMatrix.count(
        labels, predicted.stream().mapToInt(Integer::intValue).toArray(), classNames.size());
  }

  private BitSet hits(List<Integer> predicted) {
    return SourceHits.of(sources(), target, predicted::get);
  }

  private double[] overImages(PredictedPair pair) {
    return SeedsByImagesBootstrap.effects(
        hits(pair.getCleanList()), List.of(hits(pair.getPoisonedList())), sources().length);
  }

  /** Positions of the samples of the source class. */
  private int[] sources() {
    return IntStream.range(0, labels.length).filter(i -> labels[i] == source).toArray();
  }

  private static HemlockException refused(String field, String message) {
    return HemlockException.invalidArgument(message).violating(field, message);
  }
}
