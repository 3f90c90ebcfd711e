package dev.hemlock.dataset;

import dev.hemlock.dataset.ImageHeader.Format;
import dev.hemlock.dataset.ImageHeader.RefusedImage;
import java.io.ByteArrayOutputStream;

/**
 * A JPEG file (ITU-T T.81), its segments walked from start to end. Only what decides about pixels is
 * kept for the decoder: comments, Exif data (with its orientation), colour profiles and thumbnails
 * are dropped, so that equal pixels come out whatever the metadata and nothing in it can hurt.
 *
 * @param header size and channels
 * @param essence an equivalent file without metadata
 */
record JpegFile(ImageHeader header, byte[] essence) {

  private static final int MAX_SCANS = 256;
  private static final byte[] JFIF = {
    (byte) 0xff, (byte) 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
  };

  static boolean isJpeg(byte[] file) {
    return file.length >= 3
        && file[0] == (byte) 0xff
        && file[1] == (byte) 0xd8
        && file[2] == (byte) 0xff;
  }

  /**
   * Walks the file.
   *
   * @throws RefusedImage when it is truncated, malformed, CMYK, lossless, arithmetic-coded, not of 8
   *     bits or without tables of its own
   */
  static JpegFile parse(byte[] file) throws RefusedImage {
    return new Walk(file).run();
  }

  private static final class Walk {
    private final byte[] file;
    private final ByteArrayOutputStream kept;
    private int at = 2;
    private int scans;
    private boolean jfif;
    private boolean adobe;
    private boolean rgbIds;
    private byte[] adobeSegment = {};
    private ImageHeader header;
    private boolean progressive;
    private final JpegTables tables;

    Walk(byte[] file) {
      this.file = file;
      this.kept = new ByteArrayOutputStream(file.length);
      this.tables = new JpegTables(file);
    }

    JpegFile run() throws RefusedImage {
      while (true) {
        int marker = marker();
        if (marker == 0xd9) {
          return finish();
        }
        int start = at - 2;
        int end = at + segmentLength();
        if (isFrame(marker)) {
          frame(marker);
          kept.write(file, start, end - start);
          at = end;
        } else if (marker == 0xda) {
          if (header != null && !tables.suffice(at + 2, end, progressive)) {
            throw new RefusedImage("it lacks tables that its pixels need; save it again");
          }
          kept.write(file, start, end - start);
          at = end;
          scan();
        } else {
          segment(marker, start, end);
          at = end;
        }
      }
    }

    private int marker() throws RefusedImage {
      if (at >= file.length || file[at] != (byte) 0xff) {
        throw at >= file.length
            ? truncated()
            : new RefusedImage("it is a damaged JPEG file; save it again");
      }
      while (at < file.length && file[at] == (byte) 0xff) {
        at++;
      }
      if (at >= file.length) {
        throw truncated();
      }
      return file[at++] & 0xff;
    }

    private int segmentLength() throws RefusedImage {
      if (at + 2 > file.length) {
        throw truncated();
      }
      int length = (file[at] & 0xff) << 8 | file[at + 1] & 0xff;
      if (length < 2 || at + length > file.length) {
        throw truncated();
      }
      return length;
    }

    private static boolean isFrame(int marker) {
      return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private void frame(int marker) throws RefusedImage {
      if (header != null) {
        throw new RefusedImage("it holds more than one JPEG frame; save it as a plain JPEG");
      }
      if (marker > 0xc2) {
        throw new RefusedImage(
            "it is a lossless or arithmetic-coded JPEG; save it as baseline or progressive JPEG");
      }
      int length = segmentLength();
      int components = length < 8 ? 0 : file[at + 7] & 0xff;
      if (length != 8 + 3 * components) {
        throw new RefusedImage("it is a damaged JPEG file; save it again");
      }
      if (file[at + 2] != 8) {
        throw new RefusedImage("it has more than 8 bits a channel; convert it to 8 bits");
      }
      if (components == 4) {
        throw new RefusedImage("it is a CMYK JPEG; convert it to RGB");
      }
      if (components != 1 && components != 3) {
        throw new RefusedImage("it has " + components + " channels; convert it to grey or RGB");
      }
      int height = (file[at + 3] & 0xff) << 8 | file[at + 4] & 0xff;
      int width = (file[at + 5] & 0xff) << 8 | file[at + 6] & 0xff;
      if (height == 0 || width == 0) {
        throw new RefusedImage("its header gives no size; save it again");
      }
      rgbIds =
          components == 3 && file[at + 8] == 'R' && file[at + 11] == 'G' && file[at + 14] == 'B';
      header = new ImageHeader(Format.JPEG, height, width, components);
      progressive = marker == 0xc2;
      tables.frame(at + 8, components);
    }

    private void scan() throws RefusedImage {
      if (header == null) {
        throw new RefusedImage("it is a damaged JPEG file; save it again");
      }
      if (++scans > MAX_SCANS) {
        throw new RefusedImage("it has more than " + MAX_SCANS + " scans; save it again");
      }
      int start = at;
      while (at + 1 < file.length) {
        if (file[at] == (byte) 0xff) {
          int next = file[at + 1] & 0xff;
          boolean stuffing = next == 0 || next == 0xff || (next >= 0xd0 && next <= 0xd7);
          if (!stuffing) {
            kept.write(file, start, at - start);
            return;
          }
        }
        at++;
      }
      throw truncated();
    }

    private void segment(int marker, int start, int end) throws RefusedImage {
      switch (marker) {
        case 0xc4, 0xdb, 0xdd -> {
          tables.define(marker, start + 4, end);
          kept.write(file, start, end - start);
        }
        case 0xe0 -> jfif |= has(start + 4, "JFIF\0");
        case 0xee -> {
          if (has(start + 4, "Adobe") && end - start >= 16 && !adobe) {
            adobe = true;
            adobeSegment = java.util.Arrays.copyOfRange(file, start, end);
          }
        }
        case 0xcc, 0xdc, 0xde, 0xdf ->
            throw new RefusedImage("it is an unusual kind of JPEG; save it as baseline JPEG");
        default -> {
          if (marker < 0xe0 || (marker > 0xef && marker != 0xfe)) {
            throw new RefusedImage("it is a damaged JPEG file; save it again");
          }
        }
      }
    }

    private boolean has(int offset, String text) {
      for (int i = 0; i < text.length(); i++) {
        if (offset + i >= file.length || file[offset + i] != text.charAt(i)) {
          return false;
        }
      }
      return true;
    }

    /** Says how the channels are meant, as libjpeg would read the original file. */
    private JpegFile finish() throws RefusedImage {
      if (header == null || scans == 0) {
        throw truncated();
      }
      byte[] body = kept.toByteArray();
      ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + 64);
      out.write(0xff);
      out.write(0xd8);
      if (adobe && !jfif) {
        out.write(adobeSegment, 0, adobeSegment.length);
      } else if (jfif || !rgbIds) {
        out.write(JFIF, 0, JFIF.length);
      }
      out.write(body, 0, body.length);
      out.write(0xff);
      out.write(0xd9);
      return new JpegFile(header, out.toByteArray());
    }

    private static RefusedImage truncated() {
      return new RefusedImage("it is a truncated JPEG file; copy it again");
    }
  }
}
