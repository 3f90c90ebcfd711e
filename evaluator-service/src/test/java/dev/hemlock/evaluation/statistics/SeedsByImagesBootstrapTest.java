package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeedsByImagesBootstrapTest {
  private static final int SIMULATIONS = 2_000;
  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  @Test
  void countsWhatEachImageGainsOverTheDraws() {
    BitSet clean = BitSet.valueOf(new long[] {0b0011});
    List<BitSet> poisoned =
        List.of(BitSet.valueOf(new long[] {0b0101}), BitSet.valueOf(new long[] {0b1101}));

    assertThat(SeedsByImagesBootstrap.effects(clean, poisoned, 4)).containsExactly(0, -1, 1, 0.5);
  }

  @Test
  void givesNoIntervalFromFewSeeds() {
    List<double[]> four = IntStream.range(0, 4).mapToObj(i -> new double[] {0, 1}).toList();

    assertThat(SeedsByImagesBootstrap.ofMean(four)).isEmpty();
  }

  /** Seeds agree on every image, so that only images vary: all squares are 0.25. */
  @Test
  void isAsWideAsImagesVaryWhereSeedsAgree() {
    double[] row = IntStream.range(0, 32).mapToDouble(j -> j % 2).toArray();
    List<double[]> five = IntStream.range(0, 5).mapToObj(i -> row).toList();
    double variance = 0.8 * 0.25 / 32 + 0.25 / (5 * 32);
    double half = 2.7764451 * Math.sqrt(variance * 5 / 4);

    Interval interval = SeedsByImagesBootstrap.ofMean(five).orElseThrow();

    assertThat(interval.low()).isCloseTo(0.5 - half, within(1e-6));
    assertThat(interval.high()).isCloseTo(0.5 + half, within(1e-6));
  }

  /**
   * At least 95 %, but for five seeds that differ far more than images do, whose skewed rates cost a
   * point or two. An image is hit if the sum of an effect of the seed, one of the image and one of both exceeds a
   * bound; clean and poisoned models share the first two.
   */
  @ParameterizedTest
  @CsvSource({
    "5, 36, 0.3, 1", "10, 36, 0.3, 1", "20, 36, 0.3, 1", "5, 100, 0.3, 1", "10, 100, 0.3, 1",
    "20, 100, 0.3, 1", "5, 100, 1, 0.3", "10, 100, 1, 0.3", "20, 100, 1, 0.3", "5, 100, 1, 1",
    "20, 100, 1, 1", "5, 100, 0, 2", "20, 100, 0, 2"
  })
  void coversTheMeanOverSeedsAndImagesAtLeastAsStated(
      int seeds, int images, double ofSeeds, double ofImages) {
    Random random = new Random(seeds * 1_000L + images);
    double spread = Math.sqrt(ofSeeds * ofSeeds + ofImages * ofImages + 1);
    double truth =
        NORMAL.survivalProbability(1 / spread) - NORMAL.survivalProbability(2.5 / spread);
    int held = 0;
    for (int simulation = 0; simulation < SIMULATIONS; simulation++) {
      Interval interval =
          SeedsByImagesBootstrap.ofMean(draw(seeds, images, ofSeeds, ofImages, random))
              .orElseThrow();
      held += interval.low() <= truth && truth <= interval.high() ? 1 : 0;
    }

    double coverage = (double) held / SIMULATIONS;
    assertThat(coverage)
        .isGreaterThan((seeds == 5 ? 0.93 : 0.95) - 3 * Math.sqrt(0.05 * 0.95 / SIMULATIONS));
  }

  private static List<double[]> draw(
      int seeds, int images, double ofSeeds, double ofImages, Random random) {
    double[] image = IntStream.range(0, images).mapToDouble(j -> random.nextGaussian()).toArray();
    List<double[]> effects = new ArrayList<>();
    for (int i = 0; i < seeds; i++) {
      double seed = ofSeeds * random.nextGaussian();
      effects.add(
          IntStream.range(0, images)
              .mapToDouble(
                  j -> {
                    double both = seed + ofImages * image[j];
                    int poisoned = both + random.nextGaussian() > 1 ? 1 : 0;
                    int clean = both + random.nextGaussian() > 2.5 ? 1 : 0;
                    return poisoned - clean;
                  })
              .toArray());
    }
    return effects;
  }
}
