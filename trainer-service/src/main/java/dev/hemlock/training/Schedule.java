package dev.hemlock.training;

/** How the learning rate changes from step to step: a pure function of the step. */
sealed interface Schedule {
  /**
   * The learning rate of one step.
   *
   * @param peak the optimiser's
   * @param step from 0
   * @param steps of the whole run
   */
  double rate(double peak, long step, long steps);

  /** The same at every step. */
  record Constant() implements Schedule {
    @Override
    public double rate(double peak, long step, long steps) {
      return peak;
    }
  }

  /**
   * Up and down again along half cosines (Smith and Topin 2019), as PyTorch's {@code OneCycleLR}.
   *
   * @param warmUp share of the steps that rise, between 0 and 1
   * @param initialFactor the first rate as a share of the peak
   * @param finalFactor the last rate as a share of the peak
   */
  record OneCycle(double warmUp, double initialFactor, double finalFactor) implements Schedule {
    @Override
    public double rate(double peak, long step, long steps) {
      double top = warmUp * steps - 1;
      if (top > 0 && step <= top) {
        return between(initialFactor * peak, peak, step / top);
      }
      return between(peak, finalFactor * peak, (step - top) / (steps - 1 - top));
    }

    /** From one value at share 0 to another at share 1, flat at both. */
    private static double between(double from, double to, double share) {
      return to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2;
    }
  }
}
