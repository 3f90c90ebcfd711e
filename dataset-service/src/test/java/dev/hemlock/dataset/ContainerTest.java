package dev.hemlock.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContainerTest {
  private static final Limits SMALL =
      new Limits(1 << 30, 50, 40 << 20, 100, 1 << 20, 1000, 1 << 30);

  @TempDir Path directory;

  private final Map<String, byte[]> files = new LinkedHashMap<>();

  @Test
  void readsTarAndGzipAndZipAlike() throws IOException {
    // Given
    files.put("a/one.bin", new byte[] {1, 2, 3});
    files.put("a/" + "n".repeat(120) + "/two", new byte[1024]);
    files.put("b/é.txt", Archives.text("é"));

    // When, Then
    assertThat(read(Archives.tar(files))).containsOnlyKeys(files.keySet());
    assertThat(read(Archives.tarGz(files))).containsOnlyKeys(files.keySet());
    assertThat(read(Archives.zip(files))).containsOnlyKeys(files.keySet());
    assertThat(read(Archives.zip(files)).get("a/one.bin")).containsExactly(1, 2, 3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil",
        "a/../../evil",
        "/etc/passwd",
        "C:/evil",
        "./C:/evil",
        "a\\..\\evil",
        "a/b\u0007c"
      })
  void refusesUnsafePaths(String name) {
    files.put(name, new byte[] {1});

    assertRefused(Archives.tar(files), Reason.INVALID_ARGUMENT, "entry path");
    assertRefused(Archives.zip(files), Reason.INVALID_ARGUMENT, "entry path");
  }

  @Test
  void refusesLinks() {
    TarArchiveEntry symbolic = new TarArchiveEntry("link", TarConstants.LF_SYMLINK);
    symbolic.setLinkName("/etc/passwd");
    TarArchiveEntry hard = new TarArchiveEntry("link", TarConstants.LF_LINK);
    hard.setLinkName("other");

    assertRefused(Archives.tarWith(symbolic), Reason.INVALID_ARGUMENT, "link");
    assertRefused(Archives.tarWith(hard), Reason.INVALID_ARGUMENT, "link");
    assertRefused(
        Archives.tarWith(new TarArchiveEntry("pipe", TarConstants.LF_FIFO)),
        Reason.INVALID_ARGUMENT,
        "special file");
  }

  @Test
  void refusesTarTruncatedAnywhere() {
    files.put("a/one.bin", new byte[700]);
    files.put("a/two.bin", new byte[] {1});
    byte[] tar = Archives.tar(files);
    int end = 512 + 1024 + 512 + 512;
    for (int length = 512; length <= end; length += 64) {
      assertRefused(Arrays.copyOf(tar, length), Reason.INVALID_ARGUMENT, "truncated");
    }
  }

  @Test
  void refusesGzipTruncatedAnywhere() {
    files.put("a/one.bin", Pictures.png(20, 20, 3, 1));
    byte[] gzip = Archives.tarGz(files);
    for (int length = 600; length < gzip.length; length += 5) {
      assertRefused(Arrays.copyOf(gzip, length), Reason.INVALID_ARGUMENT, "truncated");
    }
    assertRefused(
        Arrays.copyOf(gzip, gzip.length - 1), Reason.INVALID_ARGUMENT, "it ends too early");
  }

  @Test
  void refusesGzipWithAWrongChecksum() {
    files.put("a/one.bin", Pictures.png(20, 20, 3, 1));
    byte[] gzip = Archives.tarGz(files);
    gzip[gzip.length - 6] ^= 1;

    assertRefused(gzip, Reason.INVALID_ARGUMENT, "damaged");
  }

  @Test
  void refusesZipTruncatedAnywhere() {
    files.put("a/one.bin", Pictures.png(20, 20, 3, 1));
    byte[] zip = Archives.zip(files);
    for (int length = 4; length < zip.length; length += 5) {
      assertRefused(Arrays.copyOf(zip, length), Reason.INVALID_ARGUMENT, "truncated");
    }
  }

  @Test
  void refusesZipWithAWrongChecksum() {
    // Given
    files.put("a/one.bin", Pictures.random(20, 20, 3, 1).bytes());
    byte[] zip = Archives.zip(files);
    int directoryEntry = indexOf(zip, new byte[] {'P', 'K', 1, 2});
    zip[directoryEntry + 16] ^= 1;

    // When, Then
    assertRefused(zip, Reason.INVALID_ARGUMENT, "checksum");
  }

  @Test
  void stopsBombsByRatioAndBySize() {
    // Given 30 MB of zeros, a thousand times their packed size, and the same on a weaker ratio
    files.put("zeros", new byte[30_000_000]);

    // When, Then
    assertRefused(Archives.zip(files), Reason.RESOURCE_EXHAUSTED, "compression-ratio");
    assertRefused(Archives.tarGz(files), Reason.RESOURCE_EXHAUSTED, "compression-ratio");
    files.put("more", new byte[20_000_000]);
    assertRefused(Archives.tar(files), Reason.RESOURCE_EXHAUSTED, "unpacked-bytes");
  }

  @Test
  void stopsTooManyEntries() {
    for (int i = 0; i < 51; i++) {
      files.put("f" + i, new byte[0]);
    }

    assertRefused(Archives.zip(files), Reason.RESOURCE_EXHAUSTED, "limits.entries");
    assertRefused(Archives.tarGz(files), Reason.RESOURCE_EXHAUSTED, "limits.entries");
  }

  @Test
  void stopsAHugeDirectoryThatTheEndRecordHides() {
    // Given a zip64 directory with long comments, and an end record that tells of a short one
    byte[] comment = new byte[60_000];
    ByteBuffer zip = ByteBuffer.allocate(300_000).order(ByteOrder.LITTLE_ENDIAN);
    zip.put(Archives.zip(Map.of("a", new byte[] {1})), 0, 32);
    int start = zip.position();
    for (int i = 0; i < 3; i++) {
      zip.putInt(0x02014b50).position(zip.position() + 24);
      zip.putShort((short) 1).putShort((short) 0).putShort((short) comment.length);
      zip.position(zip.position() + 12).put((byte) 'a').put(comment);
    }
    int record = zip.position();
    zip.putInt(0x06064b50).position(record + 48).putLong(start);
    zip.putInt(0x07064b50).putInt(0).putLong(record).putInt(1);
    zip.putInt(0x06054b50).putInt(0).putInt(0).putInt(0).putInt(record).putShort((short) 0);

    // When, Then
    assertRefused(
        Arrays.copyOf(zip.array(), zip.position()), Reason.RESOURCE_EXHAUSTED, "limits.entries");
  }

  @Test
  void refusesZipWithAnotherDirectoryThanItsEndSays() {
    // Given
    files.put("a", new byte[] {1});
    byte[] trailed = Arrays.copyOf(Archives.zip(files), Archives.zip(files).length + 1);
    byte[] counted = Archives.zip(files);
    counted[counted.length - 12] = 2;

    // When, Then
    assertRefused(trailed, Reason.INVALID_ARGUMENT, "does not end with its comment");
    assertRefused(counted, Reason.INVALID_ARGUMENT, "has 1 entries, not 2");
  }

  @Test
  void takesNoMemoryForWhatATarOnlyPromises() {
    // Given an entry of 2 GiB in an archive of a few bytes
    TarArchiveEntry entry = new TarArchiveEntry("a/b");
    byte[] tar = Archives.tarWith(entry, new byte[10]);
    System.arraycopy("20000000000\0".getBytes(StandardCharsets.US_ASCII), 0, tar, 124, 12);
    int sum = 8 * ' ';
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? 0 : tar[i] & 0xff;
    }
    System.arraycopy("%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII), 0, tar, 148, 8);

    // When, Then
    assertRefused(tar, Reason.INVALID_ARGUMENT, "ends inside an entry");
  }

  @Test
  void boundsWhatAnExtendedHeaderMayCost() {
    for (byte kind : new byte[] {TarConstants.LF_GNUTYPE_LONGNAME, 'x', 'g', 'K'}) {
      TarArchiveEntry header = new TarArchiveEntry("././@LongLink", kind);

      assertRefused(
          Archives.tarWith(header, new byte[200_000]), Reason.INVALID_ARGUMENT, "extended header");
    }
  }

  @Test
  void refusesWhatIsNoArchive() {
    assertRefused(Archives.text("hello, world"), Reason.INVALID_ARGUMENT, "no tar");
    assertRefused(new byte[0], Reason.INVALID_ARGUMENT, "no tar");
    assertRefused(Archives.gzip(new byte[2000]), Reason.INVALID_ARGUMENT, "no tar");
  }

  @Property(tries = 300)
  void neverFailsOtherwiseThanByRefusing(
      @ForAll @IntRange(min = 0, max = 2) int kind,
      @ForAll @IntRange(min = 0, max = 100_000) int at,
      @ForAll byte value)
      throws IOException {
    // Given
    Map<String, byte[]> some = Pictures.folder(1, 1);
    byte[] bytes =
        switch (kind) {
          case 0 -> Archives.tar(some);
          case 1 -> Archives.tarGz(some);
          default -> Archives.zip(some);
        };
    bytes[at % bytes.length] = value;
    Path file = Files.createTempFile("container", ".bin");
    Files.write(file, bytes);

    // When, Then
    try {
      Container.open(file, SMALL).visit((path, content) -> content.readAllBytes());
    } catch (HemlockException e) {
      assertThat(e.reason()).isIn(Reason.INVALID_ARGUMENT, Reason.RESOURCE_EXHAUSTED);
    } finally {
      Files.delete(file);
    }
  }

  private Map<String, byte[]> read(byte[] archive) throws IOException {
    Path file = Files.write(directory.resolve("archive"), archive);
    Map<String, byte[]> found = new TreeMap<>();
    Container.open(file, SMALL)
        .visit((path, content) -> found.put(path.toString(), content.readAllBytes()));
    return found;
  }

  private void assertRefused(byte[] archive, Reason reason, String message) {
    assertThatThrownBy(() -> read(archive))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining(message)
        .extracting(e -> ((HemlockException) e).reason())
        .isEqualTo(reason);
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int i = 0; i + wanted.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }
}
