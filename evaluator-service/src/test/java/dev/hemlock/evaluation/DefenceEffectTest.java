package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.hemlock.evaluation.DefenceEffect.Models;
import dev.hemlock.proto.evaluation.v1.Defence;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DefenceEffectTest {
  private static final double[] CLEAN = {0.02, 0.00, 0.04, 0.02, 0.02};
  private static final Models UNDEFENDED = models(0.32, 0.40, 0.34, 0.42, 0.37);
  private static final Models HALVED = models(0.17, 0.20, 0.19, 0.22, 0.20);
  private static final Estimate COST = Estimate.ofDifferences(new double[] {0.01, 0.02, 0.015});
  private static final String ACT = "flipping 29 labels";

  @Test
  void givesTheShareOfTheExcessRemoved() {
    DefenceEffect effect = DefenceEffect.of(CLEAN, UNDEFENDED, List.of(HALVED), 1.0 / 50).get(0);

    // Excess 0.30 0.40 0.30 0.40 0.35; removed 0.15 0.20 0.15 0.20 0.17.
    assertThat(effect.removed().estimate()).isCloseTo(0.174, within(1e-12));
    assertThat(effect.shareRemoved().orElseThrow().estimate())
        .isCloseTo(0.174 / 0.35, within(1e-12));
    assertThat(effect.shareRemoved().orElseThrow().interval().low()).isBetween(0.45, 0.497);
    assertThat(effect.undefendedAccuracy().estimate()).isCloseTo(0.9, within(1e-12));
    assertThat(effect.isShown()).isTrue();
    assertThat(sentence(effect, 1))
        .isEqualTo(
            "The defence \"gce\" lowered the attack success rate after flipping 29 labels: it is"
                + " 19.6 % instead of 37.0 % (paired t test p = 0.000101), and the share of the excess"
                + " removed is 49.7 % (95 % interval "
                + Percent.share(effect.shareRemoved().orElseThrow().interval().low())
                + " to "
                + Percent.share(effect.shareRemoved().orElseThrow().interval().high())
                + "); without poison, accuracy fell by 1.5 percentage points (95 % interval of the"
                + " cost 0.3 to 2.7, which excludes 0).");
  }

  @Test
  void givesNoShareOfAnExcessThatIsNotShown() {
    Models harmless = models(0.02, 0.02, 0.02, 0.04, 0.02);

    DefenceEffect effect =
        DefenceEffect.of(CLEAN, harmless, List.of(models(0, 0, 0, 0, 0)), 1.0 / 50).get(0);

    assertThat(effect.shareRemoved()).isEmpty();
    assertThat(sentence(effect, 2))
        .contains("no share of the excess is given, since the undefended excess is not shown");
  }

  @Test
  void saysWhenADefenceMakesItWorse() {
    DefenceEffect effect = DefenceEffect.of(CLEAN, HALVED, List.of(UNDEFENDED), 1.0 / 50).get(0);

    assertThat(effect.shareRemoved().orElseThrow().interval().high()).isNegative();
    assertThat(sentence(effect, 1))
        .startsWith("The defence \"gce\" raised the attack success rate");
  }

  @Test
  void adjustsForTheNumberOfDefences() {
    Models slightly = models(0.30, 0.41, 0.32, 0.40, 0.33);
    List<DefenceEffect> both =
        DefenceEffect.of(CLEAN, UNDEFENDED, List.of(slightly, slightly, HALVED), 1.0 / 50);

    assertThat(both.get(0).adjustedPValue()).isCloseTo(2 * both.get(0).pValue(), within(1e-12));
    assertThat(both.get(2).adjustedPValue()).isCloseTo(3 * both.get(2).pValue(), within(1e-12));
    assertThat(sentence(both.get(0), 3))
        .startsWith("The defence \"gce\" was not shown to change the attack success rate")
        .contains("Holm over 3 defences, p = ");
  }

  @Test
  void claimsNothingFromASingleSeed() {
    DefenceEffect effect =
        DefenceEffect.of(
                new double[] {0.0},
                new Models(new double[] {0.4}, new double[] {0.9}),
                List.of(new Models(new double[] {0.1}, new double[] {0.9})),
                1.0 / 50)
            .get(0);

    assertThat(effect.shareRemoved()).isEmpty();
    assertThat(effect.isShown()).isFalse();
    assertThat(
            DefenceSentence.of(
                Defence.newBuilder().setLabel("gce").setInformed(true).build(),
                effect,
                COST,
                ACT,
                1,
                1))
        .startsWith("The defence \"gce\" (informed): a single training seed gives no interval");
  }

  /**
   * Four defences that do nothing: undefended and defended models differ by their own noise only, on
   * top of what a seed makes both do, in shares of 50 images. 2,000 experiments, standard error 0.5
   * points.
   */
  @Test
  void rarelyClaimsAnythingForDefencesThatDoNothing() {
    for (int n : new int[] {5, 10}) {
      Random random = new Random(20241107);
      int experiments = 2000;
      int claimed = 0;
      int alone = 0;
      for (int i = 0; i < experiments; i++) {
        double[] seed = draw(n, j -> 0.4 + 0.1 * random.nextGaussian());
        List<DefenceEffect> effects =
            DefenceEffect.of(
                draw(n, j -> shareOf50(0.02, random)),
                models(draw(n, j -> shareOf50(seed[j], random))),
                IntStream.range(0, 4)
                    .mapToObj(d -> models(draw(n, j -> shareOf50(seed[j], random))))
                    .toList(),
                1.0 / 50);
        if (effects.stream().anyMatch(DefenceEffect::isShown)) {
          claimed++;
        }
        if (effects.get(0).shareRemoved().filter(r -> r.interval().low() > 0).isPresent()) {
          alone++;
        }
      }
      assertThat(claimed / (double) experiments).isLessThanOrEqualTo(0.05 + 3 * 0.005);
      assertThat(alone / (double) experiments).isLessThanOrEqualTo(0.025 + 3 * 0.0035);
    }
  }

  private static double shareOf50(double rate, Random random) {
    double p = Math.max(0, Math.min(1, rate));
    return IntStream.range(0, 50).filter(i -> random.nextDouble() < p).count() / 50.0;
  }

  private static double[] draw(int n, IntToDoubleFunction value) {
    return IntStream.range(0, n).mapToDouble(value).toArray();
  }

  private static Models models(double... attackSuccess) {
    return new Models(attackSuccess, draw(attackSuccess.length, i -> 0.9));
  }

  private static String sentence(DefenceEffect effect, int defences) {
    return DefenceSentence.of(
        Defence.newBuilder().setLabel("gce").build(), effect, COST, ACT, defences, 5);
  }
}
