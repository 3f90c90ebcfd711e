package dev.hemlock.common.random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RandomStreamTest {
  @Property
  void drawsBitsFromTheDocumentedWords(
      @ForAll int seed,
      @ForAll Purpose purpose,
      @ForAll int epoch,
      @ForAll int id,
      @ForAll @IntRange(min = 0) int position) {
    int[] block = new int[4];
    Philox.block(position / 2, id, epoch, 0, seed, purpose.number(), block);
    int low = 2 * (position % 2);

    long bits = new RandomStream(seed, purpose).bits(epoch, id, position);

    assertThat((int) bits).isEqualTo(block[low]);
    assertThat((int) (bits >>> 32)).isEqualTo(block[low + 1]);
  }

  /** A change here changes every run's result: it needs another {@link RandomStream#VERSION}. */
  @Test
  void neverChangesItsValues() {
    RandomStream stream = new RandomStream(42, Purpose.ORDER);
    float[] uniforms = new float[5];
    float[] normals = new float[5];

    stream.fillUniform(1, 2, -1, 1, uniforms);
    stream.fillNormal(1, 2, 0, 1, normals);

    assertThat(RandomStream.VERSION).isEqualTo("philox4x32-10/1");
    // From an implementation in Python that shares no code with this one.
    assertThat(stream.bits(3, 7)).isEqualTo(-5723429341556820337L);
    assertThat(stream.normal(3, 7)).isCloseTo(0.4950916146621936, within(1e-15));
    assertThat(uniforms)
        .containsExactly(
            0.8333688974380493f,
            -0.3955336809158325f,
            0.27729523181915283f,
            -0.4592243432998657f,
            0.7139425277709961f);
    assertThat(normals)
        .containsExactly(
            1.3831104400438563f,
            -0.5179884389311784f,
            0.3548462846276395f,
            -0.6116404025964784f,
            1.066810489804242f);
  }

  @Property
  void keepsUniformValuesInRange(@ForAll int seed, @ForAll int id) {
    RandomStream stream = new RandomStream(seed, Purpose.INIT);
    float[] values = new float[7];

    stream.fillUniform(0, id, -0.25f, 0.25f, values);

    assertThat(stream.uniform(0, id)).isGreaterThanOrEqualTo(0).isLessThan(1);
    assertThat(stream.below(10, 0, id, 3)).isBetween(0, 9);
    for (float value : values) {
      assertThat(value).isBetween(-0.25f, 0.25f);
    }
  }

  @Test
  void givesUnrelatedStreamsToSeedsPurposesEpochsAndIds() {
    long[] bits = {
      new RandomStream(1, Purpose.ORDER).bits(0, 0),
      new RandomStream(2, Purpose.ORDER).bits(0, 0),
      new RandomStream(1, Purpose.FLIP).bits(0, 0),
      new RandomStream(1, Purpose.ORDER).bits(1, 0),
      new RandomStream(1, Purpose.ORDER).bits(0, 1),
      new RandomStream(1, Purpose.ORDER).bits(0, 0, 1)
    };

    assertThat(bits).doesNotHaveDuplicates();
  }

  @Test
  void numbersPurposesForGood() {
    assertThat(Purpose.values())
        .extracting(Purpose::number)
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18, 19);
  }

  @Test
  void fillsElevenMillionNormalValuesWithTheRightMoments() {
    float[] values = new float[11_000_000];

    new RandomStream(7, Purpose.INIT).fillNormal(0, 0, 0.5f, 2f, values);

    double mean = IntStream.range(0, values.length).mapToDouble(i -> values[i]).average().orElse(0);
    double variance =
        IntStream.range(0, values.length)
            .mapToDouble(i -> (values[i] - mean) * (values[i] - mean))
            .average()
            .orElse(0);
    assertThat(mean).isCloseTo(0.5, within(0.004));
    assertThat(variance).isCloseTo(4, within(0.02));
  }
}
