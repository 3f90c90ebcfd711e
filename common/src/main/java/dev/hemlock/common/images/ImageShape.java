package dev.hemlock.common.images;

import dev.hemlock.common.error.HemlockException;

/**
 * The shape of every image of a data set; a pixel's channels lie side by side.
 *
 * @param height pixels, from 1
 * @param width pixels, from 1
 * @param channels 1 (grey) or 3 (RGB)
 */
public record ImageShape(int height, int width, int channels) {
  /** The most bytes of one shard. */
  public static final int MAX_SHARD_BYTES = 16 << 20;

  public ImageShape {
    if (height < 1 || width < 1 || (channels != 1 && channels != 3)) {
      throw HemlockException.invalidArgument(
          "Images need a height and width from 1 and 1 or 3 channels, not "
              + "%d x %d x %d".formatted(height, width, channels));
    }
    if ((long) height * width * channels > MAX_SHARD_BYTES) {
      throw HemlockException.invalidArgument(
          "An image of %d x %d x %d has more than 16 MiB; resize it"
              .formatted(height, width, channels));
    }
  }

  /** Bytes an image. */
  public int stride() {
    return height * width * channels;
  }

  /** The most images that a shard of 16 MiB holds. */
  public int imagesPerShard() {
    return MAX_SHARD_BYTES / stride();
  }
}
