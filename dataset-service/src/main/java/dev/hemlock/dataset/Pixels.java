package dev.hemlock.dataset;

/**
 * One decoded image: unsigned bytes, row by row, channels last.
 *
 * @param height rows
 * @param width columns
 * @param channels 1 or 3
 * @param bytes {@code height * width * channels} of them
 */
record Pixels(int height, int width, int channels, byte[] bytes) {

  Pixels {
    if ((long) height * width * channels != bytes.length) {
      throw new IllegalArgumentException(
          "%d x %d x %d does not match %d bytes".formatted(height, width, channels, bytes.length));
    }
  }

  /** This image with three equal channels where it was grey. */
  Pixels promotedTo(int wanted) {
    if (wanted == channels) {
      return this;
    }
    if (channels != 1) {
      throw new IllegalArgumentException("a colour image can't become grey");
    }
    byte[] rgb = new byte[bytes.length * 3];
    for (int i = 0; i < bytes.length; i++) {
      rgb[3 * i] = bytes[i];
      rgb[3 * i + 1] = bytes[i];
      rgb[3 * i + 2] = bytes[i];
    }
    return new Pixels(height, width, 3, rgb);
  }
}
