package dev.hemlock.evaluation.detection;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Two clusters by Lloyd's algorithm, starting from the two signs of the first coordinate. */
final class TwoMeans {
  private static final int MOST_ROUNDS = 300;

  private final double[][] points;
  private final int[] cluster;
  private final double[][] centres;
  private final int[] sizes = new int[2];

  private TwoMeans(double[][] points) {
    this.points = points;
    this.cluster = new int[points.length];
    this.centres = new double[2][points[0].length];
  }

  /** Clusters centred points, at least one. */
  static TwoMeans of(double[][] points) {
    TwoMeans means = new TwoMeans(points);
    for (int i = 0; i < points.length; i++) {
      means.cluster[i] = points[i][0] > 0 ? 1 : 0;
    }
    means.move();
    for (int round = 0; round < MOST_ROUNDS && means.reassign(); round++) {
      means.move();
    }
    return means;
  }

  /** The share of the points in the smaller cluster, 0 to 0.5; 0 if all are in one. */
  double smallerShare() {
    return (double) sizes[smaller()] / points.length;
  }

  boolean inSmaller(int point) {
    return cluster[point] == smaller();
  }

  /** 0 in the middle of the smaller cluster, 0.5 between the two, 1 in the middle of the larger. */
  double towardsLarger(double[] point) {
    double toSmaller = distance(point, centres[smaller()]);
    double toLarger = distance(point, centres[1 - smaller()]);
    double larger = Math.max(toSmaller, toLarger);
    return smallerShare() == 0 || larger == 0 ? 1 : (1 + (toSmaller - toLarger) / larger) / 2;
  }

  /**
   * The mean silhouette, -1 to 1; 0 for a point alone in its cluster. All distances are computed.
   *
   * <p>Source: Rousseeuw, J. Comput. Appl. Math. 20, 1987.
   */
  double silhouette() {
    double[] silhouettes =
        IntStream.range(0, points.length).parallel().mapToDouble(this::silhouette).toArray();
    return Arrays.stream(silhouettes).sum() / points.length;
  }

  private double silhouette(int point) {
    int own = cluster[point];
    if (sizes[own] == 1 || sizes[1 - own] == 0) {
      return 0;
    }
    double[] sums = new double[2];
    for (int other = 0; other < points.length; other++) {
      sums[cluster[other]] += distance(points[point], points[other]);
    }
    double within = sums[own] / (sizes[own] - 1);
    double between = sums[1 - own] / sizes[1 - own];
    double larger = Math.max(within, between);
    return larger == 0 ? 0 : (between - within) / larger;
  }

  private int smaller() {
    return sizes[1] < sizes[0] ? 1 : 0;
  }

  private void move() {
    sizes[0] = 0;
    sizes[1] = 0;
    centres[0] = new double[points[0].length];
    centres[1] = new double[points[0].length];
    for (int i = 0; i < points.length; i++) {
      double[] centre = centres[cluster[i]];
      sizes[cluster[i]]++;
      for (int c = 0; c < centre.length; c++) {
        centre[c] += points[i][c];
      }
    }
    for (int k = 0; k < 2; k++) {
      for (int c = 0; c < centres[k].length; c++) {
        centres[k][c] /= Math.max(1, sizes[k]);
      }
    }
  }

  private boolean reassign() {
    if (sizes[0] == 0 || sizes[1] == 0) {
      return false;
    }
    boolean changed = false;
    for (int i = 0; i < points.length; i++) {
      int nearest = distance(points[i], centres[1]) < distance(points[i], centres[0]) ? 1 : 0;
      changed |= nearest != cluster[i];
      cluster[i] = nearest;
    }
    return changed;
  }

  private static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int c = 0; c < a.length; c++) {
      sum += (a[c] - b[c]) * (a[c] - b[c]);
    }
    return Math.sqrt(sum);
  }
}
