package dev.hemlock.dataset;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;

/**
 * A strict reader of POSIX ustar, pax and GNU tar streams (IEEE Std 1003.1, "pax"). Unlike lenient
 * readers it bounds what an extended header may cost, insists on the end-of-archive block, so that
 * no truncation goes unseen, and reads on to the end of the stream, so that a gzip checksum around
 * it is checked.
 */
final class TarReader {

  static final int BLOCK = 512;

  private static final int MAX_EXTENDED_HEADER = 64 << 10;

  /** A folder of an incremental archive of GNU tar: its content is a list of names. */
  private static final char DUMP = 'D';

  /** What an entry is. */
  enum Type {
    FILE,
    DIRECTORY,
    LINK,
    SPECIAL
  }

  /** One entry. */
  record Entry(String name, Type type, long size) {}

  private final InputStream in;
  private final byte[] block = new byte[BLOCK];
  private long left;
  private int padding;

  TarReader(InputStream in) {
    this.in = in;
  }

  /** Whether a block is a tar header: its checksum matches. */
  static boolean isHeader(byte[] block) {
    return block.length == BLOCK && !isZero(block) && checksumMatches(block);
  }

  /**
   * Moves to the next entry, skipping what was left of the present one.
   *
   * @throws IOException when the stream is truncated or no tar
   */
  Optional<Entry> next() throws IOException {
    String longName = "";
    long longSize = -1;
    while (true) {
      skipRest();
      readBlock();
      if (isZero(block)) {
        drain();
        return Optional.empty();
      }
      if (!checksumMatches(block)) {
        throw new IOException("a tar header has a wrong checksum");
      }
      char flag = (char) (block[156] & 0xff);
      long size = number(124, 12);
      begin(size);
      switch (flag) {
        case 'L' -> longName = text(extended(size), 0, (int) size);
        case 'K', 'g' -> extended(size);
        case 'x' -> {
          Pax pax = Pax.parse(extended(size));
          longName = pax.path().orElse(longName);
          longSize = pax.size().orElse(longSize);
        }
        default -> {
          if (longSize >= 0) {
            begin(longSize);
          }
          String name = longName.isEmpty() ? ustarName() : longName;
          Type type = type(flag, name);
          if (type == Type.DIRECTORY && flag != DUMP && left > 0) {
            // POSIX has no content follow, whatever the size; not all readers agree.
            throw new IOException("a folder in the tar archive has a size");
          }
          return Optional.of(new Entry(name, type, left));
        }
      }
    }
  }

  /** The content of the present entry. */
  InputStream content() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
          return 0;
        }
        if (left == 0) {
          return -1;
        }
        int n = in.read(buffer, offset, (int) Math.min(length, left));
        if (n < 0) {
          throw new IOException("the tar archive ends inside an entry");
        }
        left -= n;
        return n;
      }
    };
  }

  private void begin(long size) throws IOException {
    if (size < 0) {
      throw new IOException("a tar entry has a negative size");
    }
    left = size;
    padding = (int) ((BLOCK - size % BLOCK) % BLOCK);
  }

  private byte[] extended(long size) throws IOException {
    if (size > MAX_EXTENDED_HEADER) {
      throw new IOException("a tar extended header is larger than " + MAX_EXTENDED_HEADER);
    }
    return content().readNBytes((int) size);
  }

  private void skipRest() throws IOException {
    if (left > 0) {
      byte[] buffer = new byte[8192];
      InputStream content = content();
      while (left > 0) {
        content.read(buffer, 0, buffer.length);
      }
    }
    if (in.readNBytes(padding).length < padding) {
      throw new IOException("the tar archive ends inside an entry");
    }
    padding = 0;
  }

  private void readBlock() throws IOException {
    int n = in.readNBytes(block, 0, BLOCK);
    if (n == 0) {
      throw new IOException("the tar archive has no end-of-archive block");
    }
    if (n < BLOCK) {
      throw new IOException("the tar archive ends inside a header");
    }
  }

  private void drain() throws IOException {
    byte[] buffer = new byte[8192];
    while (in.read(buffer, 0, buffer.length) >= 0) {
      continue;
    }
  }

  private String ustarName() throws IOException {
    String name = text(block, 0, 100);
    boolean ustar = new String(block, 257, 6, US_ASCII).equals("ustar\0");
    String prefix = ustar ? text(block, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private long number(int offset, int length) throws IOException {
    if ((block[offset] & 0x80) != 0) {
      long value = block[offset] & 0x7f;
      for (int i = offset + 1; i < offset + length; i++) {
        if (value >= 1L << 55) {
          throw new IOException("a tar entry is larger than any file");
        }
        value = value << 8 | block[i] & 0xff;
      }
      return value;
    }
    String digits = ascii(block, offset, length).strip();
    try {
      return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
    } catch (NumberFormatException e) {
      throw new IOException("a tar header has a malformed number", e);
    }
  }

  private static Type type(char flag, String name) {
    return switch (flag) {
      case '0', '\0', '7' -> name.endsWith("/") ? Type.DIRECTORY : Type.FILE;
      case '5', DUMP -> Type.DIRECTORY;
      case '1', '2' -> Type.LINK;
      default -> Type.SPECIAL;
    };
  }

  private static String ascii(byte[] bytes, int offset, int length) {
    return new String(bytes, offset, end(bytes, offset, length) - offset, US_ASCII);
  }

  private static String text(byte[] bytes, int offset, int length) throws IOException {
    return utf8(bytes, offset, end(bytes, offset, length) - offset);
  }

  /** Names that are no text are refused: two could become the same. */
  private static String utf8(byte[] bytes, int offset, int length) throws IOException {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("a name in the tar archive is not UTF-8", e);
    }
  }

  private static int end(byte[] bytes, int offset, int length) {
    int end = offset;
    while (end < offset + length && bytes[end] != 0) {
      end++;
    }
    return end;
  }

  private static boolean isZero(byte[] block) {
    for (byte b : block) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean checksumMatches(byte[] block) {
    long sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : block[i] & 0xff;
    }
    try {
      return Long.parseLong(ascii(block, 148, 8).strip(), 8) == sum;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** The records of a pax header that matter here. */
  private record Pax(Optional<String> path, Optional<Long> size) {

    static Pax parse(byte[] bytes) throws IOException {
      Optional<String> path = Optional.empty();
      Optional<Long> size = Optional.empty();
      int start = 0;
      while (start < bytes.length && bytes[start] != 0) {
        int space = start;
        while (space < bytes.length && bytes[space] != ' ') {
          space++;
        }
        try {
          int length = Integer.parseInt(new String(bytes, start, space - start, US_ASCII));
          if (length <= space - start + 1 || length > bytes.length - start) {
            throw new IOException("a pax header record has a wrong length");
          }
          String[] record =
              new String(bytes, space + 1, start + length - space - 2, ISO_8859_1).split("=", 2);
          if (record.length == 2 && record[0].equals("path")) {
            int value = space + 1 + record[0].length() + 1;
            path = Optional.of(utf8(bytes, value, record[1].length()));
          } else if (record.length == 2 && record[0].equals("size")) {
            size = Optional.of(Long.parseLong(record[1]));
          } else if (record[0].startsWith("GNU.sparse")) {
            throw new IOException("sparse files in a tar archive can't be read");
          }
          start += length;
        } catch (NumberFormatException e) {
          throw new IOException("a pax header is malformed", e);
        }
      }
      return new Pax(path, size);
    }
  }
}
