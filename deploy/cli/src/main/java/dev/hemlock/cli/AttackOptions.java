package dev.hemlock.cli;

import static dev.hemlock.proto.poison.v1.ScoreRule.SCORE_RULE_HIGHEST_LOSS;
import static dev.hemlock.proto.poison.v1.ScoreRule.SCORE_RULE_LEAST_CONFIDENT;
import static dev.hemlock.proto.poison.v1.ScoreRule.SCORE_RULE_MOST_CONFIDENT;
import static dev.hemlock.proto.poison.v1.ScoreRule.SCORE_RULE_NEAREST_TO_TARGET;

import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.Budget;
import dev.hemlock.proto.poison.v1.CircularNoise;
import dev.hemlock.proto.poison.v1.ClassChange;
import dev.hemlock.proto.poison.v1.ClassMap;
import dev.hemlock.proto.poison.v1.ManyToOne;
import dev.hemlock.proto.poison.v1.NamedClassMap;
import dev.hemlock.proto.poison.v1.PairSwap;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.ScoreRule;
import dev.hemlock.proto.poison.v1.ScoredFlip;
import dev.hemlock.proto.poison.v1.SymmetricNoise;
import dev.hemlock.proto.poison.v1.TargetedFlip;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Which labels to flip and how many, as options of a command. */
final class AttackOptions {
  /** The attacks, and the options that each takes besides its budget. */
  enum Kind {
    TARGETED("--source", "--target"),
    MANY_TO_ONE("--source", "--target"),
    PAIR_SWAP("--source", "--target"),
    SYMMETRIC,
    CIRCULAR,
    CLASS_MAP("--map"),
    CIFAR10_ASYMMETRIC,
    EXPLICIT("--flips"),
    NEAREST_TO_TARGET("--source", "--target", "--evaluation"),
    MOST_CONFIDENT("--source", "--target", "--evaluation"),
    LEAST_CONFIDENT("--source", "--target", "--evaluation"),
    HIGHEST_LOSS("--source", "--target", "--evaluation");

    private final List<String> options;

