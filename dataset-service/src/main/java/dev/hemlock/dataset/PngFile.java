package dev.hemlock.dataset;

import dev.hemlock.dataset.ImageHeader.Format;
import dev.hemlock.dataset.ImageHeader.RefusedImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A PNG file (ISO/IEC 15948), its chunks walked and their checksums verified. All colour types of 1
 * to 8 bits are read, interlaced or not; colour profiles and gamma are ignored. An alpha channel is
 * dropped where it is opaque everywhere and refused where it is not, since what lies behind a
 * transparent pixel is anybody's guess.
 */
final class PngFile {

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int GREY = 0;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int GREY_ALPHA = 4;
  private static final int RGBA = 6;

  /** Start row, start column, row step and column step of each Adam7 pass. */
  private static final int[][] ADAM7 = {
    {0, 0, 8, 8}, {0, 4, 8, 8}, {4, 0, 8, 4}, {0, 2, 4, 4}, {2, 0, 4, 2}, {0, 1, 2, 2}, {1, 0, 2, 1}
  };

  private static final int[][] PLAIN = {{0, 0, 1, 1}};

  private final byte[] file;
  private final List<int[]> data = new ArrayList<>();
  private int height;
  private int width;
  private int depth;
  private int colourType;
  private boolean interlaced;
  private byte[] palette = {};
  private byte[] transparency = {};

  private PngFile(byte[] file) {
    this.file = file;
  }

