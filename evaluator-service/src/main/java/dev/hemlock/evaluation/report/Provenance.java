package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import com.google.protobuf.Timestamp;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.proto.dataset.v1.ImageShape;
import dev.hemlock.proto.dataset.v1.SplitStatistics;
import dev.hemlock.proto.evaluation.v1.Defence;
import dev.hemlock.proto.evaluation.v1.EstimatedForwardCorrection;
import dev.hemlock.proto.evaluation.v1.ExperimentAttack;
import dev.hemlock.proto.evaluation.v1.ExperimentRecipe;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.LineageStep;
import dev.hemlock.proto.evaluation.v1.Pair;
import dev.hemlock.proto.evaluation.v1.PairMember;
import dev.hemlock.proto.evaluation.v1.Sanitise;
import dev.hemlock.proto.evaluation.v1.SanitiseAction;
import dev.hemlock.proto.training.v1.Precision;
import dev.hemlock.proto.training.v1.Recipe;
import dev.hemlock.proto.training.v1.TrainingEnvironment;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a result rests on: the spec, the data's lineage, every run and digest, versions and host. */
final class Provenance {
  private static final int LONGEST = 500;

  private final ExperimentReport report;
  private final List<ArmDoses> arms;

  Provenance(ExperimentReport report, List<ArmDoses> arms) {
    this.report = report;
    this.arms = arms;
  }

  Element spec() {
    ExperimentSpec spec = report.getSpec();
    Facts facts =
        new Facts()
            .code("Experiment", report.getExperiment())
            .code("Clean snapshot", spec.getSnapshot())
            .fact("Source class", spec.getSourceClass())
            .fact("Target class", spec.getTargetClass());
    for (ExperimentAttack attack : spec.getAttacksList()) {
      facts.code("Attack " + attack.getLabel(), shortened(ProtoJson.print(attack.getAttack())));
    }
    facts
        .fact(
            "Budgets",
            arms.get(0).doses().stream().map(Dose::budget).collect(Collectors.joining("; ")))
        .fact("Training seeds", seeds(spec.getSeedsList()))
        .fact(
            "Poison seeds",
            spec.getPoisonSeedsCount() == 0
                ? "the training seeds"
                : seeds(spec.getPoisonSeedsList()))
        .fact("Excess that counts as harm", points(spec.getHarmfulExcess()))
        .fact("Accuracy counts as preserved within", points(spec.getAccuracyMargin()));
    for (ExperimentRecipe recipe : spec.getRecipesList()) {
      facts.fact("Recipe", recipe.getLabel());
      recipe(facts, recipe.getRecipe());
    }
    for (Defence defence : spec.getDefences().getCompareList()) {
      facts.fact("Defence", defence.getLabel() + (defence.getInformed() ? ", informed" : ""));
      switch (defence.getKindCase()) {
        case SANITISE -> facts.fact("Sanitises by", sanitise(defence.getSanitise()));
        case ESTIMATED_FORWARD_CORRECTION ->
            facts.fact("Corrects by", transitions(defence.getEstimatedForwardCorrection()));
        case RECIPE, KIND_NOT_SET -> recipe(facts, defence.getRecipe());
      }
    }
    return facts.element();
  }

  private static String sanitise(Sanitise sanitise) {
    String detector =
        sanitise.hasOracle()
            ? "knowing the flipped labels"
            : RecipeChoice.of(sanitise, "detector").map(RecipeChoice::text).orElse("nothing");
    return sanitise.getAction() == SanitiseAction.SANITISE_ACTION_RELABEL
        ? detector + ", suspects relabelled"
        : detector + ", suspects removed";
  }

  private static String transitions(EstimatedForwardCorrection correction) {
    return "forward correction, transitions read off the undefended model, anchors below the "
        + Figures.chosenPercent(correction.getAnchorQuantile())
        + " quantile";
  }

  private static void recipe(Facts facts, Recipe recipe) {
    facts
        .fact("Network", Figures.name(recipe.getArchitecture()))
        .fact("Epochs", recipe.getEpochs() + ", evaluated after the last")
        .fact("Batch size", Integer.toString(recipe.getBatchSize()))
        .fact("Optimiser", optimizer(recipe))
        .fact("Learning rate", schedule(recipe))
        .fact(
            "Loss", RecipeChoice.of(recipe, "loss").map(RecipeChoice::text).orElse("cross-entropy"))
        .fact(
            "Method",
            RecipeChoice.of(recipe, "method").map(RecipeChoice::text).orElse("batches as they are"))
        .fact("Informed of the attack", informed(recipe))
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
  }

  /** Listed flips can be many; the spec to repeat the experiment holds them all. */
  private static String shortened(String json) {
    return json.length() <= LONGEST ? json : json.substring(0, LONGEST) + "…";
  }

  private static String points(double share) {
    return Figures.plain(share * 100) + " points";
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

  /** From the data to the report: how many distinct jobs there were. */
  Element work() {
    List<Pair> pairs = report.getPairsList();
    long clean = distinct(pairs.stream().map(pair -> pair.getClean().getRun()));
    long all = distinct(members(pairs).map(PairMember::getRun));
    return new Facts()
        .fact("Poisonings", Long.toString(distinct(pairs.stream().map(Pair::getPoisoning))))
        .fact("Models trained", "%d: %d clean, %d poisoned".formatted(all, clean, all - clean))
        .fact(
            "Evaluations",
            distinct(members(pairs).map(PairMember::getEvaluation))
                + ", on the untouched test split")
        .fact("Pairs compared", Integer.toString(pairs.size()))
        .code("Experiment", report.getExperiment())
        .element();
  }

  private static Stream<PairMember> members(List<Pair> pairs) {
    return pairs.stream().flatMap(pair -> Stream.of(pair.getClean(), pair.getPoisoned()));
  }

  private static long distinct(Stream<String> names) {
    return names.filter(name -> !name.isEmpty()).distinct().count();
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
  Element runs() {
    return el("details")
        .add(el("summary", "The runs and digests of every pair"))
        .add(report.getPairsList().stream().map(this::pair).toList());
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
                "%s%s flipped, seed %s, poison seed %s"
                    .formatted(
                        arm(pair),
                        Figures.chosenPercent(pair.getRatio()),
                        Integer.toUnsignedString(pair.getSeed()),
                        Integer.toUnsignedString(pair.getPoisonSeed()))),
            facts.element());
  }

  private String arm(Pair pair) {
    String name = arms.get(pair.getArm()).name();
    return name.isEmpty() ? "" : name + ", ";
  }

  private static void member(Facts facts, String which, PairMember member) {
    facts
        .code(which + " snapshot", member.getSnapshot())
        .code(which + " training", member.getRun())
        .code(which + " evaluation", member.getEvaluation())
        .code(which + " weights", member.getWeightsDigest());
  }

  /** Settings that say something about the attack, which a defender does not know. */
  private static String informed(Recipe recipe) {
    boolean matrix =
        recipe.hasForwardCorrection() && recipe.getForwardCorrection().getEstimatedFrom().isEmpty();
    return Stream.of(matrix ? "transition matrix" : "", recipe.hasCoTeaching() ? "forget rate" : "")
        .filter(setting -> !setting.isEmpty())
        .reduce((one, other) -> one + ", " + other)
        .orElse("nothing");
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
