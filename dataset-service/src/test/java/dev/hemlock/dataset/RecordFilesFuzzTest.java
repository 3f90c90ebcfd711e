package dev.hemlock.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.fuzz.Mutants;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** IDX and CIFAR files. The first byte of an input says what the file is called. */
class RecordFilesFuzzTest {
  private static final Limits LIMITS =
      new Limits(1 << 20, 50, 1 << 20, 100, 1 << 16, 10_000, 1 << 20);
  private static final List<String> NAMES =
      List.of(
          "train-labels-idx1-ubyte",
          "t10k-images-idx3-ubyte",
          "train-images-idx3-ubyte.gz",
          "data_batch_1.bin",
          "test.bin");

  @Test
  void holdsForDamagedInputs() {
    Mutants.run(RecordFilesFuzzTest.class, 1000, this::holds);
  }

  /** A file is refused, or what is read from it makes up the file again. */
  @FuzzTest
  void holds(byte[] input) throws IOException {
    // Given
    if (input.length == 0) {
      return;
    }
    EntryPath path = EntryPath.parse(NAMES.get((input[0] & 0xff) % NAMES.size()));
    byte[] file = Arrays.copyOfRange(input, 1, input.length);

    // When, Then
    try {
      if (CifarFile.isName(path.fileName())) {
        cifar(path, file);
      } else {
        idx(path, file);
      }
    } catch (HemlockException e) {
      if (e.reason() != Reason.INVALID_ARGUMENT && e.reason() != Reason.RESOURCE_EXHAUSTED) {
        throw e;
      }
    } catch (IOException e) {
      // A gzip stream that is none; the archive around it reports that as damage.
      assertThat(file).startsWith(0x1f, 0x8b);
    }
  }

  private static void idx(EntryPath path, byte[] file) throws IOException {
    IdxFile read = IdxFile.survey(path, new ByteArrayInputStream(file), LIMITS);
    ByteArrayOutputStream again = new ByteArrayOutputStream();
    if (read.isImages()) {
      again.writeBytes(
          ByteBuffer.allocate(16)
              .putInt(0x803)
              .putInt(read.count())
              .putInt(read.height())
              .putInt(read.width())
              .array());
      read.read(
          new ByteArrayInputStream(file), LIMITS, (record, pixels) -> again.writeBytes(pixels));
    } else {
      again.writeBytes(ByteBuffer.allocate(8).putInt(0x801).putInt(read.count()).array());
      for (int label : read.labels()) {
        again.write(label);
      }
    }
    if (file[0] == 0) {
      assertThat(again.toByteArray()).isEqualTo(file);
    }
  }

  private static void cifar(EntryPath path, byte[] file) throws IOException {
    CifarFile read = CifarFile.survey(path, new ByteArrayInputStream(file));
    int plane = CifarFile.SIDE * CifarFile.SIDE;
    int labelBytes = CifarFile.isCifar10(path.fileName()) ? 1 : 2;
    int[] records = {0};
    CifarFile.read(
        path,
        new ByteArrayInputStream(file),
        (record, pixels) -> {
          records[0]++;
          int at = record * (labelBytes + 3 * plane) + labelBytes;
          assertThat(read.labels()[record]).isEqualTo(file[at - 1] & 0xff);
          for (int p = 0; p < plane; p++) {
            for (int c = 0; c < 3; c++) {
              if (pixels[3 * p + c] != file[at + c * plane + p]) {
                throw new AssertionError("pixel %d of record %d differs".formatted(p, record));
              }
            }
          }
        });
    assertThat(records[0]).isEqualTo(read.labels().length);
    assertThat(records[0] * (labelBytes + 3 * plane)).isEqualTo(file.length);
  }
}
