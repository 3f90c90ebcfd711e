package dev.hemlock.poison;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingInt;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.proto.poison.v1.ClassChange;
import dev.hemlock.proto.poison.v1.NamedClassMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** From the attack messages of {@code hemlock.poison.v1}, which name classes, to the domain. */
final class AttackMapper {
  private static final String FIELD = "spec.attack";

  private final List<String> classNames;

  private AttackMapper(List<String> classNames) {
    this.classNames = classNames;
  }

  /**
   * The attack on labels that are indices into {@code classNames}.
   *
   * @param outputs what the scoring model of a scored flip gives
   * @throws HemlockException INVALID_ARGUMENT if it names no kind or a class that isn't there
   */
  static Attack attack(
      dev.hemlock.proto.poison.v1.Attack attack, List<String> classNames, ModelOutputs outputs) {
    AttackMapper mapper = new AttackMapper(classNames);
    return switch (attack.getKindCase()) {
      case TARGETED_FLIP -> mapper.targetedFlip(attack.getTargetedFlip());
      case MANY_TO_ONE -> mapper.manyToOne(attack.getManyToOne());
      case PAIR_SWAP -> mapper.pairSwap(attack.getPairSwap());
      case SYMMETRIC_NOISE -> new SymmetricNoise();
      case CLASS_MAP -> mapper.classMap(attack.getClassMap());
      case CIRCULAR_NOISE -> new CircularNoise();
      case EXPLICIT_FLIPS -> mapper.explicitFlips(attack.getExplicitFlips());
      case SCORED_FLIP -> mapper.scoredFlip(attack.getScoredFlip(), outputs);
      case KIND_NOT_SET ->
          throw HemlockException.invalidArgument(
                  "The spec names no attack; set one, such as attack.targeted_flip")
              .violating(FIELD, "is required");
    };
  }

  /** The same attack, with what has no order sorted, so that equal attacks are equal messages. */
  static dev.hemlock.proto.poison.v1.Attack sorted(dev.hemlock.proto.poison.v1.Attack attack) {
    var sorted = attack.toBuilder();
    switch (attack.getKindCase()) {
      case MANY_TO_ONE -> {
        var sources = attack.getManyToOne().getSourceClassesList().stream().sorted().toList();
        sorted.getManyToOneBuilder().clearSourceClasses().addAllSourceClasses(sources);
      }
      case PAIR_SWAP -> {
        var pair = attack.getPairSwap();
        if (pair.getFirstClass().compareTo(pair.getSecondClass()) > 0) {
          sorted
              .getPairSwapBuilder()
              .setFirstClass(pair.getSecondClass())
              .setSecondClass(pair.getFirstClass());
        }
      }
      case CLASS_MAP -> {
        var changes =
            attack.getClassMap().getChangesList().stream()
                .sorted(comparing(ClassChange::getSourceClass))
                .toList();
        sorted.getClassMapBuilder().clearChanges().addAllChanges(changes);
      }
      case EXPLICIT_FLIPS -> {
        var flips =
            attack.getExplicitFlips().getFlipsList().stream()
                .sorted(comparingInt(dev.hemlock.proto.poison.v1.ExplicitFlip::getSampleId))
                .toList();
        sorted.getExplicitFlipsBuilder().clearFlips().addAllFlips(flips);
      }
      case TARGETED_FLIP, SYMMETRIC_NOISE, CIRCULAR_NOISE, SCORED_FLIP, KIND_NOT_SET -> {}
    }
    return sorted.build();
  }

  private TargetedFlip targetedFlip(dev.hemlock.proto.poison.v1.TargetedFlip flip) {
    return new TargetedFlip(
        index(flip.getSourceClass(), "targeted_flip.source_class"),
        index(flip.getTargetClass(), "targeted_flip.target_class"));
  }

  private ManyToOne manyToOne(dev.hemlock.proto.poison.v1.ManyToOne attack) {
    return new ManyToOne(
        attack.getSourceClassesList().stream()
            .map(name -> index(name, "many_to_one.source_classes"))
            .collect(Collectors.toSet()),
        index(attack.getTargetClass(), "many_to_one.target_class"));
  }

  private PairSwap pairSwap(dev.hemlock.proto.poison.v1.PairSwap swap) {
    return new PairSwap(
        index(swap.getFirstClass(), "pair_swap.first_class"),
        index(swap.getSecondClass(), "pair_swap.second_class"));
  }

  private ClassMap classMap(dev.hemlock.proto.poison.v1.ClassMap map) {
    Map<Integer, Integer> changes = new HashMap<>();
    if (map.getNamed() == NamedClassMap.NAMED_CLASS_MAP_CIFAR10_ASYMMETRIC) {
      ClassMap.CIFAR10_ASYMMETRIC.forEach(
          (source, target) ->
              changes.put(index(source, "class_map.named"), index(target, "class_map.named")));
    }
    for (ClassChange change : map.getChangesList()) {
      int source = index(change.getSourceClass(), "class_map.changes.source_class");
      int target = index(change.getTargetClass(), "class_map.changes.target_class");
      if (changes.put(source, target) != null) {
        throw HemlockException.invalidArgument(
                "The class map changes '%s' twice; give one change for each source class"
                    .formatted(change.getSourceClass()))
            .with("class", change.getSourceClass())
            .violating(FIELD + ".class_map.changes", "must have each source class once");
      }
    }
    return new ClassMap(changes);
  }

  private ExplicitFlips explicitFlips(dev.hemlock.proto.poison.v1.ExplicitFlips flips) {
    return new ExplicitFlips(
        flips.getFlipsList().stream()
            .map(
                flip ->
                    new ExplicitFlip(
                        flip.getSampleId(),
                        flip.getFromClass().isEmpty()
                            ? OptionalInt.empty()
                            : OptionalInt.of(
                                index(flip.getFromClass(), "explicit_flips.flips.from_class")),
                        index(flip.getToClass(), "explicit_flips.flips.to_class")))
            .toList());
  }

  private ScoredFlip scoredFlip(dev.hemlock.proto.poison.v1.ScoredFlip flip, ModelOutputs outputs) {
    return new ScoredFlip(
        index(flip.getSourceClass(), "scored_flip.source_class"),
        index(flip.getTargetClass(), "scored_flip.target_class"),
        rule(flip.getRule()),
        outputs);
  }

  private static ScoreRule rule(dev.hemlock.proto.poison.v1.ScoreRule rule) {
    return switch (rule) {
      case SCORE_RULE_NEAREST_TO_TARGET -> new NearestToTarget();
      case SCORE_RULE_MOST_CONFIDENT -> new MostConfident();
      case SCORE_RULE_LEAST_CONFIDENT -> new LeastConfident();
      case SCORE_RULE_HIGHEST_LOSS -> new HighestLoss();
      case SCORE_RULE_UNSPECIFIED, UNRECOGNIZED ->
          throw HemlockException.invalidArgument(
                  "The scored flip names no rule; set one, such as SCORE_RULE_MOST_CONFIDENT")
              .violating(FIELD + ".scored_flip.rule", "is required");
    };
  }

  private int index(String name, String field) {
    int index = classNames.indexOf(name);
    if (index < 0) {
      String known = String.join(", ", classNames);
      throw HemlockException.invalidArgument(
              "The snapshot has no class '%s'; it has: %s".formatted(name, known))
          .with("class", name)
          .with("classes", known)
          .violating(FIELD + "." + field, "must be one of: " + known);
    }
    return index;
  }
}
