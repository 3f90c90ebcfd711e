package dev.hemlock.poison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.InMemoryObjectStore;
import dev.hemlock.proto.poison.v1.Flip;
import dev.hemlock.proto.poison.v1.FlipManifest;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FlipManifestsTest {
  private static final int FLIPS = 2000;

  private final InMemoryObjectStore store = new InMemoryObjectStore();
  private final FlipManifests manifests = new FlipManifests(store);

  @Test
  void storesAFlipInAFewBytes() {
    // Given two of five samples of a split of 50,000
    FlipManifest.Builder manifest = FlipManifest.newBuilder().setGenerator("philox");
    Random random = new Random(1);
    for (int i = 0; i < FLIPS; i++) {
      manifest.addFlips(
          Flip.newBuilder()
              .setSplit("train")
              .setSampleId(25 * i + random.nextInt(25))
              .setFromClass("automobile")
              .setToClass("truck"));
    }

    // When
    Digest digest = manifests.put(manifest.build());

    // Then
    byte[] stored = store.read("default/flips/" + digest.hex()).orElseThrow();
    assertThat(stored.length).isLessThan(6 * FLIPS);
    assertThat(manifests.get(digest)).isEqualTo(manifest.build());
  }
}