    Kind(String... options) {
      this.options = List.of(options);
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final class Amount {
    @Option(
        names = "--ratio",
        paramLabel = "SHARE",
        description = "Share of the samples of the source classes to flip.")
    private Optional<Double> classShare = Optional.empty();

    @Option(
        names = "--split-share",
        paramLabel = "SHARE",
        description = "Share of all training samples to flip.")
    private Optional<Double> splitShare = Optional.empty();

    @Option(names = "--count", paramLabel = "N", description = "Number of labels to flip.")
    private Optional<Integer> count = Optional.empty();
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--attack",
      paramLabel = "ATTACK",
      defaultValue = "targeted",
      description = "One of: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private Kind kind;

  @Option(
      names = "--source",
      paramLabel = "CLASS",
      description = "Class whose labels are flipped; for many-to-one once for each class.")
  private List<String> sources = new ArrayList<>();

  @Option(
      names = "--target",
      paramLabel = "CLASS",
      description = "Class they are flipped to; for pair-swap the other class.")
  private Optional<String> target = Optional.empty();

  @Option(
      names = "--map",
      paramLabel = "SOURCE=TARGET",
      converter = Change.class,
      description = "One change of class-map; once for each source class.")
  private List<ClassChange> changes = new ArrayList<>();

  @Option(
      names = "--flips",
      paramLabel = "FILE",
      description =
          "The flips of explicit: lines of sample_id,to_class or sample_id,from_class,to_class.")
  private Optional<Path> flips = Optional.empty();

  @Option(
      names = "--evaluation",
      paramLabel = "EVALUATION",
      description =
          "evaluations/… of the scoring model on the training split, which ranks the samples.")
  private Optional<String> evaluation = Optional.empty();

  @ArgGroup private Amount amount = new Amount();

  /** Adds attack and budget to a spec; wrong usage if the options don't fit the attack. */
  void addTo(PoisoningSpec.Builder spec) {
    checkOptions();
    spec.setAttack(attack());
    Budget.Builder budget = Budget.newBuilder();
    amount.classShare.ifPresent(budget::setClassShare);
    amount.splitShare.ifPresent(budget::setSplitShare);
    amount.count.ifPresent(budget::setCount);
    if (budget.getAmountCase() != Budget.AmountCase.AMOUNT_NOT_SET) {
      spec.setBudget(budget);
    } else if (kind != Kind.EXPLICIT) {
      throw wrong("Missing required option: --ratio, --split-share or --count");
    }
  }

  private void checkOptions() {
    TreeSet<String> given = new TreeSet<>();
    if (!sources.isEmpty()) {
      given.add("--source");
    }
    target.ifPresent(name -> given.add("--target"));
    if (!changes.isEmpty()) {
      given.add("--map");
    }
    flips.ifPresent(file -> given.add("--flips"));
    evaluation.ifPresent(name -> given.add("--evaluation"));
    for (String option : kind.options) {
      if (!given.remove(option)) {
        throw wrong("Missing required option of --attack %s: %s".formatted(kind, option));
      }
    }
    if (!given.isEmpty()) {
      throw wrong("--attack %s does not take %s".formatted(kind, String.join(" or ", given)));
    }
    if (sources.size() > 1 && kind != Kind.MANY_TO_ONE) {
      throw wrong("--attack %s takes one --source; for several use many-to-one".formatted(kind));
    }
  }

  private Attack attack() {
    Attack.Builder attack = Attack.newBuilder();
    String to = target.orElse("");
    switch (kind) {
      case TARGETED ->
          attack.setTargetedFlip(
              TargetedFlip.newBuilder().setSourceClass(sources.get(0)).setTargetClass(to));
      case MANY_TO_ONE ->
          attack.setManyToOne(
              ManyToOne.newBuilder().addAllSourceClasses(sources).setTargetClass(to));
      case PAIR_SWAP ->
          attack.setPairSwap(
              PairSwap.newBuilder().setFirstClass(sources.get(0)).setSecondClass(to));
      case SYMMETRIC -> attack.setSymmetricNoise(SymmetricNoise.getDefaultInstance());
      case CIRCULAR -> attack.setCircularNoise(CircularNoise.getDefaultInstance());
      case CLASS_MAP -> attack.getClassMapBuilder().addAllChanges(changes);
      case CIFAR10_ASYMMETRIC ->
          attack.setClassMap(
              ClassMap.newBuilder().setNamed(NamedClassMap.NAMED_CLASS_MAP_CIFAR10_ASYMMETRIC));
      case EXPLICIT ->
          attack.getExplicitFlipsBuilder().addAllFlips(FlipFile.read(flips.orElseThrow()));
      case NEAREST_TO_TARGET -> attack.setScoredFlip(scored(SCORE_RULE_NEAREST_TO_TARGET));
      case MOST_CONFIDENT -> attack.setScoredFlip(scored(SCORE_RULE_MOST_CONFIDENT));
      case LEAST_CONFIDENT -> attack.setScoredFlip(scored(SCORE_RULE_LEAST_CONFIDENT));
      case HIGHEST_LOSS -> attack.setScoredFlip(scored(SCORE_RULE_HIGHEST_LOSS));
    }
    return attack.build();
  }

  private ScoredFlip scored(ScoreRule rule) {
    return ScoredFlip.newBuilder()
        .setSourceClass(sources.get(0))
        .setTargetClass(target.orElseThrow())
        .setRule(rule)
        .setEvaluation(evaluation.orElseThrow())
        .build();
  }

  /** Reads {@code cat=dog}. */
  private static final class Change implements ITypeConverter<ClassChange> {
    @Override
    public ClassChange convert(String value) {
      String[] classes = value.split("=", 2);
      if (classes.length < 2) {
        throw new TypeConversionException("must look like cat=dog, not " + value);
      }
      return ClassChange.newBuilder().setSourceClass(classes[0]).setTargetClass(classes[1]).build();
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
