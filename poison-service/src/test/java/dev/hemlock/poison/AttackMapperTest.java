package dev.hemlock.poison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.grpc.RequestRules;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.CircularNoise;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.ScoreRule;
import dev.hemlock.proto.poison.v1.SymmetricNoise;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AttackMapperTest {
  private static final List<String> ZOO = List.of("cat", "dog", "owl");
  private static final List<String> CIFAR10 =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private static final String EVALUATION = "evaluations/" + "0".repeat(64);
  private static final ModelOutputs OUTPUTS = new ModelOutputs(Map.of(0, new float[] {1, 2, 3}));

  @ParameterizedTest
  @MethodSource("attacks")
  void readsEveryKind(Attack message, dev.hemlock.poison.Attack attack) {
    RequestRules.check(message);

    assertThat(AttackMapper.attack(message, ZOO, OUTPUTS)).isEqualTo(attack);
  }

  static Stream<Arguments> attacks() {
    return Stream.of(
        Arguments.of(Zoo.targetedFlip("cat", "owl"), new TargetedFlip(0, 2)),
        Arguments.of(Zoo.manyToOne("owl", "cat", "dog"), new ManyToOne(Set.of(0, 1), 2)),
        Arguments.of(Zoo.pairSwap("cat", "dog"), new PairSwap(0, 1)),
        Arguments.of(
            Attack.newBuilder().setSymmetricNoise(SymmetricNoise.getDefaultInstance()).build(),
            new dev.hemlock.poison.SymmetricNoise()),
        Arguments.of(
            Attack.newBuilder().setCircularNoise(CircularNoise.getDefaultInstance()).build(),
            new dev.hemlock.poison.CircularNoise()),
        Arguments.of(Zoo.classMap("cat", "dog", "dog", "owl"), new ClassMap(Map.of(0, 1, 1, 2))),
        Arguments.of(
            Zoo.explicitFlips(Zoo.flip(7, "", "dog"), Zoo.flip(3, "cat", "owl")),
            new ExplicitFlips(
                List.of(
                    new ExplicitFlip(7, OptionalInt.empty(), 1),
                    new ExplicitFlip(3, OptionalInt.of(0), 2)))),
        scored(ScoreRule.SCORE_RULE_NEAREST_TO_TARGET, new NearestToTarget()),
        scored(ScoreRule.SCORE_RULE_MOST_CONFIDENT, new MostConfident()),
        scored(ScoreRule.SCORE_RULE_LEAST_CONFIDENT, new LeastConfident()),
        scored(ScoreRule.SCORE_RULE_HIGHEST_LOSS, new HighestLoss()));
  }

  private static Arguments scored(ScoreRule message, dev.hemlock.poison.ScoreRule rule) {
    return Arguments.of(
        Zoo.scoredFlip("cat", "owl", message, EVALUATION), new ScoredFlip(0, 2, rule, OUTPUTS));
  }

  @Test
  void readsTheMapOfTheLiterature() {
    RequestRules.check(Zoo.cifar10Asymmetric());

    assertThat(AttackMapper.attack(Zoo.cifar10Asymmetric(), CIFAR10, OUTPUTS))
        .isEqualTo(new ClassMap(Map.of(9, 1, 2, 0, 4, 7, 3, 5, 5, 3)));
    assertThatThrownBy(() -> AttackMapper.attack(Zoo.cifar10Asymmetric(), ZOO, OUTPUTS))
        .isInstanceOf(HemlockException.class)
        .hasMessageEndingWith("; it has: cat, dog, owl");
  }

  @Test
  void refusesAClassMapWithASourceTwice() {
    assertThatThrownBy(
            () -> AttackMapper.attack(Zoo.classMap("cat", "dog", "cat", "owl"), ZOO, OUTPUTS))
        .isInstanceOf(HemlockException.class)
        .hasMessage("The class map changes 'cat' twice; give one change for each source class");
  }

  @ParameterizedTest
  @MethodSource("badAttacks")
  void theRulesRefuseWhatIsNoAttack(Attack attack, String message) {
    assertThatThrownBy(() -> RequestRules.check(attack))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining(message);
  }

  static Stream<Arguments> badAttacks() {
    return Stream.of(
        Arguments.of(
            Zoo.manyToOne("owl", "cat", "owl"), "target_class must not be among source_classes"),
        Arguments.of(Zoo.manyToOne("owl", "cat", "cat"), "unique"),
        Arguments.of(Zoo.manyToOne("owl"), "source_classes"),
        Arguments.of(Zoo.pairSwap("cat", "cat"), "first_class and second_class must differ"),
        Arguments.of(Zoo.classMap(), "set either named or changes"),
        Arguments.of(
            Zoo.cifar10Asymmetric().toBuilder().mergeFrom(Zoo.classMap("cat", "dog")).build(),
            "set either named or changes"),
        Arguments.of(Zoo.classMap("cat", "cat"), "source_class and target_class must differ"),
        Arguments.of(
            Zoo.scoredFlip("cat", "cat", ScoreRule.SCORE_RULE_HIGHEST_LOSS, EVALUATION),
            "source_class and target_class must differ"),
        Arguments.of(
            Zoo.scoredFlip("cat", "dog", ScoreRule.SCORE_RULE_UNSPECIFIED, EVALUATION), "rule"),
        Arguments.of(
            Zoo.scoredFlip("cat", "dog", ScoreRule.SCORE_RULE_HIGHEST_LOSS, "trainingRuns/1"),
            "evaluation"),
        Arguments.of(Zoo.explicitFlips(), "flips"),
        Arguments.of(Zoo.explicitFlips(Zoo.flip(-1, "", "cat")), "sample_id"),
        Arguments.of(Zoo.explicitFlips(Zoo.flip(1, "", "")), "to_class"));
  }

  @Test
  void equalAttacksAreEqualMessagesOnceSorted() {
    assertThat(AttackMapper.sorted(Zoo.manyToOne("owl", "dog", "cat")))
        .isEqualTo(Zoo.manyToOne("owl", "cat", "dog"));
    assertThat(AttackMapper.sorted(Zoo.pairSwap("dog", "cat")))
        .isEqualTo(Zoo.pairSwap("cat", "dog"));
    assertThat(AttackMapper.sorted(Zoo.classMap("dog", "owl", "cat", "dog")))
        .isEqualTo(Zoo.classMap("cat", "dog", "dog", "owl"));
    assertThat(
            AttackMapper.sorted(
                Zoo.explicitFlips(Zoo.flip(7, "", "dog"), Zoo.flip(3, "cat", "owl"))))
        .isEqualTo(Zoo.explicitFlips(Zoo.flip(3, "cat", "owl"), Zoo.flip(7, "", "dog")));
    assertThat(AttackMapper.sorted(Zoo.targetedFlip("owl", "cat")))
        .isEqualTo(Zoo.targetedFlip("owl", "cat"));
  }

  @Test
  void targetedFlipsKeepTheCanonicalSpecThatNamesThem() {
    PoisoningSpec spec =
        PoisoningMapper.withDefaults(Zoo.catsToOwls("snapshots/sha256:" + "0".repeat(64), 0.4));

    assertThat(new String(CanonicalJson.of(spec), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"attack\":{\"targetedFlip\":{\"sourceClass\":\"cat\",\"targetClass\":\"owl\"}},"
                + "\"budget\":{\"classShare\":0.4},\"seed\":7,\"snapshot\":\"snapshots/sha256:"
                + "0".repeat(64)
                + "\",\"split\":\"train\"}");
  }

  @Test
  void explicitFlipsWithoutABudgetAreAllFlipped() {
    PoisoningSpec spec =
        PoisoningSpec.newBuilder()
            .setAttack(Zoo.explicitFlips(Zoo.flip(3, "", "owl"), Zoo.flip(7, "", "dog")))
            .build();

    assertThat(PoisoningMapper.withDefaults(spec).getBudget().getCount()).isEqualTo(2);
  }
}
