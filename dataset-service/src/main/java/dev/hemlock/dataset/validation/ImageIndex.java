package dev.hemlock.dataset.validation;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Fingerprints of splits; images that splits share are read once. */
final class ImageIndex {
  private final Map<Object, Map<Integer, Fingerprint>> known = new HashMap<>();

  /** One a sample of the split. */
  Fingerprint[] of(CheckedSplit split) {
    Map<Integer, Fingerprint> stored =
        known.computeIfAbsent(split.images().storage(), storage -> new HashMap<>());
    int[] fresh = IntStream.of(split.ids()).filter(id -> !stored.containsKey(id)).toArray();
    Fingerprint[] read =
        IntStream.of(fresh)
            .parallel()
            .mapToObj(id -> read(split.images(), id))
            .toArray(Fingerprint[]::new);
    for (int i = 0; i < fresh.length; i++) {
      stored.put(fresh[i], read[i]);
    }
    return IntStream.of(split.ids()).mapToObj(stored::get).toArray(Fingerprint[]::new);
  }

  private static Fingerprint read(CheckedSplit.Images images, int id) {
    byte[] pixels = new byte[images.shape().stride()];
    images.copy(id, pixels);
    return Fingerprint.of(pixels, images.shape());
  }
}
