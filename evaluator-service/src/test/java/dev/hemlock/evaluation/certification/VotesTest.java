package dev.hemlock.evaluation.certification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VotesTest {
  private static final int CLASSES = 3;

  @ParameterizedTest
  @CsvSource({
    "'0,0,0,0,0',0,2",
    "'2,2,2,2',2,1",
    "'0,0,0,1,1',0,0",
    "'1,1,1,0,0',1,0",
    "'0,0,0,0,1',0,1",
    "'1,1,1,1,0',1,1",
    "'0,0,1,1',0,0",
    "'2,1,0',0,0",
    "'2,2,2,2,2,2,2,1,0',2,2",
    "'0,0,0,0,0,0,0,1,2',0,3",
    "'1',1,0"
  })
  void certifiesHalfTheLeadLessTheTieBreak(String votes, int prediction, int radius) {
    Votes one = single(parse(votes));

    assertThat(one.prediction(0)).isEqualTo(prediction);
    assertThat(one.radius(0)).isEqualTo(radius);
  }

  @Test
  void certifiesEverySampleOnItsOwn() {
    Votes votes = new Votes(Aggregation.of(3, 1, 0), new int[][] {{0, 1}, {0, 2}, {0, 1}}, CLASSES);

    assertThat(votes.sampleCount()).isEqualTo(2);
    assertThat(votes.counts(1)).containsExactly(0, 2, 1);
    assertThat(votes.radius(0)).isEqualTo(1);
    assertThat(votes.radius(1)).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    // The target is predicted.
    "'2,2,0',2,-1",
    "'0,0,0,0,0',2,2",
    // Both others have 4 votes; beating one of them takes 3 votes, beating both takes 4.
    "'0,0,0,0,1,1,1,1',2,3",
    "'0,0,0,0,1,1,1,1',1,0"
  })
  void certifiesThatTheTargetIsNotPredicted(String votes, int target, int radius) {
    assertThat(single(parse(votes)).radius(0, target)).isEqualTo(radius);
  }

  /** Every way in which up to r of the partitions can change the votes of their models. */
  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "3,1", "4,1", "5,1", "6,1", "2,2", "3,2", "2,3"})
  void neverCertifiesTooMuchAndWithoutSpreadNeverTooLittle(int partitions, int spread) {
    Random random = new Random(partitions * 10L + spread);
    for (int i = 0; i < 40; i++) {
      Aggregation aggregation = Aggregation.of(partitions, spread, i);
      int[] given = random.ints(aggregation.count(), 0, CLASSES).toArray();
      Votes votes = votes(aggregation, given);
      int prediction = votes.prediction(0);

      int harmless = harmless(aggregation, given, changed -> changed != prediction);
      assertThat(votes.radius(0)).isLessThanOrEqualTo(harmless);
      if (spread == 1) {
        assertThat(votes.radius(0)).isEqualTo(harmless);
      }
      for (int t = 0; t < CLASSES; t++) {
        int target = t;
        int missed = harmless(aggregation, given, changed -> changed == target);
        assertThat(votes.radius(0, target)).isLessThanOrEqualTo(missed);
        if (spread == 1) {
          assertThat(votes.radius(0, target)).isEqualTo(missed);
        }
      }
    }
  }

  /** Levine and Feizi: half the lead over the runner-up, which a tie favours if its index is lower. */
  @Test
  void agreesWithTheFormulaOfDeepPartitionAggregation() {
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      int[] given = random.ints(1 + random.nextInt(60), 0, 1 + random.nextInt(10)).toArray();
      Votes votes = votes(Aggregation.of(given.length, 1, 0), given, 10);
      int[] counts = votes.counts(0);
      int first = votes.prediction(0);
      int second =
          IntStream.range(0, 10)
              .filter(c -> c != first)
              .map(c -> counts[c] + (c < first ? 1 : 0))
              .max()
              .orElseThrow();

      assertThat(votes.radius(0)).isEqualTo((counts[first] - second) / 2);
    }
  }

  /** Wang, Levine and Feizi: the largest sums of harm that the lead outlasts. */
  @Test
  void agreesWithTheTheoremOfFiniteAggregation() {
    Random random = new Random(2);
    for (int i = 0; i < 500; i++) {
      int spread = 2 + random.nextInt(4);
      Aggregation aggregation = Aggregation.of(2 + random.nextInt(12), spread, i);
      int[] given = random.ints(aggregation.count(), 0, 4).toArray();
      for (int j = 0; j < given.length; j++) {
        given[j] = random.nextInt(3) == 0 ? given[j] : 1;
      }
      Votes votes = votes(aggregation, given, 4);
      int[] counts = votes.counts(0);
      int first = votes.prediction(0);
      int smallest = Integer.MAX_VALUE;
      for (int rival = 0; rival < 4; rival++) {
        if (rival != first) {
          smallest = Math.min(smallest, theorem(aggregation, given, counts, first, rival));
        }
      }

      assertThat(votes.radius(0)).isEqualTo(smallest);
      // Never below what d changed votes a partition allow.
      assertThat(votes.radius(0)).isGreaterThanOrEqualTo(gap(counts, first) / (2 * spread));
    }
  }

  @Test
  void refusesOtherThanOneVoteAModel() {
    Aggregation aggregation = Aggregation.of(3, 1, 0);

    assertThatThrownBy(() -> new Votes(aggregation, new int[2][1], CLASSES))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static int gap(int[] counts, int first) {
    return IntStream.range(0, counts.length)
        .filter(c -> c != first)
        .map(c -> counts[first] - counts[c] - (c < first ? 1 : 0))
        .min()
        .orElseThrow();
  }

  private static int theorem(
      Aggregation aggregation, int[] given, int[] counts, int first, int rival) {
    List<Integer> harms = new ArrayList<>();
    for (int partition = 0; partition < aggregation.count(); partition++) {
      int harm = 0;
      for (int model = 0; model < aggregation.count(); model++) {
        if (aggregation.trains(partition, model)) {
          harm += given[model] == first ? 2 : given[model] == rival ? 0 : 1;
        }
      }
      harms.add(-harm);
    }
    int left = counts[first] - counts[rival] - (rival < first ? 1 : 0);
    int radius = 0;
    for (int negative : harms.stream().sorted().toList()) {
      left += negative;
      if (left < 0) {
        return radius;
      }
      radius++;
    }
    return radius;
  }

  /** The most partitions that can't bring a prediction about; -1 if it is there without any. */
  private static int harmless(Aggregation aggregation, int[] given, IntPredicate harm) {
    int most = -1;
    for (int size = 0; size <= aggregation.count(); size++) {
      if (reachable(aggregation, given, size, harm)) {
        return most;
      }
      most = size;
    }
    return most;
  }

  private static boolean reachable(
      Aggregation aggregation, int[] given, int size, IntPredicate harm) {
    for (int chosen = 0; chosen < (1 << aggregation.count()); chosen++) {
      if (Integer.bitCount(chosen) == size) {
        int partitions = chosen;
        int[] models =
            IntStream.range(0, aggregation.count())
                .filter(
                    model ->
                        IntStream.range(0, aggregation.count())
                            .anyMatch(
                                partition ->
                                    ((partitions >> partition) & 1) == 1
                                        && aggregation.trains(partition, model)))
                .toArray();
        if (reachable(given.clone(), models, 0, harm)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean reachable(int[] votes, int[] models, int next, IntPredicate harm) {
    if (next == models.length) {
      int[] counts = new int[CLASSES];
      Arrays.stream(votes).forEach(vote -> counts[vote]++);
      int most = Arrays.stream(counts).max().orElseThrow();
      return harm.test(
          IntStream.range(0, CLASSES).filter(c -> counts[c] == most).findFirst().orElseThrow());
    }
    for (int c = 0; c < CLASSES; c++) {
      votes[models[next]] = c;
      if (reachable(votes, models, next + 1, harm)) {
        return true;
      }
    }
    return false;
  }

  private static int[] parse(String votes) {
    return Arrays.stream(votes.split(",", -1)).mapToInt(Integer::parseInt).toArray();
  }

  private static Votes single(int[] votes) {
    return votes(Aggregation.of(votes.length, 1, 0), votes);
  }

  private static Votes votes(Aggregation aggregation, int[] ofOneSample) {
    return votes(aggregation, ofOneSample, CLASSES);
  }

  private static Votes votes(Aggregation aggregation, int[] ofOneSample, int classes) {
    int[][] byModel =
        Arrays.stream(ofOneSample).mapToObj(vote -> new int[] {vote}).toArray(int[][]::new);
    return new Votes(aggregation, byModel, classes);
  }
}
