package dev.hemlock.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.storage.Digest;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RandomnessTest {
  private static final ImageShape TINY = new ImageShape(2, 3, 1);
  private static final byte[] IMAGE = {1, 2, 3, 4, 5, 6};
  private static final Digest INITIAL = Digest.of(new byte[] {1});
  private static final int[] IDS = IntStream.range(0, 200).map(i -> 3 * i).toArray();

  @Test
  void shiftsThenMirrorsWithZerosAround() {
    Augmentation augmentation = new Augmentation(true, 1);

    assertThat(changed(augmentation, new Augmentation.Draw(1, 1, false))).containsExactly(IMAGE);
    assertThat(changed(augmentation, new Augmentation.Draw(0, 1, false)))
        .containsExactly(0, 0, 0, 1, 2, 3);
    assertThat(changed(augmentation, new Augmentation.Draw(1, 2, false)))
        .containsExactly(2, 3, 0, 5, 6, 0);
    assertThat(changed(augmentation, new Augmentation.Draw(1, 2, true)))
        .containsExactly(0, 3, 2, 0, 6, 5);
  }

  @Test
  void keepsAPixelsChannelsInOrder() {
    // Given
    ImageShape colour = new ImageShape(1, 2, 3);
    byte[] target = new byte[6];

    // When
    new Augmentation(true, 0).apply(new Augmentation.Draw(0, 0, true), colour, IMAGE, target);

    // Then
    assertThat(target).containsExactly(4, 5, 6, 1, 2, 3);
  }

  @Test
  void drawsEveryShiftAndBothSidesEvenly() {
    // Given
    RunRandomness randomness = new RunRandomness(1, new Augmentation(true, 2));
    int[] downs = new int[5];
    int[] rights = new int[5];
    int mirrored = 0;

    // When
    for (int id = 0; id < 10_000; id++) {
      Augmentation.Draw draw = randomness.draw(4, id);
      downs[draw.down()]++;
      rights[draw.right()]++;
      mirrored += draw.mirrored() ? 1 : 0;
    }

    // Then
    assertThat(Arrays.stream(downs)).allMatch(count -> count > 1800 && count < 2200);
    assertThat(Arrays.stream(rights)).allMatch(count -> count > 1800 && count < 2200);
    assertThat(mirrored).isBetween(4800, 5200);
  }

  @Test
  void eachEpochHasAnOrderOfItsOwn() {
    // Given
    RunRandomness randomness = new RunRandomness(1, Augmentation.NONE);

    // When
    int[] first = randomness.order(0, IDS);
    int[] second = randomness.order(1, IDS);

    // Then
    assertThat(first).isNotEqualTo(second);
    assertThat(Arrays.stream(first).sorted())
        .containsExactlyElementsOf(IntStream.range(0, 200).boxed().toList());
  }

  /** Mean 1/2, variance 1 / (4 (2 alpha + 1)) and the fourth central moment of the distribution. */
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.5, 1, 1.5, 8, 32})
  void sharesAreBetaDistributed(double alpha) {
    // Given
    RunRandomness randomness = new RunRandomness(3, Augmentation.NONE);
    int count = 40_000;
    double variance = 1 / (4 * (2 * alpha + 1));
    double fourth = 3 * variance * variance * (2 * alpha + 1) / (2 * alpha + 3);

    // When
    double[] deviations =
        IntStream.range(0, count).mapToDouble(id -> randomness.share(2, id, alpha) - 0.5).toArray();

    // Then
    assertThat(Arrays.stream(deviations)).allMatch(value -> Math.abs(value) <= 0.5);
    assertThat(Arrays.stream(deviations).average().orElseThrow())
        .isCloseTo(0, within(5 * Math.sqrt(variance / count)));
    assertThat(Arrays.stream(deviations).map(value -> value * value).average().orElseThrow())
        .isCloseTo(variance, within(5 * Math.sqrt((fourth - variance * variance) / count)));
    assertThat(Arrays.stream(deviations).map(value -> Math.pow(value, 4)).average().orElseThrow())
        .isCloseTo(fourth, withinPercentage(8));
  }

  @Test
  void everySampleOfABatchIsThePartnerOfOne() {
    // Given
    RunRandomness randomness = new RunRandomness(3, Augmentation.NONE);

    // When
    int[] partners = randomness.partners(1, IDS);

    // Then
    assertThat(partners)
        .containsExactlyInAnyOrder(IntStream.range(0, 200).toArray())
        .isNotEqualTo(randomness.partners(2, IDS));
  }

  @Test
  void theStreamDigestCoversAllRandomness() {
    // Given
    Augmentation flip = new Augmentation(true, 0);
    String plain = stream(7, Augmentation.NONE, IDS, 2);

    // Then
    assertThat(stream(7, Augmentation.NONE, IDS, 2)).isEqualTo(plain);
    assertThat(
            new String[] {
              stream(8, Augmentation.NONE, IDS, 2),
              stream(7, flip, IDS, 2),
              stream(7, Augmentation.NONE, IDS, 3),
              stream(7, Augmentation.NONE, Arrays.copyOf(IDS, 199), 2)
            })
        .doesNotContain(plain)
        .doesNotHaveDuplicates();
  }

  private static byte[] changed(Augmentation augmentation, Augmentation.Draw draw) {
    byte[] target = new byte[IMAGE.length];
    augmentation.apply(draw, TINY, IMAGE, target);
    return target;
  }

  private static String stream(int seed, Augmentation augmentation, int[] ids, int epochs) {
    RunRandomness randomness = new RunRandomness(seed, augmentation);
    StreamDigest digest = new StreamDigest(randomness);
    for (int epoch = 0; epoch < epochs; epoch++) {
      int[] order = randomness.order(epoch, ids);
      digest.add(epoch, Arrays.stream(order).map(position -> ids[position]).toArray());
    }
    return digest.finish(seed, List.of(INITIAL)).toString();
  }
}
