package dev.hemlock.dataset;

/**
 * Brings every image to one size, with a triangle filter whose support grows with the reduction (as
 * Pillow's {@code BILINEAR}), so that small images come out smooth.
 *
 * @param height pixels, 1 to 4096
 * @param width pixels, 1 to 4096
 * @param mode how the aspect ratio is treated
 */
record Resize(int height, int width, Mode mode) {

  /** How an image is brought to a size. */
  enum Mode {
    /** Scaled to fill, the overhang cut off evenly. */
    CROP,
    /** Scaled to fit, the rest padded with black evenly. */
    PAD,
    /** Each side scaled on its own. */
    STRETCH
  }

  /** The image in this size; the same pixels where it has it already. */
  Pixels apply(Pixels image) {
    if (image.height() == height && image.width() == width) {
      return image;
    }
    double tall = (double) height / image.height();
    double wide = (double) width / image.width();
    return switch (mode) {
      case STRETCH -> Resampler.resample(image, 0, 0, image.height(), image.width(), height, width);
      case CROP -> {
        double scale = Math.max(tall, wide);
        double rows = height / scale;
        double columns = width / scale;
        yield Resampler.resample(
            image,
            (image.height() - rows) / 2,
            (image.width() - columns) / 2,
            rows,
            columns,
            height,
            width);
      }
      case PAD -> {
        double scale = Math.min(tall, wide);
        int rows = within(image.height() * scale, height);
        int columns = within(image.width() * scale, width);
        Pixels scaled =
            Resampler.resample(image, 0, 0, image.height(), image.width(), rows, columns);
        yield padded(scaled);
      }
    };
  }

  private static int within(double size, int most) {
    return (int) Math.min(most, Math.max(1, Math.round(size)));
  }

  private Pixels padded(Pixels image) {
    int channels = image.channels();
    byte[] out = new byte[height * width * channels];
    int top = (height - image.height()) / 2;
    int left = (width - image.width()) / 2;
    int rowBytes = image.width() * channels;
    for (int y = 0; y < image.height(); y++) {
      System.arraycopy(
          image.bytes(), y * rowBytes, out, ((top + y) * width + left) * channels, rowBytes);
    }
    return new Pixels(height, width, channels, out);
  }
}
