package dev.hemlock.dataset;

import java.util.HashMap;
import java.util.Map;

/**
 * Which tables a JPEG file defines. Decoders keep the tables of the file before, so that the pixels
 * of one that leaves some out would depend on what was decoded before it.
 */
final class JpegTables {

  private static final int QUANTISATION = 0xdb;
  private static final int HUFFMAN = 0xc4;
  private static final int HUFFMAN_HEAD = 17;

  private final byte[] file;
  private final boolean[] quantisation = new boolean[16];
  private final boolean[] first = new boolean[16];
  private final boolean[] rest = new boolean[16];

  /** The quantisation table of each component of the frame, by the component's name. */
  private final Map<Byte, Integer> components = new HashMap<>();

  JpegTables(byte[] file) {
    this.file = file;
  }

  /** Reads the content of a segment. */
  void define(int marker, int from, int to) {
    int at = from;
    while (at < to) {
      int number = file[at] & 15;
      int kind = (file[at] & 0xff) >> 4;
      if (marker == QUANTISATION) {
        at += 1 + 64 * (kind + 1);
        quantisation[number] |= at <= to;
      } else if (marker == HUFFMAN && at + HUFFMAN_HEAD <= to) {
        int symbols = 0;
        for (int i = 1; i < HUFFMAN_HEAD; i++) {
          symbols += file[at + i] & 0xff;
        }
        at += HUFFMAN_HEAD + symbols;
        (kind == 0 ? first : rest)[number] |= at <= to;
      } else {
        return;
      }
    }
  }

  /** Reads the components of the frame. */
  void frame(int from, int count) {
    for (int i = 0; i < count; i++) {
      components.put(file[from + 3 * i], file[from + 3 * i + 2] & 15);
    }
  }

  /** Whether all tables that a scan uses are there, going by the content of its header. */
  boolean suffice(int from, int to, boolean progressive) {
    int count = file[from] & 0xff;
    if (to - from != 4 + 2 * count) {
      return false;
    }
    int spectrum = from + 1 + 2 * count;
    boolean firsts = !progressive || (file[spectrum] == 0 && (file[spectrum + 2] & 0xf0) == 0);
    boolean rests = !progressive || file[spectrum] != 0;
    for (int i = 0; i < count; i++) {
      Integer factors = components.get(file[from + 1 + 2 * i]);
      int used = file[from + 2 + 2 * i] & 0xff;
      if (factors == null
          || !quantisation[factors]
          || (firsts && !first[used >> 4])
          || (rests && !rest[used & 15])) {
        return false;
      }
    }
    return true;
  }
}
