package dev.hemlock.dataset;

import java.util.Arrays;
import java.util.Optional;

/**
 * Decodes the JPEG files that data sets of small images are made of: baseline, one interleaved scan,
 * grey or YCbCr with chroma whole, halved in width, or halved in width and height. It gives the very
 * pixels of libjpeg with its accurate integer transform and smooth upsampling, without what the
 * JDK's reader spends on an image before its first pixel. Anything else, and anything damaged, it
 * leaves to that reader. Not thread-safe: one for each thread.
 */
final class BaselineJpeg {

  /** Of larger images the JDK's reader costs little more. */
  private static final int MAX_PIXELS = 1 << 18;

  private static final int TABLES = 4;

  private final HuffmanTable[] huffman = new HuffmanTable[2 * TABLES];
  private final int[][] quantisation = new int[TABLES][];
  private final InverseDct dct = new InverseDct();
  private final int[] block = new int[64];

  /**
   * Decodes a file.
   *
   * @param file as {@link JpegFile} hands it out: its segments are as long as they claim
   * @return nothing if it is of another kind or damaged
   */
  Optional<Pixels> decode(byte[] file, ImageHeader header) {
    if (header.pixels() > MAX_PIXELS) {
      return Optional.empty();
    }
    boolean jfif = false;
    JpegPlane[] planes = {};
    for (int at = 2; ; ) {
      int marker = file[at + 1] & 0xff;
      int from = at + 4;
      int to = at + 2 + word(file, at + 2);
      boolean understood =
          switch (marker) {
            case 0xe0 -> jfif = true;
            case 0xdb -> readQuantisation(file, from, to);
            case 0xc4 -> readHuffman(file, from, to);
            case 0xc0 -> (planes = JpegPlane.of(file, from, header)).length > 0;
            case 0xda -> jfif && planes.length > 0 && readScan(file, from, to, planes);
            default -> false;
          };
      if (!understood) {
        return Optional.empty();
      }
      if (marker == 0xda) {
        return Optional.of(JpegPlane.pixels(planes, header));
      }
      at = to;
    }
  }

  private boolean readQuantisation(byte[] file, int from, int to) {
    for (int at = from; at < to; at += 65) {
      int number = file[at] & 0xff;
      if (number >= TABLES || at + 65 > to) {
        return false;
      }
      quantisation[number] = new int[64];
      for (int i = 0; i < 64; i++) {
        quantisation[number][i] = file[at + 1 + i] & 0xff;
      }
    }
    return true;
  }

  private boolean readHuffman(byte[] file, int from, int to) {
    int at = from;
    while (at + 17 <= to) {
      int kind = (file[at] & 0xff) >> 4;
      int number = file[at] & 15;
      int end = at + 17;
      for (int i = 1; i <= 16; i++) {
        end += file[at + i] & 0xff;
      }
      if (kind > 1 || number >= TABLES || end > to) {
        return false;
      }
      int place = kind * TABLES + number;
      if (huffman[place] == null || !huffman[place].isFrom(file, at + 1, end)) {
        Optional<HuffmanTable> table = HuffmanTable.of(Arrays.copyOfRange(file, at + 1, end));
        if (table.isEmpty() || (kind == 0 && !table.get().hasOnlySizes())) {
          return false;
        }
        huffman[place] = table.get();
      }
      at = end;
    }
    return at == to;
  }

  private boolean readScan(byte[] file, int from, int to, JpegPlane[] planes) {
    int spectrum = from + 1 + 2 * planes.length;
    if ((file[from] & 0xff) != planes.length
        || spectrum + 3 != to
        || file[spectrum] != 0
        || file[spectrum + 1] != 63
        || file[spectrum + 2] != 0) {
      return false;
    }
    for (int i = 0; i < planes.length; i++) {
      int tables = file[from + 2 + 2 * i] & 0xff;
      JpegPlane plane = planes[i];
      if (file[from + 1 + 2 * i] != plane.id
          || tables >> 4 >= TABLES
          || (tables & 15) >= TABLES
          || quantisation[plane.quantisation] == null
          || huffman[tables >> 4] == null
          || huffman[TABLES + (tables & 15)] == null) {
        return false;
      }
      plane.first = huffman[tables >> 4];
      plane.rest = huffman[TABLES + (tables & 15)];
    }
    EntropyCoded data = new EntropyCoded(file, to);
    dct.reset();
    for (int row = 0; row < planes[0].unitRows; row++) {
      for (int column = 0; column < planes[0].unitColumns; column++) {
        for (JpegPlane plane : planes) {
          readUnit(data, plane, row, column);
        }
      }
    }
    return data.intact() && dct.inRange() && isLast(file, to);
  }

  /** Whether nothing follows the scan but the end: libjpeg reads on, and may find damage there. */
  private static boolean isLast(byte[] file, int scan) {
    for (int at = scan; at < file.length - 2; at++) {
      if (file[at] == (byte) 0xff && file[at + 1] != 0) {
        return false;
      }
    }
    return true;
  }

  private void readUnit(EntropyCoded data, JpegPlane plane, int row, int column) {
    for (int y = 0; y < plane.down; y++) {
      for (int x = 0; x < plane.across; x++) {
        Arrays.fill(block, 0);
        int offset = 8 * ((row * plane.down + y) * plane.stride + column * plane.across + x);
        plane.last =
            data.block(
                plane.first, plane.rest, quantisation[plane.quantisation], plane.last, block);
        if (data.flat()) {
          dct.flat(block[0], plane.samples, offset, plane.stride);
        } else {
          dct.transform(block, plane.samples, offset, plane.stride);
        }
      }
    }
  }

  private static int word(byte[] file, int at) {
    return (file[at] & 0xff) << 8 | (file[at + 1] & 0xff);
  }
}
