package dev.hemlock.dataset.validation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Samples of a reference that are labelled differently here. Where a split stores the same images as
 * the reference's, samples are the same if their ids are; elsewhere if their images are equal byte
 * for byte, and a label is a change if the reference has that image with other labels only.
 */
final class LabelChanges {
  private static final int MOST_KINDS = 5;

  private final List<Finding.Sample> changes = new ArrayList<>();
  private int known;
  private int unknown;

  private LabelChanges() {}

  static Finding find(
      Policy policy,
      List<CheckedSplit> splits,
      List<CheckedSplit> reference,
      KnownImages images,
      ImageIndex index) {
    LabelChanges found = new LabelChanges();
    for (CheckedSplit split : splits) {
      reference.stream()
          .filter(there -> there.name().equals(split.name()))
          .filter(there -> there.images().storage().equals(split.images().storage()))
          .findFirst()
          .ifPresentOrElse(
              there -> found.byId(split, there), () -> found.byImage(split, images, index));
    }
    return Finding.of(
            Check.LABEL_CHANGES,
            "",
            policy.rule(Check.LABEL_CHANGES),
            found.changes.size(),
            found.sentence())
        .withSamples(found.changes);
  }

  private void byId(CheckedSplit split, CheckedSplit reference) {
    for (int i = 0; i < split.ids().length; i++) {
      int there = Arrays.binarySearch(reference.ids(), split.ids()[i]);
      if (there < 0) {
        unknown++;
        continue;
      }
      known++;
      if (!split.label(i).equals(reference.label(there))) {
        add(split, i, reference.name(), reference.ids()[there], reference.label(there));
      }
    }
  }

  private void byImage(CheckedSplit split, KnownImages images, ImageIndex index) {
    Fingerprint[] prints = index.of(split);
    for (int i = 0; i < prints.length; i++) {
      List<KnownImages.Sample> same = images.of(prints[i]);
      String label = split.label(i);
      if (same.isEmpty()) {
        unknown++;
        continue;
      }
      known++;
      if (same.stream().noneMatch(sample -> sample.label().equals(label))) {
        KnownImages.Sample first = same.get(0);
        add(split, i, first.split(), first.id(), first.label());
      }
    }
  }

  private void add(CheckedSplit split, int i, String otherSplit, int otherId, String was) {
    changes.add(
        new Finding.Sample(split.name(), split.ids()[i], split.label(i), otherSplit, otherId, was));
  }

  private String sentence() {
    Map<String, Long> kinds =
        changes.stream()
            .collect(
                Collectors.groupingBy(
                    change -> change.otherLabel() + " → " + change.label(),
                    TreeMap::new,
                    Collectors.counting()));
    String most =
        kinds.entrySet().stream()
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .limit(MOST_KINDS)
            .map(kind -> kind.getKey() + " " + kind.getValue())
            .collect(Collectors.joining(", "));
    return "%d of %d samples that the reference has too are labelled differently%s; %d samples are not in the reference."
        .formatted(
            changes.size(),
            known,
            most.isEmpty() ? "" : " (" + most + (kinds.size() > MOST_KINDS ? ", …)" : ")"),
            unknown);
  }
}
