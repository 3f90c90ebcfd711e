package dev.hemlock.common.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.InMemoryObjectStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageShardsTest {
  private static final ImageShape SHAPE = new ImageShape(2, 3, 1);

  @TempDir Path cache;
  private final InMemoryObjectStore store = new InMemoryObjectStore();

  private BlobStore blobs() {
    return new BlobStore(store, cache);
  }

  private static byte[] image(int position) {
    byte[] image = new byte[SHAPE.stride()];
    Arrays.fill(image, (byte) position);
    return image;
  }

  /** Image i is six bytes of value i. */
  private List<Digest> shards(int perShard, int count) {
    return IntStream.range(0, (count + perShard - 1) / perShard)
        .mapToObj(
            shard -> {
              int images = Math.min(perShard, count - shard * perShard);
              byte[] bytes = new byte[images * SHAPE.stride()];
              for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (shard * perShard + i / SHAPE.stride());
              }
              return blobs().put("default", bytes);
            })
        .toList();
  }

  @Test
  void copiesAnyImageFromManyThreads() {
    ImageShards images = ImageShards.open(blobs(), "default", SHAPE, shards(4, 10), 4, 10);

    IntStream.range(0, 10_000)
        .parallel()
        .forEach(
            i -> {
              byte[] target = new byte[8];
              images.copy(i % 10, target, 1);
              assertThat(Arrays.copyOfRange(target, 1, 7)).isEqualTo(image(i % 10));
            });
  }

  @Test
  void refusesPositionsThatAreNotThere() {
    ImageShards images = ImageShards.open(blobs(), "default", SHAPE, shards(4, 10), 4, 10);

    for (int position : new int[] {-1, 10}) {
      assertThatThrownBy(() -> images.copy(position, new byte[6], 0))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void refusesShardsThatDoNotFitTheCounts() {
    List<Digest> shards = shards(4, 10);

    assertThatThrownBy(() -> ImageShards.open(blobs(), "default", SHAPE, shards, 4, 13))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("13");
    assertThatThrownBy(() -> ImageShards.open(blobs(), "default", SHAPE, shards, 4, 11))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining(shards.get(2).toString());
  }

  @Test
  void opensASplitWithoutImages() {
    ImageShards images = ImageShards.open(blobs(), "default", SHAPE, List.of(), 4, 0);

    assertThat(images.storedCount()).isZero();
  }

  @Test
  void refusesImpossibleShapes() {
    for (int[] shape : new int[][] {{0, 1, 1}, {1, 0, 3}, {1, 1, 2}, {4096, 4096, 3}}) {
      assertThatThrownBy(() -> new ImageShape(shape[0], shape[1], shape[2]))
          .as(Arrays.toString(shape))
          .isInstanceOf(HemlockException.class);
    }
  }
}
