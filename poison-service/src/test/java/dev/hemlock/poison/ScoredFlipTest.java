package dev.hemlock.poison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.protobuf.ByteString;
import dev.hemlock.common.error.HemlockException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Ranks against NumPy and SciPy; the fixture's script lies beside it. */
class ScoredFlipTest {
  private static final Recorded RECORDED = recorded();

  private record Recorded(
      int classCount,
      int source,
      int target,
      int[] labels,
      float[][] logits,
      float[][] features,
      double[] crossEntropyOfTarget,
      int[] nearestToTarget,
      int[] mostConfident,
      int[] leastConfident,
      int[] highestLoss) {}

  @ParameterizedTest
  @MethodSource("rules")
  void ranksAsNumPyDoes(ScoreRule rule, float[][] outputs, int[] ranked) {
    Attack attack = new ScoredFlip(RECORDED.source, RECORDED.target, rule, rows(outputs));

    List<LabelFlip> flips =
        attack.candidates(Labels.of(RECORDED.classCount, RECORDED.labels), new Seed(3));

    assertThat(flips.stream().mapToInt(LabelFlip::sampleId)).containsExactly(box(ranked));
    assertThat(flips).allMatch(flip -> flip.to() == RECORDED.target);
  }

  static Stream<Arguments> rules() {
    return Stream.of(
        Arguments.of(new NearestToTarget(), RECORDED.features, RECORDED.nearestToTarget),
        Arguments.of(new MostConfident(), RECORDED.logits, RECORDED.mostConfident),
        Arguments.of(new LeastConfident(), RECORDED.logits, RECORDED.leastConfident),
        Arguments.of(new HighestLoss(), RECORDED.logits, RECORDED.highestLoss));
  }

  @Test
  void crossEntropiesAgreeWithSciPy() {
    for (int i = 0; i < RECORDED.labels.length; i++) {
      double expected = RECORDED.crossEntropyOfTarget[i];
      assertThat(CrossEntropy.of(RECORDED.logits[i], RECORDED.target))
          .isCloseTo(expected, within(1e-12 * Math.max(1, expected)));
    }
  }

  @Test
  void probabilitiesThatRoundToOneKeepTheirOrder() {
    assertThat(CrossEntropy.of(new float[] {60, 0}, 0))
        .isPositive()
        .isLessThan(CrossEntropy.of(new float[] {59, 0}, 0));
    assertThat(CrossEntropy.of(new float[] {-3e38f, 3e38f}, 0)).isFinite();
  }

  @Test
  void samplesOfEqualScoreGoByAscendingId() {
    Labels labels = new Labels(2, new int[] {3, 5, 9}, new int[] {0, 0, 0});
    float[][] equal = {{1, 0}, {1, 0}, {1, 0}};

    for (ScoreRule rule : List.of(new MostConfident(), new LeastConfident(), new HighestLoss())) {
      assertThat(new ScoredFlip(0, 1, rule, rows(equal)).candidates(labels, new Seed(1)))
          .extracting(LabelFlip::sampleId)
          .containsExactly(3, 5, 9);
    }
  }

  @Test
  void nearestNeedsSamplesOfTheTargetClass() {
    Attack attack = new ScoredFlip(0, 1, new NearestToTarget(), rows(new float[][] {{1}, {2}}));

    assertThatThrownBy(() -> attack.candidates(Labels.of(2, 0, 0), new Seed(1)))
        .isInstanceOf(HemlockException.class)
        .hasMessageEndingWith("choose another target class or rule");
  }

  @Test
  void readsRowsFromChunksOfAnySize() {
    float[][] rows = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}};
    ByteBuffer bytes = ByteBuffer.allocate(36).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : rows) {
      for (float value : row) {
        bytes.putFloat(value);
      }
    }
    for (int size = 1; size <= 36; size++) {
      RowReader reader = new RowReader(3, position -> position != 1);
      for (int from = 0; from < 36; from += size) {
        reader.accept(ByteString.copyFrom(bytes.array(), from, Math.min(size, 36 - from)));
      }
      assertThat(reader.outputs().rows()).containsOnlyKeys(0, 2);
      assertThat(reader.outputs().of(0)).containsExactly(1, 2, 3);
      assertThat(reader.outputs().of(2)).containsExactly(7, 8, 9);
    }
  }

  private static ModelOutputs rows(float[][] rows) {
    Map<Integer, float[]> byPosition = new HashMap<>();
    for (int i = 0; i < rows.length; i++) {
      byPosition.put(i, rows[i]);
    }
    return new ModelOutputs(byPosition);
  }

  private static Integer[] box(int[] values) {
    return java.util.Arrays.stream(values).boxed().toArray(Integer[]::new);
  }

  private static Recorded recorded() {
    try (Reader file =
        new InputStreamReader(
            ScoredFlipTest.class.getResourceAsStream("scores.json"), StandardCharsets.UTF_8)) {
      return new Gson().fromJson(file, Recorded.class);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
