package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import dev.hemlock.evaluation.detection.Matrix;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TransitionEstimatorTest {
  static Stream<JsonObject> cases() throws IOException {
    return Fixture.cases("transitions.json").stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void readsOffWhatNumPyDoes(JsonObject expected) {
    List<double[]> transitions = Fixture.doubleRows(expected, "transitions");
    float[] values = Fixture.floats(expected, "probabilities");
    int classes = transitions.size();

    double[][] read =
        TransitionEstimator.transitions(
            new Matrix(values, values.length / classes, classes),
            expected.get("quantile").getAsDouble());

    for (int i = 0; i < classes; i++) {
      assertThat(read[i]).containsExactly(transitions.get(i), within(1e-12));
      assertThat(Arrays.stream(read[i]).sum()).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void recoversTheFlipsFromAModelThatKnowsThem() {
    // Given: of class 0, 40 % are labelled as 1, and the model says so of every sample
    float[] knowing = {0.6f, 0.4f, 0, 0.6f, 0.4f, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1};

    double[][] read = TransitionEstimator.transitions(new Matrix(knowing, 6, 3), 0.97);

    assertThat(read[0]).containsExactly(new double[] {0.6, 0.4, 0}, within(1e-7));
    assertThat(read[1]).containsExactly(0, 1, 0);
    assertThat(read[2]).containsExactly(0, 0, 1);
  }
}
