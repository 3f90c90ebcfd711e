package dev.hemlock.evaluation.detection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DetectorTest {
  private static final int PER_CLASS = 200;

  @Test
  void findsAClusterOfAnotherClassAmongFeatures() {
    Planted planted = Planted.of(30);

    Suspicion clustered = new ActivationClustering().judge(planted.labels(), planted.activations());
    Suspicion spectral =
        new SpectralSignature(0.001).judge(planted.labels(), planted.activations());
    Suspicion neighbours =
        new NeighbourDisagreement(10).judge(planted.labels(), planted.features());

    for (Suspicion suspicion : List.of(clustered, spectral, neighbours)) {
      DetectionScore score = DetectionScore.of(planted.labels(), suspicion, planted.flipped());
      assertThat(score.total().recall().orElseThrow()).isEqualTo(1);
      assertThat(score.averagePrecision().orElseThrow()).isGreaterThan(0.95);
    }
    assertThat(clustered.issueCount()).isEqualTo(30);
    assertThat(neighbours.issueCount()).isEqualTo(30);
    assertThat(neighbours.predictedLabels()[0]).isZero();
  }

  @Test
  void raisesFewAlarmsWithoutFlips() {
    Planted planted = Planted.of(0);

    assertThat(
            new ActivationClustering().judge(planted.labels(), planted.activations()).issueCount())
        .isZero();
    assertThat(
            new NeighbourDisagreement(10).judge(planted.labels(), planted.features()).issueCount())
        .isZero();
    assertThat(
            new SpectralSignature(0.001)
                .judge(planted.labels(), planted.activations())
                .issueCount())
        .isLessThan(6);
  }

  @Test
  void judgesDegenerateClassesWithoutAlarm() {
    GivenLabels labels = new GivenLabels(new int[] {0, 1, 1, 2, 2, 2, 2}, 4);
    Matrix features = new Matrix(new float[7 * 3], 7, 3);
    Activations activations = new Activations(features, labels.given());

    assertThat(new ActivationClustering().judge(labels, activations).issueCount()).isZero();
    assertThat(new SpectralSignature(0.01).judge(labels, activations).issueCount()).isZero();
    assertThat(new NeighbourDisagreement(50).judge(labels, features).labelScores())
        .doesNotContain(Double.NaN);
    assertThat(new LossRanking().judge(labels, List.of(zeros(7, 4))).issueCount()).isZero();
    assertThat(new AreaUnderMargin().judge(labels, List.of(zeros(7, 4))).issueCount()).isZero();
    assertThat(new ConfidentLearning().judge(labels, zeros(7, 4).softmax()).issueCount()).isZero();
  }

  @Test
  void agreesWithItselfWhateverTheOrderOfSamples() {
    Planted planted = Planted.of(40);
    int[] order = shuffled(planted.labels().count());
    GivenLabels moved =
        new GivenLabels(
            Arrays.stream(order).map(i -> planted.labels().given()[i]).toArray(),
            planted.labels().classCount());
    Matrix movedFeatures = rows(planted.features(), order);

    boolean[] straight =
        new ActivationClustering().judge(planted.labels(), planted.activations()).labelIssues();
    boolean[] mixed =
        new ActivationClustering()
            .judge(moved, new Activations(movedFeatures, moved.given()))
            .labelIssues();

    assertThat(IntStream.range(0, order.length).allMatch(i -> mixed[i] == straight[order[i]]))
        .isTrue();
  }

  @Test
  void boundsOtherDetectors() {
    Planted planted = Planted.of(50);
    int[] ids = IntStream.range(0, planted.labels().count()).toArray();

    DetectionScore best =
        DetectionScore.of(
            planted.labels(),
            new Oracle().judge(planted.labels(), planted.truth()),
            planted.flipped());
    Suspicion random = new RandomFilter(0.1, 7).judge(planted.labels(), ids);

    assertThat(best.averagePrecision().orElseThrow()).isEqualTo(1);
    assertThat(best.total().falseAlarmRate().orElseThrow()).isZero();
    assertThat(random.issueCount()).isBetween(35, 85);
    assertThat(
            DetectionScore.of(planted.labels(), random, planted.flipped())
                .averagePrecision()
                .orElseThrow())
        .isLessThan(0.2);
  }

  @Test
  void dividesSamplesByTheirIdsAlone() {
    Folds folds = new Folds(5, 3);
    int[] ids = IntStream.range(0, 1000).map(i -> 3 * i).toArray();
    int[] fewer = Arrays.stream(ids).filter(id -> id % 2 == 0).toArray();

    for (int fold = 0; fold < 5; fold++) {
      int[] inside = at(ids, folds.inside(fold, ids));
      assertThat(inside).hasSizeBetween(150, 250);
      assertThat(at(fewer, folds.inside(fold, fewer)))
          .containsExactly(Arrays.stream(inside).filter(id -> id % 2 == 0).toArray());
      assertThat(inside.length + folds.outside(fold, ids).length).isEqualTo(1000);
    }
    assertThat(folds.fill(ids)).isTrue();
    assertThat(folds.fill(new int[] {1, 2})).isFalse();
  }

  @Test
  void selectsAsSortingDoes() {
    Random random = new Random(5);
    for (int round = 0; round < 500; round++) {
      double[] values = random.doubles(1 + random.nextInt(40)).map(x -> Math.rint(x * 9)).toArray();
      double[] ascending = values.clone();
      Arrays.sort(ascending);
      int rank = 1 + random.nextInt(values.length);
      assertThat(Selection.largest(values, rank)).isEqualTo(ascending[ascending.length - rank]);
    }
  }

  @Test
  void prunesAsSortingEveryMarginDoes() {
    Random random = new Random(8);
    for (int round = 0; round < 200; round++) {
      // Given labels that agree with the probabilities more or less, with and without ties
      int classes = 2 + random.nextInt(4);
      int count = 20 + random.nextInt(60);
      double agreement = 3 * random.nextDouble();
      int[] given = random.ints(count, 0, classes).toArray();
      float[] logits = new float[count * classes];
      for (int i = 0; i < logits.length; i++) {
        double noise = round % 2 == 0 ? random.nextGaussian() : random.nextInt(3);
        logits[i] = (float) (noise + (i % classes == given[i / classes] ? agreement : 0));
      }
      GivenLabels labels = new GivenLabels(given, classes);
      Matrix probabilities = new Matrix(logits, count, classes).softmax();
      int[] predicted = probabilities.largest();
      int[][] joint = ConfidentJoint.estimate(labels, probabilities, predicted);
      if (labels.classes().anyMatch(c -> joint[c][c] < 1)) {
        continue;
      }

      // When
      boolean[] issues = new ConfidentLearning().judge(labels, probabilities).labelIssues();

      // Then
      boolean[] expected = new boolean[count];
      for (int c = 0; c < classes; c++) {
        int label = c;
        List<Integer> members =
            IntStream.range(0, count).filter(i -> given[i] == label).boxed().toList();
        for (int truth = 0; truth < classes && members.size() > 1; truth++) {
          int other = truth;
          members.stream()
              .sorted(
                  Comparator.comparingDouble(
                      i -> (double) probabilities.at(i, label) - probabilities.at(i, other)))
              .limit(truth == c ? 0 : joint[c][truth])
              .filter(i -> probabilities.at(i, label) + 1e-6 <= probabilities.at(i, predicted[i]))
              .forEach(i -> expected[i] = true);
        }
      }
      assertThat(issues).as("round " + round).isEqualTo(expected);
    }
  }

  @Test
  void refusesEvidenceOfOtherSamplesOrClasses() {
    GivenLabels labels = new GivenLabels(new int[] {0, 1}, 2);

    assertThatThrownBy(() -> new ConfidentLearning().judge(labels, zeros(3, 2)))
        .hasMessageContaining("3 samples");
    assertThatThrownBy(() -> new ConfidentLearning().judge(labels, zeros(2, 3)))
        .hasMessageContaining("3 classes");
    assertThatThrownBy(() -> new AreaUnderMargin().judge(labels, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new GivenLabels(new int[] {2}, 2)).hasMessageContaining("Label 2");
  }

  private static int[] at(int[] ids, int[] positions) {
    return Arrays.stream(positions).map(i -> ids[i]).toArray();
  }

  private static Matrix zeros(int rows, int columns) {
    return new Matrix(new float[rows * columns], rows, columns);
  }

  private static int[] shuffled(int count) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    Collections.shuffle(order, new Random(2));
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Matrix rows(Matrix matrix, int[] order) {
    float[] values = new float[matrix.values().length];
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(
          matrix.values(),
          order[i] * matrix.columns(),
          values,
          i * matrix.columns(),
          matrix.columns());
    }
    return new Matrix(values, matrix.rows(), matrix.columns());
  }

  /** Three classes in 12 dimensions, and some samples of class 0 labelled as class 1. */
  private record Planted(GivenLabels truth, GivenLabels labels, Matrix features) {
    static Planted of(int flips) {
      Random random = new Random(11);
      int count = 3 * PER_CLASS;
      float[] values = new float[count * 12];
      int[] truth = new int[count];
      int[] labels = new int[count];
      for (int i = 0; i < count; i++) {
        truth[i] = i / PER_CLASS;
        labels[i] = i < flips ? 1 : truth[i];
        for (int c = 0; c < 12; c++) {
          values[i * 12 + c] = (float) (random.nextGaussian() + (c / 4 == truth[i] ? 6 : 1));
        }
      }
      return new Planted(
          new GivenLabels(truth, 3), new GivenLabels(labels, 3), new Matrix(values, count, 12));
    }

    Activations activations() {
      return new Activations(features, labels.given());
    }

    boolean[] flipped() {
      boolean[] flipped = new boolean[labels.count()];
      for (int i = 0; i < flipped.length; i++) {
        flipped[i] = truth.given()[i] != labels.given()[i];
      }
      return flipped;
    }
  }
}