  static boolean isPng(byte[] file) {
    return file.length >= SIGNATURE.length
        && Arrays.equals(file, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
  }

  /**
   * Walks the file.
   *
   * @throws RefusedImage when it is truncated, damaged or has 16 bits a channel
   */
  static PngFile parse(byte[] file) throws RefusedImage {
    PngFile png = new PngFile(file);
    png.walk();
    return png;
  }

  ImageHeader header() {
    int channels = colourType == GREY || colourType == GREY_ALPHA ? 1 : 3;
    return new ImageHeader(Format.PNG, height, width, channels);
  }

  private void walk() throws RefusedImage {
    ByteBuffer in = ByteBuffer.wrap(file, SIGNATURE.length, file.length - SIGNATURE.length);
    CRC32 crc = new CRC32();
    boolean first = true;
    while (true) {
      if (in.remaining() < 12) {
        throw new RefusedImage("it is a truncated PNG file; copy it again");
      }
      int length = in.getInt();
      int start = in.position() + 4;
      if (length < 0 || length > in.remaining() - 8) {
        throw new RefusedImage("it is a truncated PNG file; copy it again");
      }
      String type = new String(file, start - 4, 4, StandardCharsets.ISO_8859_1);
      crc.reset();
      crc.update(file, start - 4, length + 4);
      in.position(start + length);
      if (in.getInt() != (int) crc.getValue()) {
        throw new RefusedImage("a checksum in the PNG file does not match; copy it again");
      }
      if (first != type.equals("IHDR")) {
        throw damaged();
      }
      first = false;
      switch (type) {
        case "IHDR" -> readHeader(start, length);
        case "PLTE" -> palette = Arrays.copyOfRange(file, start, start + length);
        case "tRNS" -> transparency = Arrays.copyOfRange(file, start, start + length);
        case "IDAT" -> data.add(new int[] {start, length});
        case "IEND" -> {
          finish();
          return;
        }
        default -> {
          if (Character.isUpperCase(type.charAt(0))) {
            throw damaged();
          }
        }
      }
    }
  }

  private void readHeader(int start, int length) throws RefusedImage {
    if (length != 13) {
      throw damaged();
    }
    ByteBuffer in = ByteBuffer.wrap(file, start, length);
    width = in.getInt();
    height = in.getInt();
    depth = in.get();
    colourType = in.get();
    int compression = in.get();
    int filter = in.get();
    int interlace = in.get();
    interlaced = interlace == 1;
    if (depth == 16) {
      throw new RefusedImage("it has 16 bits a channel; convert it to 8 bits");
    }
    boolean known =
        switch (colourType) {
          case GREY -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
          case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
          case RGB, GREY_ALPHA, RGBA -> depth == 8;
          default -> false;
        };
    if (!known || width < 1 || height < 1 || compression != 0 || filter != 0 || interlace > 1) {
      throw damaged();
    }
  }

  private void finish() throws RefusedImage {
    if (data.isEmpty()
        || (colourType == PALETTE && (palette.length == 0 || palette.length % 3 != 0))) {
      throw damaged();
    }
  }

  /**
   * Decodes the image.
   *
   * @throws RefusedImage when the data is damaged or the image is partly transparent
   */
  Pixels decode() throws RefusedImage {
    int channels = header().channels();
    byte[] out = new byte[Math.multiplyExact(Math.multiplyExact(height, width), channels)];
    int samples = samplesPerPixel();
    Inflater inflater = new Inflater();
    try {
      int[] chunk = {0};
      for (int[] pass : interlaced ? ADAM7 : PLAIN) {
        int rows = (height - pass[0] + pass[2] - 1) / pass[2];
        int columns = (width - pass[1] + pass[3] - 1) / pass[3];
        if (rows < 1 || columns < 1) {
          continue;
        }
        int bytesPerPixel = Math.max(1, samples * depth / 8);
        int rowBytes = (int) (((long) columns * samples * depth + 7) / 8);
        byte[] above = new byte[rowBytes];
        byte[] row = new byte[rowBytes];
        byte[] filter = new byte[1];
        for (int r = 0; r < rows; r++) {
          inflate(inflater, chunk, filter, 1);
          inflate(inflater, chunk, row, rowBytes);
          unfilter(filter[0], row, above, bytesPerPixel);
          int y = pass[0] + r * pass[2];
          for (int c = 0; c < columns; c++) {
            pixel(row, c, out, (y * width + pass[1] + c * pass[3]) * channels);
          }
          byte[] swap = above;
          above = row;
          row = swap;
        }
      }
      expectEnd(inflater, chunk);
    } catch (DataFormatException e) {
      throw new RefusedImage("its PNG data is damaged; copy it again", e);
    } finally {
      inflater.end();
    }
    return new Pixels(height, width, channels, out);
  }

  private int samplesPerPixel() {
    return switch (colourType) {
      case RGB -> 3;
      case GREY_ALPHA -> 2;
      case RGBA -> 4;
      default -> 1;
    };
  }

  private void inflate(Inflater inflater, int[] chunk, byte[] target, int length)
      throws DataFormatException, RefusedImage {
    int done = 0;
    while (done < length) {
      int n = inflater.inflate(target, done, length - done);
      done += n;
      if (n == 0 && !feed(inflater, chunk)) {
        throw new RefusedImage("its PNG data ends too early; copy it again");
      }
    }
  }

  /** The checksum of the data comes after its last byte: reads on until it was seen. */
  private void expectEnd(Inflater inflater, int[] chunk) throws DataFormatException, RefusedImage {
    byte[] one = new byte[1];
    while (!inflater.finished()) {
      int n = inflater.inflate(one);
      if (n > 0) {
        throw new RefusedImage("its PNG data is longer than its size; save it again");
      }
      if (!inflater.finished() && !feed(inflater, chunk)) {
        throw new RefusedImage("its PNG data ends too early; copy it again");
      }
    }
  }

  private boolean feed(Inflater inflater, int[] chunk) {
    if (inflater.finished() || inflater.needsDictionary()) {
      return false;
    }
    if (inflater.needsInput()) {
      if (chunk[0] == data.size()) {
        return false;
      }
      int[] next = data.get(chunk[0]++);
      inflater.setInput(file, next[0], next[1]);
    }
    return true;
  }

  private static void unfilter(byte filter, byte[] row, byte[] above, int bpp) throws RefusedImage {
    switch (filter) {
      case 0 -> {}
      case 1 -> {
        for (int i = bpp; i < row.length; i++) {
          row[i] += row[i - bpp];
        }
      }
      case 2 -> {
        for (int i = 0; i < row.length; i++) {
          row[i] += above[i];
        }
      }
      case 3 -> {
        for (int i = 0; i < row.length; i++) {
          int left = i < bpp ? 0 : row[i - bpp] & 0xff;
          row[i] += (byte) ((left + (above[i] & 0xff)) / 2);
        }
      }
      case 4 -> {
        for (int i = 0; i < row.length; i++) {
          int a = i < bpp ? 0 : row[i - bpp] & 0xff;
          int b = above[i] & 0xff;
          int c = i < bpp ? 0 : above[i - bpp] & 0xff;
          row[i] += (byte) paeth(a, b, c);
        }
      }
      default -> throw damaged();
    }
  }

  private static int paeth(int a, int b, int c) {
    int pa = Math.abs(b - c);
    int pb = Math.abs(a - c);
    int pc = Math.abs(a + b - 2 * c);
    if (pa <= pb && pa <= pc) {
      return a;
    }
    return pb <= pc ? b : c;
  }

  private void pixel(byte[] row, int column, byte[] out, int at) throws RefusedImage {
    switch (colourType) {
      case GREY -> {
        int value = packed(row, column);
        if (transparency.length == 2 && key(0) == value) {
          throw transparent();
        }
        out[at] = (byte) (value * 255 / ((1 << depth) - 1));
      }
      case PALETTE -> {
        int index = packed(row, column);
        if (index * 3 >= palette.length) {
          throw damaged();
        }
        if (index < transparency.length && transparency[index] != (byte) 255) {
          throw transparent();
        }
        System.arraycopy(palette, index * 3, out, at, 3);
      }
      case RGB -> {
        int from = column * 3;
        if (transparency.length == 6
            && key(0) == (row[from] & 0xff)
            && key(1) == (row[from + 1] & 0xff)
            && key(2) == (row[from + 2] & 0xff)) {
          throw transparent();
        }
        System.arraycopy(row, from, out, at, 3);
      }
      case GREY_ALPHA -> {
        opaque(row[column * 2 + 1]);
        out[at] = row[column * 2];
      }
      default -> {
        opaque(row[column * 4 + 3]);
        System.arraycopy(row, column * 4, out, at, 3);
      }
    }
  }

  private int packed(byte[] row, int column) {
    if (depth == 8) {
      return row[column] & 0xff;
    }
    int bit = column * depth;
    return row[bit / 8] >> 8 - depth - bit % 8 & (1 << depth) - 1;
  }

  private int key(int channel) {
    return (transparency[2 * channel] & 0xff) << 8 | transparency[2 * channel + 1] & 0xff;
  }

  private static void opaque(byte alpha) throws RefusedImage {
    if (alpha != (byte) 255) {
      throw transparent();
    }
  }

  private static RefusedImage transparent() {
    return new RefusedImage("it is partly transparent; flatten it onto a background");
  }

  private static RefusedImage damaged() {
    return new RefusedImage("it is a damaged or unusual PNG file; save it again");
  }
}
