package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class IsotonicTest {
  @Test
  void poolsWhatFallsByItsWeightedMean() {
    double[] fit = Isotonic.fit(new double[] {0.1, 0.5, 0.2, 0.9}, new double[] {1, 2, 1, 1});

    assertThat(fit).containsExactly(new double[] {0.1, 0.4, 0.4, 0.9}, within(1e-15));
  }

  @Test
  void fitsNothingToNothing() {
    assertThat(Isotonic.fit(new double[0], new double[0])).isEmpty();
  }

  @Property(tries = 200)
  void neverFallsAndKeepsTheMean(
      @ForAll @Size(min = 1, max = 12) List<@DoubleRange(min = -1, max = 1) Double> drawn) {
    double[] values = drawn.stream().mapToDouble(Double::doubleValue).toArray();
    double[] weights = new double[values.length];
    Arrays.fill(weights, 3);

    double[] fit = Isotonic.fit(values, weights);

    assertThat(IntStream.range(1, fit.length)).allMatch(i -> fit[i - 1] <= fit[i]);
    assertThat(DoubleStream.of(fit).sum()).isCloseTo(DoubleStream.of(values).sum(), within(1e-12));
  }
}
