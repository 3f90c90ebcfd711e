package dev.hemlock.training;

import java.util.function.IntToDoubleFunction;

/** Draws from the beta distribution with two equal parameters. */
final class SymmetricBeta {
  private SymmetricBeta() {}

  /**
   * One value, 0 to 1: for alpha up to 1 by rejection (Jöhnk 1964), above from the polar angle and
   * radius (Ulrich 1984), both as in Devroye, "Non-uniform random variate generation", 1986, chapter
   * IX. Only operations that every Java machine computes alike.
   *
   * @param alpha above 0
   * @param uniforms independent values in [0, 1) by position, of which it takes as many as it needs
   */
  static double draw(double alpha, IntToDoubleFunction uniforms) {
    if (alpha > 1) {
      double radius = 1 - StrictMath.pow(1 - uniforms.applyAsDouble(0), 2 / (2 * alpha - 1));
      double angle = 2 * Math.PI * uniforms.applyAsDouble(1);
      return 0.5 + 0.5 * Math.sqrt(radius) * StrictMath.cos(angle);
    }
    for (int position = 0; ; position += 2) {
      // Logarithms, since powers of 1 / alpha can be too small for a double.
      double x = StrictMath.log(1 - uniforms.applyAsDouble(position)) / alpha;
      double y = StrictMath.log(1 - uniforms.applyAsDouble(position + 1)) / alpha;
      double larger = Math.max(x, y);
      double sum = larger + StrictMath.log1p(StrictMath.exp(-Math.abs(x - y)));
      if (sum <= 0) {
        return StrictMath.exp(x - sum);
      }
    }
  }
}
