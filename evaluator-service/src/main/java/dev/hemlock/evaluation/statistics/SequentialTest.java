package dev.hemlock.evaluation.statistics;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Whether a mean lies above or below a threshold, judged at K looks that were declared beforehand and
 * ended at the first that decides. Each look takes the t interval of the values so far with the error
 * rate α/K; the judgement is of the interval's bound, never of the mean. The chance that any look's
 * interval misses the true mean is at most α (Bonferroni), so that seeds added later never test again
 * at the full rate; a wrong answer can come from one end only, which leaves it at most α/2.
 *
 * <p>Looks are as many values as were seen. Sharper ways to spend α (Pocock, "Group sequential
 * methods in the design and analysis of clinical trials", Biometrika 64, 1977; O'Brien and Fleming,
 * "A multiple testing procedure for clinical trials", Biometrics 35, 1979; Lan and DeMets, "Discrete
 * sequential boundaries for clinical trials", Biometrika 70, 1983) take the deviation as known or the
 * sample as large. With 3 to 20 values neither holds; equal shares of α with t quantiles hold for
 * normal values of every number, at the cost of a somewhat wider interval.
 *
 * <p>A share of m images moves in steps of 1/m, and a few such shares may well be equal without being
 * certain. So their standard deviation is taken as at least that of rounding to such steps ({@link
 * StudentT#deviation}).
 *
 * @param looks how many values each look waits for: ascending, from 2
 * @param errorRate α, above 0 and below 1
 * @param resolution the step that values are counted in; 0 if they may be anything
 */
public record SequentialTest(int[] looks, double errorRate, double resolution) {
  private static final int MOST_VALUES = 1_000;
  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  /** Where the mean lies. */
  public enum Decision {
    /** The interval's lower end is above the threshold. */
    ABOVE,
    /** The interval's upper end is at or below the threshold. */
    BELOW,
    /** Neither, so far. */
    UNDECIDED
  }

  /**
   * What the last look made shows.
   *
   * @param look which it was, from 0; -1 before the first
   * @param used how many values it saw
   * @param mean of them, NaN before the first look
   * @param interval at the error rate of one look, cut to [-1, 1]
   * @param nextLook how many values the next look waits for; empty once decided or after the last
   * @param moreValues about how many more would decide, were mean and deviation to stay, at least 1;
   *     empty where nothing tells: once decided, before the first look, and with the mean so near the
   *     threshold that a thousand in all would not do
   */
  public record Judgement(
      Decision decision,
      int look,
      int used,
      double mean,
      Interval interval,
      OptionalInt nextLook,
      OptionalInt moreValues) {}

  public SequentialTest {
    looks = looks.clone();
    int[] declared = looks;
    boolean ascending =
        declared.length > 0
            && declared[0] >= 2
            && IntStream.range(1, declared.length).allMatch(k -> declared[k - 1] < declared[k]);
    if (!ascending) {
      throw new IllegalArgumentException(
          "looks must be from 2 and strictly ascending, not " + Arrays.toString(declared));
    }
    if (!(errorRate > 0 && errorRate < 1)) {
      throw new IllegalArgumentException("error rate " + errorRate + " is not between 0 and 1");
    }
    if (!(resolution >= 0)) {
      throw new IllegalArgumentException("resolution " + resolution + " is below 0");
    }
  }

  @Override
  public int[] looks() {
    return looks.clone();
  }

  /**
   * Makes every look that the values suffice for, until one decides; what comes after it is not seen.
   *
   * @param values differences in [-1, 1], in the order in which they were declared
   */
  public Judgement judge(double[] values, double threshold) {
    Judgement judgement = beforeAnyLook();
    for (int k = 0; k < looks.length && looks[k] <= values.length; k++) {
      judgement = look(k, Arrays.copyOf(values, looks[k]), threshold);
      if (judgement.decision() != Decision.UNDECIDED) {
        break;
      }
    }
    return judgement;
  }

  private Judgement beforeAnyLook() {
    return new Judgement(
        Decision.UNDECIDED,
        -1,
        0,
        Double.NaN,
        new Interval(-1, 1),
        OptionalInt.of(looks[0]),
        OptionalInt.empty());
  }

  private Judgement look(int look, double[] values, double threshold) {
    double mean = Mean.of(values).getAsDouble();
    double deviation = StudentT.deviation(values, resolution);
    double half = StudentT.halfWidth(deviation, values.length, lookErrorRate());
    Interval interval = new Interval(mean - half, mean + half).cutTo(-1, 1);
    Decision decision = decide(interval, threshold);
    boolean open = decision == Decision.UNDECIDED;
    return new Judgement(
        decision,
        look,
        values.length,
        mean,
        interval,
        open && look + 1 < looks.length ? OptionalInt.of(looks[look + 1]) : OptionalInt.empty(),
        open
            ? moreValues(values.length, Math.abs(mean - threshold), deviation)
            : OptionalInt.empty());
  }

  private static Decision decide(Interval interval, double threshold) {
    if (interval.low() > threshold) {
      return Decision.ABOVE;
    }
    return interval.high() <= threshold ? Decision.BELOW : Decision.UNDECIDED;
  }

  private OptionalInt moreValues(int used, double distance, double deviation) {
    double ratio = NORMAL.inverseSurvivalProbability(lookErrorRate() / 2) * deviation / distance;
    double fewest = ratio * ratio;
    if (!(fewest < MOST_VALUES)) {
      return OptionalInt.empty();
    }
    // No t quantile is below the normal one, so the search can start there.
    int count = Math.max(used + 1, (int) fewest);
    while (StudentT.halfWidth(deviation, count, lookErrorRate()) > distance) {
      count++;
    }
    return OptionalInt.of(count - used);
  }

  private double lookErrorRate() {
    return errorRate / looks.length;
  }
}
