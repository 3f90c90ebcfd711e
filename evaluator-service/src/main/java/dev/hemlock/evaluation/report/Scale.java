package dev.hemlock.evaluation.report;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/** A linear axis from {@code min} to {@code max} with round ticks, placing values as 0 to 100 %. */
record Scale(double min, double max, double step) {
  private static final int INTERVALS = 5;

  /** Keeps differences that hardly exist from filling the axis. */
  private static final double LEAST_SPAN = 0.05;

  /** The smallest axis with round ends that shows every finite value. */
  static Scale covering(DoubleStream values) {
    double[] finite = values.filter(Double::isFinite).toArray();
    double low = DoubleStream.of(finite).min().orElse(0);
    double high = Math.max(DoubleStream.of(finite).max().orElse(1), low + LEAST_SPAN);
    double step = roundStep((high - low) / INTERVALS);
    double bottom = Math.floor(low / step + 1e-9) * step;
    double top = Math.ceil(high / step - 1e-9) * step;
    return new Scale(bottom, top, step);
  }

  double place(double value) {
    double clamped = Math.max(min, Math.min(max, value));
    return (clamped - min) / (max - min) * 100;
  }

  List<Double> ticks() {
    return LongStream.rangeClosed(Math.round(min / step), Math.round(max / step))
        .mapToObj(i -> i * step)
        .toList();
  }

  private static double roundStep(double rough) {
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double digit = rough / power;
    return power * (digit <= 1.0001 ? 1 : digit <= 2.0001 ? 2 : digit <= 5.0001 ? 5 : 10);
  }
}
