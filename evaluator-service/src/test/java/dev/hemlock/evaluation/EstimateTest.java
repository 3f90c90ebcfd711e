package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.commons.statistics.distribution.TDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EstimateTest {
  static Stream<JsonObject> intervals() throws IOException {
    return Fixture.cases("intervals.json").stream();
  }

  @ParameterizedTest
  @MethodSource("intervals")
  void agreesWithSciPy(JsonObject expected) {
    Estimate estimate = Estimate.ofDifferences(Fixture.doubles(expected, "values"));

    assertThat(estimate.estimate()).isCloseTo(expected.get("mean").getAsDouble(), within(1e-14));
    assertThat(estimate.low()).isCloseTo(expected.get("low").getAsDouble(), within(1e-12));
    assertThat(estimate.high()).isCloseTo(expected.get("high").getAsDouble(), within(1e-12));
  }

  @Test
  void takesSciPysQuantiles() throws IOException {
    for (Map.Entry<String, ?> entry :
        Fixture.read("intervals.json").getAsJsonObject("quantiles").asMap().entrySet()) {
      double quantile =
          TDistribution.of(Double.parseDouble(entry.getKey())).inverseCumulativeProbability(0.975);

      assertThat(quantile).isCloseTo(Double.parseDouble(entry.getValue().toString()), within(1e-9));
    }
  }

  @Test
  void givesTheWholeRangeForOneValue() {
    assertThat(Estimate.ofDifferences(new double[] {0.2})).isEqualTo(new Estimate(0.2, -1, 1));
    assertThat(Estimate.ofShares(new double[] {0.2})).isEqualTo(new Estimate(0.2, 0, 1));
  }

  @Test
  void cutsIntervalsToTheRangeOfTheQuantity() {
    assertThat(Estimate.ofShares(new double[] {0, 0.1}).low()).isZero();
    assertThat(Estimate.ofShares(new double[] {1, 0.9}).high()).isEqualTo(1);
    assertThat(Estimate.ofDifferences(new double[] {0.9, 0.1}).high()).isEqualTo(1);
    assertThat(Estimate.ofDifferences(new double[] {-0.9, -0.1}).low()).isEqualTo(-1);
  }

  @Test
  void saysWhetherZeroLiesOutside() {
    assertThat(new Estimate(0.2, 0.1, 0.3).excludesZero()).isTrue();
    assertThat(new Estimate(-0.2, -0.3, -0.1).excludesZero()).isTrue();
    assertThat(new Estimate(0.2, 0, 0.3).excludesZero()).isFalse();
    assertThat(new Estimate(0, 0, 0).excludesZero()).isFalse();
  }

  @Test
  void noticesIntervalsWithoutWidth() {
    assertThat(Estimate.ofDifferences(new double[] {0.1, 0.1, 0.1}).hasWidth()).isFalse();
    assertThat(Estimate.ofDifferences(new double[] {0.1, 0.2, 0.1}).hasWidth()).isTrue();
  }

  @Test
  void refusesToAverageNothing() {
    assertThatThrownBy(() -> Estimate.ofShares(new double[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Property
  void holdsTheMeanWithinTheInterval(@ForAll("differences") double[] differences) {
    Estimate estimate = Estimate.ofDifferences(differences);

    assertThat(estimate.low()).isBetween(-1.0, estimate.estimate());
    assertThat(estimate.high()).isBetween(estimate.estimate(), 1.0);
  }

  @Property
  void mirrorsWhenTheSignsChange(@ForAll("differences") double[] differences) {
    double[] negated = differences.clone();
    for (int i = 0; i < negated.length; i++) {
      negated[i] = -negated[i];
    }

    Estimate mirrored = Estimate.ofDifferences(negated);

    assertThat(mirrored.low())
        .isCloseTo(-Estimate.ofDifferences(differences).high(), within(1e-12));
  }

  @Provide
  Arbitrary<double[]> differences() {
    return Arbitraries.doubles()
        .between(-1, 1)
        .list()
        .ofMinSize(2)
        .ofMaxSize(40)
        .map(values -> values.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
