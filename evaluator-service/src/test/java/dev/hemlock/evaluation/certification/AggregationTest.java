package dev.hemlock.evaluation.certification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.storage.Digest;
import java.security.MessageDigest;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AggregationTest {
  @ParameterizedTest
  @CsvSource({"1,1", "5,1", "5,3", "2,16", "50,4"})
  void hasEveryPartitionTrainAsManyModelsAsItIsSpreadTo(int partitions, int spread) {
    Aggregation aggregation = Aggregation.of(partitions, spread, 7);

    assertThat(aggregation.count()).isEqualTo(partitions * spread);
    for (int i = 0; i < aggregation.count(); i++) {
      int fixed = i;
      int[] models =
          IntStream.range(0, aggregation.count())
              .filter(model -> aggregation.trains(fixed, model))
              .toArray();
      int[] listed =
          IntStream.range(0, spread).map(which -> aggregation.model(fixed, which)).toArray();
      assertThat(models).hasSize(spread).containsExactlyInAnyOrder(listed);
      assertThat(
              IntStream.range(0, aggregation.count())
                  .filter(partition -> aggregation.trains(partition, fixed)))
          .hasSize(spread);
    }
  }

  @Test
  void trainsEachModelOnItsOwnPartitionWithoutSpread() {
    Aggregation aggregation = Aggregation.of(25, 1, 99);

    assertThat(aggregation.shifts()).containsExactly(0);
    assertThat(aggregation.trains(24, 24)).isTrue();
  }

  /** Python: {@code int.from_bytes(hashlib.sha256(text).digest()[:8], "big") % count}. */
  @ParameterizedTest
  @CsvSource({"hemlock,50,17", "hemlock,7,6", "label flip,1000,521", "image,2,1"})
  void putsAnImageWhereItsDigestSays(String text, int count, int partition) {
    assertThat(Aggregation.of(count, 1, 1).partition(sha256(text))).isEqualTo(partition);
  }

  @Test
  void fillsPartitionsEvenly() {
    Aggregation aggregation = Aggregation.of(10, 1, 0);
    int[] sizes = new int[10];

    IntStream.range(0, 10_000).forEach(i -> sizes[aggregation.partition(sha256("image " + i))]++);

    // Binomial: 1000 with a standard deviation of 30.
    assertThat(IntStream.of(sizes).boxed())
        .allSatisfy(size -> assertThat(size).isBetween(880, 1120));
  }

  @Test
  void refusesShiftsThatRepeat() {
    assertThatThrownBy(() -> new Aggregation(5, List.of(1, 1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Aggregation(5, List.of(5)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Aggregation(5, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] sha256(String text) {
    MessageDigest sha256 = Digest.sha256();
    return sha256.digest(text.getBytes(UTF_8));
  }
}
