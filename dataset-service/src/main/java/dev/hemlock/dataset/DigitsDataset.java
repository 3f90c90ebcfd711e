package dev.hemlock.dataset;

import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.storage.Digest;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;

/**
 * The bundled handwritten digits: 1,797 grey images of 8 x 8 pixels in file order, without a split
 * (E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning
 * Repository, 1998, CC BY 4.0). A pixel p of 0 to 16 becomes round(255 p / 16).
 */
final class DigitsDataset implements RawDataset {

  private static final String RESOURCE = "/datasets/digits.csv.gz";
  private static final int PIXELS = 64;

  private final Digest digest;
  private final int size;
  private final byte[][] images;
  private final int[] labels;

  private DigitsDataset(byte[] file, List<String> lines) {
    digest = Digest.of(file);
    size = file.length;
    images = new byte[lines.size()][PIXELS];
    labels = new int[lines.size()];
    for (int i = 0; i < images.length; i++) {
      String[] fields = lines.get(i).split(",");
      for (int p = 0; p < PIXELS; p++) {
        images[i][p] = (byte) ((Integer.parseInt(fields[p]) * 255 + 8) / 16);
      }
      labels[i] = Integer.parseInt(fields[PIXELS]);
    }
  }

  static DigitsDataset load() {
    try (InputStream in = DigitsDataset.class.getResourceAsStream(RESOURCE)) {
      byte[] file = in.readAllBytes();
      try (BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(
                  new GZIPInputStream(new ByteArrayInputStream(file)),
                  StandardCharsets.US_ASCII))) {
        return new DigitsDataset(file, reader.lines().toList());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of the bundled file. */
  Digest digest() {
    return digest;
  }

  /** Bytes of the bundled file. */
  int size() {
    return size;
  }

  @Override
  public ImageShape shape() {
    return new ImageShape(8, 8, 1);
  }

  @Override
  public List<String> classNames() {
    return IntStream.range(0, 10).mapToObj(Integer::toString).toList();
  }

  @Override
  public List<RawSplit> splits() {
    return List.of(new RawSplit("train", labels.clone()));
  }

  @Override
  public void readPixels(PixelSink sink, Runnable tick) {
    for (int i = 0; i < images.length; i++) {
      sink.put(0, i, images[i].clone());
    }
    tick.run();
  }
}
