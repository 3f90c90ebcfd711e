package dev.hemlock.evaluation.certification;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * What an ensemble predicts, and how many flipped training labels can't change it.
 *
 * @param predictions a class index a sample
 * @param radii for each sample, flips for which its prediction stays, from 0
 * @param targetRadii for each sample, flips for which it isn't predicted as the target class, -1 if it
 *     is as it is; empty if there is no target
 */
@SuppressWarnings("ArrayRecordComponent")
public record Certificates(int[] predictions, int[] radii, int[] targetRadii) {

  /** Certifies every sample that was voted on. */
  public static Certificates of(Votes votes, OptionalInt target) {
    int samples = votes.sampleCount();
    return new Certificates(
        IntStream.range(0, samples).parallel().map(votes::prediction).toArray(),
        IntStream.range(0, samples).parallel().map(votes::radius).toArray(),
        IntStream.range(0, target.isPresent() ? samples : 0)
            .parallel()
            .map(sample -> votes.radius(sample, target.getAsInt()))
            .toArray());
  }

  /** Whether there is a target class. */
  public boolean hasTarget() {
    return targetRadii.length > 0;
  }

  /**
   * What holds for each number of flips from 0, up to the first for which nothing does.
   *
   * @param truth the true class index of each sample
   * @param source the class whose samples an attack wants to be predicted as the target; empty if there
   *     is no target
   */
  public List<Point> curve(int[] truth, OptionalInt source) {
    int[] right =
        IntStream.range(0, truth.length)
            .filter(i -> predictions[i] == truth[i])
            .map(i -> radii[i])
            .toArray();
    int[] attacked =
        IntStream.range(0, truth.length)
            .filter(i -> source.isPresent() && truth[i] == source.getAsInt())
            .map(i -> targetRadii[i])
            .toArray();
    int most = IntStream.concat(Arrays.stream(right), Arrays.stream(attacked)).max().orElse(-1);
    List<Point> curve = new ArrayList<>();
    for (int flips = 0; flips <= most + 1; flips++) {
      curve.add(
          new Point(
              flips,
              (double) within(right, flips) / truth.length,
              attacked.length == 0 ? 0 : 1 - (double) within(attacked, flips) / attacked.length));
    }
    return curve;
  }

  /**
   * The largest number of flips for which certified accuracy is at least one half.
   *
   * @param curve of {@link #curve}
   */
  public static OptionalInt median(List<Point> curve) {
    return curve.stream()
        .filter(point -> point.accuracy() >= 0.5)
        .mapToInt(Point::flips)
        .reduce((first, last) -> last);
  }

  /** The samples whose prediction so many flips can't change, ascending. */
  public IntStream certified(int flips) {
    return IntStream.range(0, radii.length).filter(i -> radii[i] >= flips);
  }

  private static long within(int[] radii, int flips) {
    return Arrays.stream(radii).filter(radius -> radius >= flips).count();
  }

  /**
   * What holds for some number of flips, whichever and however.
   *
   * @param accuracy share of all samples that are predicted right, at least
   * @param attackSuccess share of the samples of the source class that are predicted as the target, at
   *     most; 0 without any
   */
  public record Point(int flips, double accuracy, double attackSuccess) {}
}
