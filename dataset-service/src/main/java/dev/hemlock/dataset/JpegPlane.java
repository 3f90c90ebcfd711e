package dev.hemlock.dataset;

/** The samples of one component of a JPEG image, and how components become pixels. */
final class JpegPlane {

  private static final JpegPlane[] NOT_UNDERSTOOD = {};
  private static final int MAX_SAMPLING = 4;

  private static final int[] RED_OF_CR = new int[256];
  private static final int[] BLUE_OF_CB = new int[256];
  private static final int[] GREEN_OF_CR = new int[256];
  private static final int[] GREEN_OF_CB = new int[256];

  static {
    for (int i = 0; i < 256; i++) {
      int centred = i - 128;
      RED_OF_CR[i] = (fixed(1.40200) * centred + (1 << 15)) >> 16;
      BLUE_OF_CB[i] = (fixed(1.77200) * centred + (1 << 15)) >> 16;
      GREEN_OF_CR[i] = -fixed(0.71414) * centred;
      GREEN_OF_CB[i] = -fixed(0.34414) * centred + (1 << 15);
    }
  }

  /** The component's name in the file. */
  final byte id;

  /** Which quantisation table. */
  final int quantisation;

  /** Blocks a unit, side by side and one below another. */
  final int across;

  final int down;

  /** Units of the image. */
  final int unitColumns;

  final int unitRows;

  /** Samples a row, in whole blocks. */
  final int stride;

  final byte[] samples;

  HuffmanTable first;
  HuffmanTable rest;

  /** The first coefficient of the block before. */
  int last;

  private JpegPlane(byte[] file, int at, int across, int down, int unitColumns, int unitRows) {
    this.id = file[at];
    this.quantisation = file[at + 2] & 3;
    this.across = across;
    this.down = down;
    this.unitColumns = unitColumns;
    this.unitRows = unitRows;
    this.stride = 8 * across * unitColumns;
    this.samples = new byte[stride * 8 * down * unitRows];
  }

  /**
   * The components that a frame header names.
   *
   * @return none if they are sampled in an unusual way
   */
  static JpegPlane[] of(byte[] file, int from, ImageHeader header) {
    int count = header.channels();
    int across = file[from + 7] >> 4;
    int down = file[from + 7] & 15;
    if (across < 1 || across > MAX_SAMPLING || down < 1 || down > MAX_SAMPLING) {
      return NOT_UNDERSTOOD;
    }
    if (count == 1) {
      // Factors are relative to those of other components.
      across = 1;
      down = 1;
    }
    boolean usual = across == 1 && down == 1 || across == 2 && (down == 1 || down == 2);
    for (int i = 0; i < count; i++) {
      usual &= i == 0 || file[from + 7 + 3 * i] == 0x11;
      usual &= file[from + 8 + 3 * i] >> 2 == 0;
    }
    // The narrowest chroma is upsampled in another way.
    if (!usual || across == 2 && header.width() < 5) {
      return NOT_UNDERSTOOD;
    }
    JpegPlane[] planes = new JpegPlane[count];
    int columns = (header.width() + 8 * across - 1) / (8 * across);
    int rows = (header.height() + 8 * down - 1) / (8 * down);
    for (int i = 0; i < count; i++) {
      planes[i] =
          new JpegPlane(
              file, from + 6 + 3 * i, i == 0 ? across : 1, i == 0 ? down : 1, columns, rows);
    }
    return planes;
  }

  /** The image of a grey plane, or of luma, blue and red difference. */
  static Pixels pixels(JpegPlane[] planes, ImageHeader header) {
    int width = header.width();
    byte[] pixels = new byte[width * header.height() * planes.length];
    JpegPlane luma = planes[0];
    if (planes.length == 1) {
      for (int y = 0; y < header.height(); y++) {
        System.arraycopy(luma.samples, y * luma.stride, pixels, y * width, width);
      }
    } else {
      int[] blue = new int[luma.stride];
      int[] red = new int[luma.stride];
      int[] sums = new int[luma.stride];
      int at = 0;
      for (int y = 0; y < header.height(); y++) {
        planes[1].upsample(y, luma, header, sums, blue);
        planes[2].upsample(y, luma, header, sums, red);
        for (int x = 0; x < width; x++) {
          int grey = luma.samples[y * luma.stride + x] & 0xff;
          int green = (GREEN_OF_CB[blue[x]] + GREEN_OF_CR[red[x]]) >> 16;
          pixels[at++] = limited(grey + RED_OF_CR[red[x]]);
          pixels[at++] = limited(grey + green);
          pixels[at++] = limited(grey + BLUE_OF_CB[blue[x]]);
        }
      }
    }
    return new Pixels(header.height(), width, planes.length, pixels);
  }

  /** A row of chroma as wide as luma: a sample counts three times as much as its neighbour. */
  private void upsample(int y, JpegPlane luma, ImageHeader header, int[] sums, int[] row) {
    if (luma.across == 1) {
      for (int x = 0; x < header.width(); x++) {
        row[x] = samples[y * stride + x] & 0xff;
      }
      return;
    }
    int width = (header.width() + 1) / 2;
    int shift = 2;
    int even = 1;
    int odd = 2;
    if (luma.down == 1) {
      for (int x = 0; x < width; x++) {
        sums[x] = samples[y * stride + x] & 0xff;
      }
    } else {
      int height = (header.height() + 1) / 2;
      int near = y / 2;
      int far = Math.max(0, Math.min(height - 1, (y & 1) == 0 ? near - 1 : near + 1));
      for (int x = 0; x < width; x++) {
        sums[x] = 3 * (samples[near * stride + x] & 0xff) + (samples[far * stride + x] & 0xff);
      }
      shift = 4;
      even = 8;
      odd = 7;
    }
    for (int x = 0; x < width; x++) {
      int three = 3 * sums[x];
      row[2 * x] = (three + sums[Math.max(0, x - 1)] + even) >> shift;
      row[2 * x + 1] = (three + sums[Math.min(width - 1, x + 1)] + odd) >> shift;
    }
  }

  private static byte limited(int value) {
    return (byte) Math.max(0, Math.min(255, value));
  }

  private static int fixed(double value) {
    return (int) (value * (1 << 16) + 0.5);
  }
}
