package dev.hemlock.faults;

import java.util.List;

/** Figures in Prometheus' text format. */
final class Metrics {
  private Metrics() {}

  /** The sum of all series that begin so, of which there is at least one. */
  static double sum(String metrics, String start) {
    List<String> series = metrics.lines().filter(line -> line.startsWith(start)).toList();
    if (series.isEmpty()) {
      throw new IllegalStateException("There is no figure " + start);
    }
    return series.stream()
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
