package dev.hemlock.dataset;

import static dev.hemlock.dataset.Workbench.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.dataset.validation.Action;
import dev.hemlock.dataset.validation.Baseline;
import dev.hemlock.dataset.validation.Check;
import dev.hemlock.dataset.validation.CheckedSplit;
import dev.hemlock.dataset.validation.Finding;
import dev.hemlock.dataset.validation.Policy;
import dev.hemlock.dataset.validation.Validation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ValidationsTest {
  private Workbench bench;
  private Validations validations;
  private NamedSnapshot digits;

  @BeforeEach
  void importDigits(@TempDir Path directory) {
    bench = new Workbench(directory);
    validations = new Validations(bench.documents, bench.blobs);
    digits = bench.imports.digits(TENANT, Workbench.options(), (images, read) -> {});
  }

  @Test
  void admitsTheDigitsAndRefusesThemWithFortyPercentOfTheOnesFlipped() {
    // Given
    int[] labels = bench.labels(digits, "train");
    int[] ones = IntStream.range(0, labels.length).filter(i -> labels[i] == 1).toArray();
    Arrays.stream(ones).limit(Math.round(0.4 * ones.length)).forEach(i -> labels[i] = 7);
    NamedSnapshot poisoned =
        bench.snapshots.relabel(
            TENANT, digits.name(), "", bench.blobs.put(TENANT, LabelBlob.encode(labels)), "{}");

    // When
    Validation clean = against(digits);
    Validation flipped = against(poisoned);

    // Then
    assertThat(clean.verdict()).isEqualTo(Action.ADMIT);
    assertThat(flipped.verdict()).isEqualTo(Action.REFUSE);
    assertThat(sum(flipped, Check.LABEL_CHANGES)).isEqualTo(58);
    assertThat(alarms(flipped))
        .containsExactly(Check.LABEL_CHANGES, Check.NEAR_DUPLICATE_CONFLICTS);
  }

  /** {@code docs/validation.md} cites the rates. */
  @Test
  void raisesFewFalseAlarmsBetweenHalvesOfTheDigits() {
    // Given the clean training images, halved at random again and again
    CheckedSplit all = checked();
    Map<Check, Integer> alarms = new EnumMap<>(Check.class);
    for (int seed = 0; seed < 200; seed++) {
      List<Integer> order = new ArrayList<>(IntStream.range(0, all.ids().length).boxed().toList());
      Collections.shuffle(order, new Random(seed));
      int half = order.size() / 2;
      Validation validation =
          Validation.of(
              List.of(part(all, order.subList(0, half))),
              new Baseline.Reference(List.of(part(all, order.subList(half, order.size())))),
              Policy.DEFAULT);
      alarms(validation).forEach(check -> alarms.merge(check, 1, Integer::sum));
    }

    // Then
    assertThat(alarms).containsExactly(Map.entry(Check.CRAMERS_V, 16));
    assertThat(Check.CRAMERS_V.defaultRule().action()).isEqualTo(Action.ADMIT);
  }

  private Validation against(NamedSnapshot snapshot) {
    return validations.against(TENANT, snapshot.name(), digits.name(), Policy.DEFAULT);
  }

  private static List<Check> alarms(Validation validation) {
    return validation.findings().stream()
        .filter(Finding::alarm)
        .map(Finding::check)
        .distinct()
        .toList();
  }

  private static int sum(Validation validation, Check check) {
    return validation.findings().stream()
        .filter(finding -> finding.check() == check)
        .mapToInt(Finding::sampleCount)
        .sum();
  }

  private CheckedSplit checked() {
    Samples samples = bench.samples(digits, "train");
    byte[][] images = new byte[samples.ids().length][];
    for (int id : samples.ids()) {
      images[id] = samples.image(id).bytes();
    }
    return new CheckedSplit(
        "train",
        digits.snapshot().classNames(),
        samples.ids(),
        samples.labels(),
        new CheckedSplit.Images() {
          @Override
          public ImageShape shape() {
            return digits.snapshot().shape();
          }

          @Override
          public void copy(int id, byte[] target) {
            System.arraycopy(images[id], 0, target, 0, target.length);
          }

          @Override
          public Object storage() {
            return images;
          }
        });
  }

  private static CheckedSplit part(CheckedSplit split, List<Integer> indexes) {
    int[] sorted = indexes.stream().mapToInt(i -> i).sorted().toArray();
    return new CheckedSplit(
        split.name(),
        split.classNames(),
        Arrays.stream(sorted).map(i -> split.ids()[i]).toArray(),
        Arrays.stream(sorted).map(i -> split.labels()[i]).toArray(),
        split.images());
  }
}
