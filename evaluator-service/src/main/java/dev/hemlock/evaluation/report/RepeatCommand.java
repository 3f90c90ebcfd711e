package dev.hemlock.evaluation.report;

import com.google.protobuf.Message;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.proto.dataset.v1.ImportSpec;
import dev.hemlock.proto.dataset.v1.Subset;
import dev.hemlock.proto.evaluation.v1.ExperimentBudget;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.LineageStep;
import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.training.v1.Adam;
import dev.hemlock.proto.training.v1.Architecture;
import dev.hemlock.proto.training.v1.OneCycle;
import dev.hemlock.proto.training.v1.Precision;
import dev.hemlock.proto.training.v1.Recipe;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The {@code deploy/hemlock measure} line that asks for the same experiment again. */
final class RepeatCommand {
  /** Of the official CIFAR-10 binary archive, as its authors publish it. */
  private static final String CIFAR10_DIGEST =
      "sha256:c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd";

  private static final double DEFAULT_TEST_SHARE = 0.2;
  private static final int DEFAULT_BATCH_SIZE = 128;
  private static final double DEFAULT_ADAM_RATE = 0.001;
  private static final double FAST_ADAM_RATE = 0.005;
  private static final double DEFAULT_ACCURACY_MARGIN = 0.02;
  private static final double DEFAULT_HARMFUL_EXCESS = 0.1;

  private final ExperimentReport report;
  private final ShellLine line = new ShellLine("deploy/hemlock measure");

  private RepeatCommand(ExperimentReport report) {
    this.report = report;
  }

  static String of(ExperimentReport report) {
    return new RepeatCommand(report).line();
  }

  /** Whether the command line has an option for everything in the spec. */
  static boolean isComplete(ExperimentSpec spec) {
    Adam adam = Headline.recipe(spec).getAdam();
    boolean usualAdam =
        !Headline.recipe(spec).hasAdam()
            || (isUnsetOr(adam.getBeta1(), 0.9)
                && isUnsetOr(adam.getBeta2(), 0.999)
                && isUnsetOr(adam.getEpsilon(), 1e-8));
    OneCycle cycle = Headline.recipe(spec).getOneCycle();
    boolean usualCycle =
        isUnsetOr(cycle.getWarmUp(), 0.3)
            && isUnsetOr(cycle.getInitialFactor(), 4e-2)
            && isUnsetOr(cycle.getFinalFactor(), 4e-6);
    return usualAdam
        && usualCycle
        && RecipeChoice.of(Headline.recipe(spec), "loss").stream()
            .allMatch(RecipeChoice::isComplete)
        && spec.getRecipesCount() == 1
        && !spec.hasDefences()
        && spec.getAttacksCount() <= 1
        && spec.getAttacksList().stream().allMatch(attack -> isUsual(attack.getAttack(), spec))
        && spec.getBudgetsList().stream().allMatch(ExperimentBudget::hasClassShare)
        && spec.getPoisonSeedsCount() <= spec.getSeedsCount()
        && isUnsetOr(spec.getHarmfulExcess(), DEFAULT_HARMFUL_EXCESS);
  }

  private static boolean isUsual(Attack attack, ExperimentSpec spec) {
    return attack.hasTargetedFlip()
        && attack.getTargetedFlip().getSourceClass().equals(spec.getSourceClass())
        && attack.getTargetedFlip().getTargetClass().equals(spec.getTargetClass());
  }

  private String line() {
    ExperimentSpec spec = report.getSpec();
    report.getData().getStepsList().stream().limit(1).forEach(this::imported);
    report.getData().getStepsList().stream().skip(1).forEach(this::derived);
    line.option("--source", spec.getSourceClass())
        .option("--target", spec.getTargetClass())
        .option("--ratio", ratios(spec.getBudgetsList()))
        .option("--seeds", seeds(spec.getSeedsList()));
    if (spec.getPoisonSeedsCount() > 0 && !spec.getPoisonSeedsList().equals(spec.getSeedsList())) {
      line.option("--poison-seeds", seeds(spec.getPoisonSeedsList()));
    }
    if (!isUnsetOr(spec.getAccuracyMargin(), DEFAULT_ACCURACY_MARGIN)) {
      line.option("--accuracy-margin", number(spec.getAccuracyMargin()));
    }
    recipe(Headline.recipe(spec));
    return line.option("--out", "hemlock-report").toString();
  }

