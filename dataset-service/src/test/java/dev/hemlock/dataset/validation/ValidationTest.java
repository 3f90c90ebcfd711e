package dev.hemlock.dataset.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ValidationTest {
  private final Object storage = new Object();
  private final Drawn clean = Drawn.random(300, 1);

  @Test
  void admitsTheReferenceItself() {
    Validation validation = against(train(clean), train(clean));

    assertThat(validation.findings()).noneMatch(Finding::alarm);
    assertThat(validation.verdict()).isEqualTo(Action.ADMIT);
  }

  @Test
  void findsEveryLabelOfABalancedSwapThatTheMarginsDoNotShow() {
    // Given 20 cats that became dogs and 20 dogs that became cats
    Drawn swapped = Drawn.random(300, 1);
    for (int i = 0; i < 120; i++) {
      int label = swapped.labels.get(i);
      swapped.labels.set(i, label == 2 ? 2 : 1 - label);
    }

    // When
    Validation validation = against(train(swapped), train(clean));

    // Then
    assertThat(finding(validation, Check.LABEL_CHANGES).sampleCount()).isEqualTo(80);
    assertThat(finding(validation, Check.LABEL_CHANGES).samples().get(0))
        .isEqualTo(new Finding.Sample("train", 0, "dog", "train", 0, "cat"));
    assertThat(finding(validation, Check.LABEL_CHANGES).sentence())
        .startsWith("80 of 300 samples")
        .contains("cat → dog 40", "dog → cat 40");
    assertThat(finding(validation, Check.CHI_SQUARED).figure()).hasValue(1);
    assertThat(validation.verdict()).isEqualTo(Action.REFUSE);
    assertThat(validation.sentence()).isEqualTo("Refused, because of: label changes.");
  }

  @Test
  void knowsSamplesByTheirImagesWhereTheyAreStoredInAnotherOrder() {
    // Given the same samples in reverse order, two of them labelled differently
    Drawn again = Drawn.random(300, 1);
    again.labels.set(7, 2);
    again.labels.set(9, 2);
    Collections.reverse(again.images);
    Collections.reverse(again.labels);

    // When
    Validation validation =
        against(again.split("train", Drawn.CLASSES, new Object()), train(clean));

    // Then
    Finding changes = finding(validation, Check.LABEL_CHANGES);
    assertThat(changes.samples())
        .extracting(Finding.Sample::id, Finding.Sample::otherId)
        .containsExactly(tuple(290, 9), tuple(292, 7));
    assertThat(changes.sentence()).endsWith("0 samples are not in the reference.");
  }

  @Test
  void findsEqualAndNearlyEqualImagesWithOtherLabelsOrInOtherSplits() {
    // Given a copy with another label, a brighter copy in the test split, and an unlike image
    Drawn train = Drawn.random(60, 2).add(Drawn.random(60, 2).images.get(5), 0);
    Drawn test = Drawn.random(5, 3).add(brighter(train.images.get(6)), 1);

    // When
    Validation validation =
        Validation.of(
            List.of(train.split("train"), test.split("test")), new Baseline.None(), Policy.DEFAULT);

    // Then
    assertThat(finding(validation, Check.DUPLICATE_CONFLICTS).samples())
        .containsExactly(
            new Finding.Sample("train", 5, "owl", "train", 60, "cat"),
            new Finding.Sample("train", 60, "cat", "train", 5, "owl"));
    assertThat(finding(validation, Check.NEAR_DUPLICATE_CONFLICTS).samples())
        .containsExactly(
            new Finding.Sample("train", 6, "cat", "test", 5, "dog"),
            new Finding.Sample("test", 5, "dog", "train", 6, "cat"));
    assertThat(finding(validation, Check.NEAR_LEAKAGE).sampleCount()).isEqualTo(2);
    assertThat(finding(validation, Check.LEAKAGE).sampleCount()).isZero();
    assertThat(validation.verdict()).isEqualTo(Action.QUARANTINE);
  }

  @Test
  void doesNotHoldAgainstASnapshotWhatItsReferenceHasToo() {
    Drawn conflicting = Drawn.random(60, 2).add(Drawn.random(60, 2).images.get(5), 0);

    Validation validation = against(train(conflicting), train(conflicting));

    assertThat(finding(validation, Check.DUPLICATE_CONFLICTS).figure()).hasValue(0);
  }

  @Test
  void findsLeakedConstantAndExtremeImages() {
    // Given a reference of dim images
    Drawn reference = new Drawn();
    for (byte[] image : Drawn.random(60, 4).images) {
      reference.add(scaled(image, 8), 0);
    }
    Drawn train = new Drawn();
    for (int i = 0; i < 40; i++) {
      train.add(scaled(Drawn.random(60, 5 + i).images.get(i), i < 30 ? 8 : 1), 0);
    }
    train.add(new byte[64], 0);
    Drawn test = new Drawn().add(train.images.get(3), 0).add(train.images.get(4), 0);

    // When
    Validation validation =
        Validation.of(
            List.of(train.split("train"), test.split("test")),
            new Baseline.Reference(List.of(reference.split("train"))),
            Policy.DEFAULT);

    // Then
    assertThat(finding(validation, Check.LEAKAGE).sampleCount()).isEqualTo(4);
    assertThat(finding(validation, Check.CONSTANT_IMAGES).samples())
        .containsExactly(new Finding.Sample("train", 40, "cat", "", 0, ""));
    Finding extremes = finding(validation, Check.EXTREME_IMAGES);
    assertThat(extremes.alarm()).isTrue();
    assertThat(extremes.sentence()).contains("1 darker, 10 brighter, 1 flatter, 10 of more");
    assertThat(extremes.sampleCount()).isEqualTo(11);
  }

  @Test
  void namesClassesThatAreNewMissingOrEmpty() {
    // Given no owls any more, and a class of another name
    Drawn train = Drawn.random(30, 1);
    train.labels.replaceAll(label -> label == 2 ? 0 : label);

    // When
    Validation validation =
        against(train.split("train", List.of("cat", "wolf", "owl"), storage), train(clean));

    // Then
    assertThat(finding(validation, Check.CLASSES).sentence())
        .isEqualTo("wolf is new; dog is missing; owl has no samples in train.");
    assertThat(validation.verdict()).isEqualTo(Action.REFUSE);
  }

  @Test
  void comparesWithDeclaredSharesWhereNothingIsTrusted() {
    Drawn skewed = Drawn.random(300, 1);
    skewed.labels.replaceAll(label -> label == 2 ? 0 : label);

    Validation validation =
        Validation.of(
            List.of(train(skewed)),
            new Baseline.Expected(Map.of("cat", 2.0, "dog", 2.0, "owl", 2.0)),
            Policy.DEFAULT);

    assertThat(finding(validation, Check.CHI_SQUARED).alarm()).isTrue();
    assertThat(finding(validation, Check.CLASS_SHARES).classes().get(0).referenceCount())
        .isEqualTo(100);
    assertThat(finding(validation, Check.CLASSES).sentence())
        .isEqualTo("owl has no samples in train.");
  }

  @Test
  void doesNotJudgeByAnApproximationThatDoesNotHold() {
    Validation validation = against(train(Drawn.random(9, 1)), train(Drawn.random(9, 1)));

    Finding chi = finding(validation, Check.CHI_SQUARED);
    assertThat(chi.figure()).isEmpty();
    assertThat(chi.alarm()).isFalse();
    assertThat(chi.sentence()).startsWith("Not judged: an expected count of 3.0 is below 5");
    assertThat(finding(validation, Check.CLASS_SHARES).figure()).hasValue(1);
  }

  @Test
  void followsThePolicy() {
    Drawn changed = Drawn.random(300, 1);
    changed.labels.set(0, 1);
    CheckedSplit here = train(changed);
    Baseline reference = new Baseline.Reference(List.of(train(clean)));
    Policy lenient = new Policy(Map.of(Check.LABEL_CHANGES, new Rule(Action.REFUSE, 1)));
    Policy noting = new Policy(Map.of(Check.LABEL_CHANGES, new Rule(Action.ADMIT, 0)));

    assertThat(Validation.of(List.of(here), reference, Policy.DEFAULT).verdict())
        .isEqualTo(Action.REFUSE);
    assertThat(Validation.of(List.of(here), reference, lenient).verdict()).isEqualTo(Action.ADMIT);
    Validation noted = Validation.of(List.of(here), reference, noting);
    assertThat(noted.verdict()).isEqualTo(Action.ADMIT);
    assertThat(finding(noted, Check.LABEL_CHANGES).alarm()).isTrue();
  }

  private CheckedSplit train(Drawn drawn) {
    return drawn.split("train", Drawn.CLASSES, storage);
  }

  private static Validation against(CheckedSplit split, CheckedSplit reference) {
    return Validation.of(
        List.of(split), new Baseline.Reference(List.of(reference)), Policy.DEFAULT);
  }

  private static Finding finding(Validation validation, Check check) {
    return validation.findings().stream()
        .filter(finding -> finding.check() == check)
        .findFirst()
        .orElseThrow();
  }

  private static byte[] brighter(byte[] image) {
    byte[] copy = new byte[image.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (byte) Math.min(255, (image[i] & 0xFF) + 5);
    }
    return copy;
  }

  private static byte[] scaled(byte[] image, int divisor) {
    byte[] copy = new byte[image.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = (byte) ((image[i] & 0xFF) / divisor);
    }
    return copy;
  }
}
