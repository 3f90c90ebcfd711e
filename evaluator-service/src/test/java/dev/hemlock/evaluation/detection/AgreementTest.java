package dev.hemlock.evaluation.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.hemlock.evaluation.Fixture;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Agreement with cleanlab, scikit-learn and SciPy as recorded by {@code fixtures.py}. */
class AgreementTest {
  private static final String FILE = "detection/detectors.json";

  static List<JsonObject> probabilities() throws IOException {
    return Fixture.cases(FILE, "confident_learning");
  }

  @ParameterizedTest
  @MethodSource("probabilities")
  void callsWrongWhatCleanlabDoes(JsonObject expected) {
    GivenLabels labels = labels(expected, expected.get("classes").getAsInt());
    Matrix probabilities = matrix(Fixture.floats(expected, "probabilities"), labels.classCount());

    Suspicion suspicion = new ConfidentLearning().judge(labels, probabilities);

    assertThat(ConfidentJoint.estimate(labels, probabilities, probabilities.largest()))
        .isDeepEqualTo(
            Fixture.rows(expected, "joint").stream()
                .map(row -> row.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new));
    assertThat(issues(suspicion)).containsExactly(Fixture.ints(expected, "issues"));
    assertThat(suspicion.labelScores()).containsExactly(Fixture.doubles(expected, "scores"));
  }

  @Test
  void findsTheNeighboursThatScikitLearnFinds() throws IOException {
    JsonObject expected = Fixture.cases(FILE, "neighbours").get(0);
    int[][] nearest = NearestNeighbours.of(features(expected), 10);

    Arrays.stream(nearest).forEach(Arrays::sort);

    assertThat(nearest)
        .isDeepEqualTo(
            Fixture.rows(expected, "nearest").stream()
                .map(row -> row.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new));
  }

  @Test
  void splitsAContaminatedClassAsScikitLearnDoes() throws IOException {
    JsonObject expected = Fixture.cases(FILE, "clusters").get(1);
    double[][] reduced = Fixture.doubleRows(expected, "reduced").toArray(double[][]::new);
    int[] members = Fixture.ints(expected, "members");

    TwoMeans clusters = TwoMeans.of(reduced);

    assertThat(IntStream.range(0, members.length).filter(clusters::inSmaller).map(i -> members[i]))
        .containsExactly(
            Arrays.stream(Fixture.ints(expected, "smaller")).boxed().toArray(Integer[]::new));
    assertThat(clusters.silhouette())
        .isCloseTo(expected.get("silhouette").getAsDouble(), within(1e-12));
  }

  @Test
  void reducesAsScikitLearnDoes() throws IOException {
    JsonObject expected = Fixture.cases(FILE, "clusters").get(2);
    Matrix features = features(Fixture.cases(FILE, "neighbours").get(0));
    double[][] centred = features.centred(Fixture.ints(expected, "members"));

    double[][] components = PrincipalComponents.of(centred, 4);

    List<double[]> reduced = Fixture.doubleRows(expected, "reduced");
    for (int i = 0; i < centred.length; i++) {
      for (int k = 0; k < 4; k++) {
        assertThat(Math.abs(PrincipalComponents.dot(centred[i], components[k])))
            .isCloseTo(Math.abs(reduced.get(i)[k]), within(1e-5));
      }
    }
  }

  @Test
  void measuresSpectralSignaturesAsNumPyAndSciPyDo() throws IOException {
    JsonObject data = Fixture.cases(FILE, "neighbours").get(0);
    Matrix features = features(data);
    GivenLabels labels = labels(data, 3);

    Suspicion suspicion =
        new SpectralSignature(0.01).judge(labels, new Activations(features, labels.given()));

    assertThat(suspicion.labelScores())
        .containsExactly(
            Fixture.doubles(Fixture.cases(FILE, "spectral").get(0), "chances"), within(1e-6));
  }

  @Test
  void followsMarginsAndLossesOverTraining() throws IOException {
    JsonObject expected = Fixture.cases(FILE, "dynamics").get(0);
    GivenLabels labels = labels(expected, 3);
    List<Matrix> points =
        expected.getAsJsonArray("points").asList().stream()
            .map(JsonElement::getAsJsonArray)
            .map(
                point -> {
                  JsonObject one = new JsonObject();
                  one.add("values", point);
                  return matrix(Fixture.floats(one, "values"), 3);
                })
            .toList();

    Suspicion byMargin = new AreaUnderMargin().judge(labels, points);
    Suspicion byLoss = new LossRanking().judge(labels, points);

    assertThat(Arrays.stream(byMargin.labelScores()).map(s -> Math.log(s / (1 - s))).toArray())
        .containsExactly(Fixture.doubles(expected, "area"), within(1e-9));
    assertThat(Arrays.stream(byLoss.labelScores()).map(s -> -Math.log(s)).toArray())
        .containsExactly(Fixture.doubles(expected, "losses"), within(1e-9));
    double[] upper = Fixture.doubles(expected, "upper");
    assertThat(issues(byLoss))
        .containsExactly(IntStream.range(0, upper.length).filter(i -> upper[i] > 0.5).toArray());
    NormalMixture mixture = NormalMixture.ofUnitRange(Fixture.doubles(expected, "losses"));
    assertThat(
            Arrays.stream(Fixture.doubles(expected, "losses"))
                .map(mixture::probabilityOfUpper)
                .toArray())
        .containsExactly(upper, within(1e-3));
  }

  @Test
  void scoresAsScikitLearnDoes() throws IOException {
    JsonObject expected = Fixture.cases(FILE, "scoring").get(0);
    boolean[] flipped = booleans(expected, "flipped");
    GivenLabels labels = new GivenLabels(new int[flipped.length], 2);
    Suspicion suspicion =
        new Suspicion(
            labels.given(), Fixture.doubles(expected, "scores"), booleans(expected, "issues"));

    DetectionScore score = DetectionScore.of(labels, suspicion, flipped);

    assertThat(score.averagePrecision().orElseThrow())
        .isCloseTo(expected.get("averagePrecision").getAsDouble(), within(1e-12));
    assertThat(score.total().precision().orElseThrow())
        .isEqualTo(expected.get("precision").getAsDouble());
    assertThat(score.total().recall().orElseThrow())
        .isEqualTo(expected.get("recall").getAsDouble());
    assertThat(score.total().falseAlarmRate().orElseThrow())
        .isCloseTo(expected.get("falseAlarmRate").getAsDouble(), within(1e-15));
  }

  private static GivenLabels labels(JsonObject object, int classes) {
    return new GivenLabels(Fixture.ints(object, "labels"), classes);
  }

  private static Matrix features(JsonObject object) {
    return matrix(Fixture.floats(object, "features"), object.get("columns").getAsInt());
  }

  private static Matrix matrix(float[] values, int columns) {
    return new Matrix(values, values.length / columns, columns);
  }

  private static int[] issues(Suspicion suspicion) {
    return IntStream.range(0, suspicion.labelIssues().length)
        .filter(i -> suspicion.labelIssues()[i])
        .toArray();
  }

  private static boolean[] booleans(JsonObject object, String field) {
    List<JsonElement> elements = object.getAsJsonArray(field).asList();
    boolean[] values = new boolean[elements.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = elements.get(i).getAsBoolean();
    }
    return values;
  }
}