  private void imported(LineageStep step) {
    if (step.getSource().equals("bundled:digits")) {
      line.flag("--digits");
    } else if (step.getSourceDigest().equals(CIFAR10_DIGEST)) {
      line.flag("--cifar10");
    } else {
      line.option("--archive", step.getSource().isEmpty() ? "ARCHIVE" : step.getSource());
    }
    ImportSpec spec = parameters(step, ImportSpec.newBuilder()).build();
    if (spec.hasResize()) {
      String mode = spec.getResize().getMode().name().replaceFirst("^RESIZE_MODE_", "");
      line.option(
          "--resize",
          "%dx%d:%s"
              .formatted(
                  spec.getResize().getHeight(),
                  spec.getResize().getWidth(),
                  mode.toLowerCase(Locale.ROOT)));
    }
    if (spec.hasSplit()
        && (spec.getSplit().getTestShare() != DEFAULT_TEST_SHARE
            || spec.getSplit().getSeed() != 0)) {
      line.option("--test-share", number(spec.getSplit().getTestShare()))
          .option("--split-seed", Integer.toUnsignedString(spec.getSplit().getSeed()));
    }
  }

  private void derived(LineageStep step) {
    Subset subset = parameters(step, Subset.newBuilder()).build();
    if (subset.getLimitPerClass() > 0) {
      String option =
          subset.getSplit().equals("test") ? "--test-limit-per-class" : "--limit-per-class";
      line.option(option, Integer.toString(subset.getLimitPerClass()));
      if (subset.getSeed() != 0) {
        line.option("--subset-seed", Integer.toUnsignedString(subset.getSeed()));
      }
    }
  }

  private void recipe(Recipe recipe) {
    line.option("--recipe", Figures.name(recipe.getArchitecture()))
        .option("--epochs", Integer.toString(recipe.getEpochs()));
    if (recipe.getBatchSize() > 0 && recipe.getBatchSize() != DEFAULT_BATCH_SIZE) {
      line.option("--batch-size", Integer.toString(recipe.getBatchSize()));
    }
    switch (recipe.getOptimizerCase()) {
      case SGD -> {
        line.option("--optimizer", "sgd")
            .option("--learning-rate", number(recipe.getSgd().getLearningRate()));
        unlessZero("--momentum", recipe.getSgd().getMomentum());
        unlessZero("--weight-decay", recipe.getSgd().getWeightDecay());
      }
      case ADAM -> {
        if (!isUnsetOr(recipe.getAdam().getLearningRate(), adamRate(recipe.getArchitecture()))) {
          line.option("--learning-rate", number(recipe.getAdam().getLearningRate()));
        }
        unlessZero("--weight-decay", recipe.getAdam().getWeightDecay());
      }
      case OPTIMIZER_NOT_SET -> {}
    }
    if (recipe.hasOneCycle() && recipe.getArchitecture() != Architecture.ARCHITECTURE_FAST) {
      line.option("--schedule", "one_cycle");
    }
    if (recipe.hasConstant() && recipe.getArchitecture() == Architecture.ARCHITECTURE_FAST) {
      line.option("--schedule", "constant");
    }
    unlessZero("--label-smoothing", recipe.getLabelSmoothing());
    RecipeChoice.of(recipe, "loss").ifPresent(loss -> line.option("--loss", loss.text()));
    RecipeChoice.of(recipe, "method").ifPresent(method -> line.option("--method", method.text()));
    if (recipe.getPrecision() == Precision.PRECISION_BF16) {
      line.option("--precision", "bf16");
    }
    if (recipe.getAugmentation().getHorizontalFlip()) {
      line.flag("--flip");
    }
    if (recipe.getAugmentation().getCropPadding() > 0) {
      line.option("--crop", Integer.toString(recipe.getAugmentation().getCropPadding()));
    }
  }

  private static double adamRate(Architecture architecture) {
    return architecture == Architecture.ARCHITECTURE_FAST ? FAST_ADAM_RATE : DEFAULT_ADAM_RATE;
  }

  private void unlessZero(String name, double value) {
    if (value != 0) {
      line.option(name, number(value));
    }
  }

  /** Parameters that this version can't read are left out of the command line. */
  private static <B extends Message.Builder> B parameters(LineageStep step, B empty) {
    if (step.getParametersJson().isEmpty()) {
      return empty;
    }
    try {
      return ProtoJson.parse(step.getParametersJson(), empty);
    } catch (HemlockException e) {
      return empty;
    }
  }

  private static boolean isUnsetOr(double value, double usual) {
    return value == 0 || value == usual;
  }

  private static String ratios(List<ExperimentBudget> budgets) {
    return budgets.stream()
        .map(ExperimentBudget::getClassShare)
        .map(RepeatCommand::number)
        .collect(Collectors.joining(","));
  }

  private static String seeds(List<Integer> seeds) {
    return seeds.stream().map(Integer::toUnsignedString).collect(Collectors.joining(","));
  }

  private static String number(double value) {
    return Double.toString(value).replaceFirst("\\.0$", "");
  }
}
