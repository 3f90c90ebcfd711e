package dev.hemlock.evaluation.statistics;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A 95 % interval of the mean excess attack success rate over other seeds <em>and</em> other test
 * images, for claims beyond one test set. Seeds and test images of the source class are both taken
 * as drawn at random; every seed sees every image.
 *
 * <p>The pigeonhole bootstrap draws n of n seeds and, independently, m of m images with replacement,
 * and averages x over what both draws share, where x(i, j) is 1 if only the poisoned model of seed i
 * reads image j as the target, −1 if only the clean one does, else 0. The variance of that average
 * over all resamples has a closed form, so nothing is drawn: with x, its row means r and its column
 * means c taken from the overall mean,
 *
 * <pre>V = (1 − 1/m) Σ rᵢ² / n² + (1 − 1/n) Σ cⱼ² / m² + Σ xᵢⱼ² / (n m)²</pre>
 *
 * <p>The interval is mean ± t(0.975, n − 1) · √(V · n / (n − 1)): the factor mends what the bootstrap
 * misses of the variance over few seeds, the quantile that it is not known. V counts the noise of
 * single predictions up to three times, so that the interval is cautious.
 *
 * <p>Source: Owen, "The pigeonhole bootstrap", Ann. Appl. Statist. 1, 2007.
 */
public final class SeedsByImagesBootstrap {
  /** The fewest seeds that give an interval. */
  public static final int FEWEST = 5;

  private static final double TAIL = 0.025;

  private SeedsByImagesBootstrap() {}

  /**
   * What one seed's models do to each image: the share of its poisoned models that read it as the
   * target, minus 1 if the clean model does.
   *
   * @param clean images that the clean model reads as the target
   * @param poisoned the same of one poisoned model a poison seed, at least one
   * @param images how many there are, from 1
   */
  public static double[] effects(BitSet clean, List<BitSet> poisoned, int images) {
    double[] effects = new double[images];
    for (int j = 0; j < images; j++) {
      int image = j;
      double hits = poisoned.stream().filter(hit -> hit.get(image)).count();
      effects[j] = hits / poisoned.size() - (clean.get(j) ? 1 : 0);
    }
    return effects;
  }

  /**
   * The interval, cut to [-1, 1]; empty below {@link #FEWEST} seeds.
   *
   * @param effects of each seed on each image, in [-1, 1]; as many images for every seed, at least one
   */
  public static Optional<Interval> ofMean(List<double[]> effects) {
    int seeds = effects.size();
    if (seeds < FEWEST) {
      return Optional.empty();
    }
    int images = effects.get(0).length;
    double[] columns = new double[images];
    double[] rows = new double[seeds];
    double squares = 0;
    for (int i = 0; i < seeds; i++) {
      double[] row = effects.get(i);
      for (int j = 0; j < images; j++) {
        rows[i] += row[j] / images;
        columns[j] += row[j] / seeds;
        squares += row[j] * row[j];
      }
    }
    double mean = Arrays.stream(rows).average().orElseThrow();
    double cells = (double) seeds * images;
    double variance =
        (1 - 1.0 / images) * squares(rows, mean) / seeds / seeds
            + (1 - 1.0 / seeds) * squares(columns, mean) / images / images
            + (squares - cells * mean * mean) / cells / cells;
    double error = Math.sqrt(Math.max(0, variance) * seeds / (seeds - 1));
    double half = TDistribution.of(seeds - 1.0).inverseSurvivalProbability(TAIL) * error;
    return Optional.of(new Interval(mean - half, mean + half).cutTo(-1, 1));
  }

  private static double squares(double[] values, double mean) {
    return Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
  }
}
