package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import com.google.protobuf.Timestamp;
import dev.hemlock.proto.dataset.v1.ImageShape;
import dev.hemlock.proto.dataset.v1.SplitStatistics;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.LineageStep;
import dev.hemlock.proto.evaluation.v1.Pair;
import dev.hemlock.proto.evaluation.v1.PairMember;
import dev.hemlock.proto.training.v1.Precision;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.TrainingEnvironment;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** What a result rests on: the spec, the data's lineage, every run and digest, versions and host. */
final class Provenance {
  private final ExperimentReport report;

  Provenance(ExperimentReport report) {
    this.report = report;
  }

  Element spec() {
    ExperimentSpec spec = report.getSpec();
    Recipe recipe = Headline.recipe(spec);
    Facts facts =
        new Facts()
            .code("Experiment", report.getExperiment())
            .code("Clean snapshot", spec.getSnapshot())
            .fact("Source class", spec.getSourceClass())
            .fact("Target class", spec.getTargetClass())
            .fact(
                "Flipped shares of the source class",
                Headline.arm(report).getSummariesList().stream()
                    .map(summary -> Figures.chosenPercent(summary.getRatio()))
                    .collect(Collectors.joining(", ")))
            .fact("Training seeds", seeds(spec.getSeedsList()))
            .fact(
                "Poison seeds",
                spec.getPoisonSeedsCount() == 0
                    ? "the training seeds"
                    : seeds(spec.getPoisonSeedsList()))
            .fact(
                "Accuracy counts as preserved within",
                Figures.plain(spec.getAccuracyMargin() * 100) + " points")
            .fact("Network", Figures.name(recipe.getArchitecture()))
            .fact("Epochs", recipe.getEpochs() + ", evaluated after the last")
            .fact("Batch size", Integer.toString(recipe.getBatchSize()))
            .fact("Optimiser", optimizer(recipe))
            .fact("Learning rate", schedule(recipe))
            .fact("Label smoothing", Figures.plain(recipe.getLabelSmoothing()))
            .fact(
                "Arithmetic",
                recipe.getPrecision() == Precision.PRECISION_BF16 ? "bfloat16" : "32-bit float");
    if (recipe.hasAugmentation()) {
      facts.fact(
          "Augmentation",
          (recipe.getAugmentation().getHorizontalFlip() ? "mirror, " : "")
              + "crop padding "
              + recipe.getAugmentation().getCropPadding());
    }
    return facts.element();
  }

  Element lineage() {
    Element steps = el("ol").with("class", "lineage");
    for (LineageStep step : report.getData().getStepsList()) {
      steps.add(
          el("li")
              .add(
                  new Facts()
                      .fact("Step", step.getTransformation())
                      .fact("Source", step.getSource())
                      .code("Source digest", step.getSourceDigest())
                      .code("Parameters", step.getParametersJson())
                      .code("Snapshot", step.getSnapshot())
                      .element()));
    }
    return steps;
  }

  Element data() {
    ImageShape shape = report.getData().getImageShape();
    Facts facts =
        new Facts()
            .fact(
                "Images",
                "%d × %d pixels, %s"
                    .formatted(
                        shape.getHeight(),
                        shape.getWidth(),
                        shape.getChannels() == 1 ? "grey" : "colour"))
            .fact("Classes", String.join(", ", report.getData().getClassNamesList()));
    for (SplitStatistics split : report.getData().getStatistics().getSplitsList()) {
      facts.fact("Split " + split.getSplit(), split.getSampleCount() + " samples");
    }
    return facts.element();
  }

  /** Every pair folded, so that hundreds of digests stay out of the way. */
  List<Element> runs() {
    return report.getPairsList().stream().map(this::pair).toList();
  }

  Element host() {
    Facts facts =
        new Facts()
            .fact("Asked for", time(report.getHost().getCreateTime()))
            .fact("Report made", time(report.getHost().getEndTime()))
            .fact(
                "Time spent training",
                Math.round(report.getHost().getTrainingSeconds()) + " s, all runs together");
    for (TrainingEnvironment environment : report.getHost().getEnvironmentsList()) {
      facts.fact(
          "Trained with",
          "Hemlock %s, %s, %s with %d threads, %s, random numbers %s"
              .formatted(
                  environment.getHemlockVersion(),
                  environment.getEngine(),
                  environment.getDevice(),
                  environment.getThreads(),
                  environment.getProcessor(),
                  environment.getGenerator()));
    }
    return facts.element();
  }

  private Element pair(Pair pair) {
    Facts facts =
        new Facts()
            .code("Poisoning", pair.getPoisoning())
            .code("Shared randomness", pair.getStreamDigest());
    member(facts, "Clean", pair.getClean());
    member(facts, "Poisoned", pair.getPoisoned());
    return el("details")
        .add(
            el(
                "summary",
                "%s flipped, seed %s"
                    .formatted(
                        Figures.chosenPercent(pair.getRatio()),
                        Integer.toUnsignedString(pair.getSeed()))),
            facts.element());
  }

  private static void member(Facts facts, String which, PairMember member) {
    facts
        .code(which + " snapshot", member.getSnapshot())
        .code(which + " training", member.getRun())
        .code(which + " evaluation", member.getEvaluation())
        .code(which + " weights", member.getWeightsDigest());
  }

  private static String optimizer(Recipe recipe) {
    return switch (recipe.getOptimizerCase()) {
      case ADAM ->
          "Adam, learning rate %s, betas %s and %s, weight decay %s"
              .formatted(
                  recipe.getAdam().getLearningRate(),
                  recipe.getAdam().getBeta1(),
                  recipe.getAdam().getBeta2(),
                  recipe.getAdam().getWeightDecay());
      case SGD ->
          "SGD, learning rate %s, momentum %s, weight decay %s"
              .formatted(
                  recipe.getSgd().getLearningRate(),
                  recipe.getSgd().getMomentum(),
                  recipe.getSgd().getWeightDecay());
      case OPTIMIZER_NOT_SET -> "the recipe's default";
    };
  }

  private static String schedule(Recipe recipe) {
    return switch (recipe.getScheduleCase()) {
      case CONSTANT -> "the same at every step";
      case ONE_CYCLE ->
          "one cycle: from %s of it up over %s of the steps, down to %s of it"
              .formatted(
                  recipe.getOneCycle().getInitialFactor(),
                  recipe.getOneCycle().getWarmUp(),
                  recipe.getOneCycle().getFinalFactor());
      case SCHEDULE_NOT_SET -> "the recipe's default";
    };
  }

  private static String seeds(List<Integer> seeds) {
    return seeds.stream().map(Integer::toUnsignedString).collect(Collectors.joining(", "));
  }

  private static String time(Timestamp time) {
    return time.getSeconds() == 0 ? "" : Instant.ofEpochSecond(time.getSeconds()).toString();
  }
}
