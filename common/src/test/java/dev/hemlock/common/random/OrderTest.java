package dev.hemlock.common.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;
import org.junit.jupiter.api.Test;

class OrderTest {
  private static int[] toArray(Integer[] ids) {
    return Arrays.stream(ids).mapToInt(Integer::intValue).toArray();
  }

  @Property
  void isAPermutationSortedByBits(
      @ForAll int seed, @ForAll @Size(max = 50) @UniqueElements Integer[] ids) {
    RandomStream stream = new RandomStream(seed, Purpose.ORDER);

    int[] order = Order.of(stream, 3, toArray(ids));

    assertThat(Arrays.stream(order).sorted().toArray())
        .isEqualTo(IntStream.range(0, ids.length).toArray());
    for (int i = 1; i < order.length; i++) {
      long before = stream.bits(3, ids[order[i - 1]]);
      long here = stream.bits(3, ids[order[i]]);
      assertThat(Long.compareUnsigned(before, here)).isLessThanOrEqualTo(0);
    }
  }

  @Property
  void ordersASampleTheSameWhateverElseIsThere(
      @ForAll int seed,
      @ForAll @Size(min = 2, max = 30) @UniqueElements Integer[] ids,
      @ForAll @IntRange(max = 29) int dropped) {
    RandomStream stream = new RandomStream(seed, Purpose.ORDER);
    int[] all = toArray(ids);
    int gone = all[dropped % all.length];
    int[] rest = Arrays.stream(all).filter(id -> id != gone).toArray();

    int[] orderOfRest = Arrays.stream(Order.of(stream, 0, rest)).map(i -> rest[i]).toArray();

    int[] orderOfAll =
        Arrays.stream(Order.of(stream, 0, all)).map(i -> all[i]).filter(id -> id != gone).toArray();
    assertThat(orderOfRest).isEqualTo(orderOfAll);
  }

  @Property
  void nestsSmallerChoicesInLargerOnes(
      @ForAll int seed, @ForAll @IntRange(max = 99) int few, @ForAll @IntRange(max = 99) int many) {
    int[] ids = IntStream.range(0, 100).map(i -> 3 * i).toArray();
    RandomStream stream = new RandomStream(seed, Purpose.FLIP);

    int[] smaller = Order.choose(stream, 0, ids, Math.min(few, many));
    int[] larger = Order.choose(stream, 0, ids, Math.max(few, many));

    assertThat(smaller).hasSize(Math.min(few, many)).isSorted().doesNotHaveDuplicates();
    assertThat(Arrays.stream(larger).boxed().toList())
        .containsAll(Arrays.stream(smaller).boxed().toList());
  }

  @Test
  void choosesEverySampleAboutEquallyOften() {
    int[] ids = IntStream.range(0, 20).toArray();
    int[] counts = new int[20];

    for (int seed = 0; seed < 4_000; seed++) {
      for (int id : Order.choose(new RandomStream(seed, Purpose.FLIP), 0, ids, 5)) {
        counts[id]++;
      }
    }

    // Expected 1000 each, standard deviation 27.4.
    assertThat(Arrays.stream(counts).min().orElse(0)).isGreaterThan(1000 - 5 * 28);
    assertThat(Arrays.stream(counts).max().orElse(0)).isLessThan(1000 + 5 * 28);
  }

  @Test
  void refusesToChooseMoreThanThereAre() {
    RandomStream stream = new RandomStream(1, Purpose.SUBSET);

    assertThatThrownBy(() -> Order.choose(stream, 0, new int[3], 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 of 3");
  }
}
