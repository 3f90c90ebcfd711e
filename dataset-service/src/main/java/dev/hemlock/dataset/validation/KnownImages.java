package dev.hemlock.dataset.validation;

import dev.hemlock.common.storage.Digest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The samples of a reference by their images. */
final class KnownImages {
  private final Map<Digest, List<Sample>> samples = new HashMap<>();

  /** A sample of the reference. */
  record Sample(String split, int id, String label) {}

  KnownImages(List<CheckedSplit> splits, ImageIndex images) {
    for (CheckedSplit split : splits) {
      Fingerprint[] prints = images.of(split);
      for (int i = 0; i < prints.length; i++) {
        samples
            .computeIfAbsent(prints[i].digest(), digest -> new ArrayList<>(1))
            .add(new Sample(split.name(), split.ids()[i], split.label(i)));
      }
    }
  }

  /** The samples of the reference with this image. */
  List<Sample> of(Fingerprint print) {
    return samples.getOrDefault(print.digest(), List.of());
  }

  /** Whether the reference has this image in this split. */
  boolean has(Fingerprint print, String split) {
    return of(print).stream().anyMatch(known -> known.split().equals(split));
  }

  /** Whether the reference has this image in this split with this label. */
  boolean has(Fingerprint print, String split, String label) {
    return of(print).stream()
        .anyMatch(known -> known.split().equals(split) && known.label().equals(label));
  }
}
