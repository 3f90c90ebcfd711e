package dev.hemlock.dataset;

import java.io.IOException;

/**
 * What the header of an image file promises, known before anything is decoded.
 *
 * @param format the file format
 * @param height pixels, from 1
 * @param width pixels, from 1
 * @param channels 1 (grey) or 3 (RGB)
 */
record ImageHeader(Format format, int height, int width, int channels) {

  /** The image formats that can be read. */
  enum Format {
    JPEG,
    PNG
  }

  /** An image that can't be taken as it is; the message says why and what to change. */
  static final class RefusedImage extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedImage(String message) {
      super(message);
    }

    RefusedImage(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** Whether a file starts like an image that can be read. */
  static boolean isImage(byte[] head) {
    return JpegFile.isJpeg(head) || PngFile.isPng(head);
  }

  /**
   * Checks the whole structure of an image file, without decoding it.
   *
   * @throws RefusedImage when it is neither JPEG nor PNG, truncated, or of an unsupported kind
   */
  static ImageHeader of(byte[] file) throws RefusedImage {
    if (JpegFile.isJpeg(file)) {
      return JpegFile.parse(file).header();
    }
    if (PngFile.isPng(file)) {
      return PngFile.parse(file).header();
    }
    throw new RefusedImage("it is neither JPEG nor PNG; convert or remove it");
  }

  ImageHeader {
    if (height < 1 || width < 1 || (channels != 1 && channels != 3)) {
      throw new IllegalArgumentException(
          "no image has %d x %d x %d".formatted(height, width, channels));
    }
  }

  boolean isAsLargeAs(ImageHeader other) {
    return height == other.height && width == other.width;
  }

  long pixels() {
    return (long) height * width;
  }
}
