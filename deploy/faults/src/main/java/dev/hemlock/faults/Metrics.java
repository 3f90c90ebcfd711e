package dev.hemlock.faults;

/** Figures in Prometheus' text format. */
final class Metrics {
  private Metrics() {}

  /** The sum of all series that begin so. */
  static double sum(String metrics, String start) {
    return metrics
        .lines()
        .filter(line -> line.startsWith(start))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
