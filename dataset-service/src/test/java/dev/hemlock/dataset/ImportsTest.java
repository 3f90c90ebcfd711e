package dev.hemlock.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.storage.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ImportsTest {
  @TempDir Path directory;

  private Workbench bench;

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(directory.resolve("root/idx"));
    bench =
        new Workbench(
            directory, Map.of("hemlock.dataset.import-root", directory.resolve("root").toString()));
  }

  @Test
  void hasTheDocumentedDefaults() {
    assertThat(Workbench.config(directory, Map.of()).toLimits()).isEqualTo(Limits.DEFAULT);
  }

  @Test
  void importsTheBundledDigits() {
    // When
    NamedSnapshot digits = bench.imports.digits("default", Workbench.options(), (i, b) -> {});

    // Then
    assertThat(digits.snapshot().shape().stride()).isEqualTo(64);
    assertThat(digits.snapshot().classNames())
        .containsExactlyElementsOf(IntStream.range(0, 10).mapToObj(Integer::toString).toList());
    assertThat(digits.snapshot().split("train").sampleCount()).isEqualTo(1438);
    assertThat(digits.snapshot().split("test").sampleCount()).isEqualTo(359);
    assertThat(digits.name())
        .isEqualTo(bench.imports.digits("default", Workbench.options(), (i, b) -> {}).name());
    assertThat(bench.events.ids(Topics.EVENTS).get(0)).isEqualTo(digits.name() + "/created");
  }

  @Test
  void scalesDigitsFromSixteenToTwoHundredFiftyFive() {
    NamedSnapshot digits = bench.imports.digits("default", Workbench.options(), (i, b) -> {});

    byte[] shard = bench.blobs.get("default", digits.snapshot().split("train").shards().get(0));

    assertThat(IntStream.range(0, shard.length).map(i -> shard[i] & 0xff).distinct().sorted())
        .containsExactly(
            0, 16, 32, 48, 64, 80, 96, 112, 128, 143, 159, 175, 191, 207, 223, 239, 255);
  }

  @Test
  void splitsByShareAndSeedWithinEachClass() {
    NamedSnapshot fifth = bench.imports.digits("default", Workbench.options(), (i, b) -> {});
    NamedSnapshot half =
        bench.imports.digits("default", withSplit(new SplitPolicy(0.5, 0)), (i, b) -> {});
    NamedSnapshot other =
        bench.imports.digits("default", withSplit(new SplitPolicy(0.2, 7)), (i, b) -> {});

    assertThat(half.snapshot().split("test").sampleCount()).isBetween(895, 905);
    assertThat(other.name()).isNotEqualTo(fifth.name());
    assertThat(ClassNames.counts(bench.labels(other, "test"), 10))
        .isEqualTo(ClassNames.counts(bench.labels(fifth, "test"), 10));
  }

  @Test
  void namesASnapshotByItsDataAlone() {
    // Given the same files packed in other ways and orders
    Map<String, byte[]> files = Pictures.folder(5, 3);
    Map<String, byte[]> wrapped = new LinkedHashMap<>();
    Archives.reversed(files).forEach((name, bytes) -> wrapped.put("./pets/" + name, bytes));
    wrapped.put("pets/README.md", Archives.text("about"));
    wrapped.put("__MACOSX/pets/train/cat/._000.png", new byte[] {1});
    wrapped.put("pets/train/cat/.DS_Store", new byte[] {1});

    // When
    List<String> names =
        Stream.of(
                Archives.tar(files),
                Archives.tarGz(Archives.reversed(files)),
                Archives.zip(files),
                Archives.zip(wrapped),
                Archives.tarGz(wrapped))
            .map(archive -> bench.upload(archive).name())
            .toList();

    // Then
    assertThat(names).containsOnly(names.get(0));
    assertThat(bench.labels(bench.upload(Archives.tar(files)), "train"))
        .containsExactly(0, 1, 0, 1, 0, 1, 0, 1, 0, 1);
  }

  @Test
  void splitsClassFoldersWithoutSplits() {
    // Given
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int i = 0; i < 10; i++) {
      files.put("cat/%d.jpg".formatted(i), Pictures.jpeg(8, 8, 3, i, false));
      files.put("dog/%d.png".formatted(i), Pictures.png(8, 8, 1, i));
    }

    // When
    NamedSnapshot snapshot = bench.upload(Archives.tarGz(files));

    // Then grey became colour, and each class gave a fifth
    assertThat(snapshot.snapshot().shape().channels()).isEqualTo(3);
    assertThat(ClassNames.counts(bench.labels(snapshot, "test"), 2)).containsExactly(2, 2);
    assertThat(ClassNames.counts(bench.labels(snapshot, "train"), 2)).containsExactly(8, 8);
    assertThat(bench.upload(Archives.zip(files)).name()).isEqualTo(snapshot.name());
  }

  @Test
  void splitsATrainFolderWithoutATestFolder() {
    Map<String, byte[]> files = new LinkedHashMap<>(Pictures.folder(10, 1));
    files.keySet().removeIf(name -> name.startsWith("test"));

    NamedSnapshot snapshot = bench.upload(Archives.tar(files));

    assertThat(snapshot.snapshot().split("test").sampleCount()).isEqualTo(4);
  }

  @Test
  void storesEachImageAtItsPlace() {
    // Given
    Map<String, byte[]> files = Pictures.folder(5, 3);

    // When
    NamedSnapshot snapshot = bench.upload(Archives.tarGz(Archives.reversed(files)));

    // Then sample 3 of train is the second dog, since names come before classes
    Pixels expected = Pictures.random(6, 5, 3, 6);
    assertThat(files.get("train/dog/001.png")).isEqualTo(PngWriter.write(expected));
    assertThat(bench.samples(snapshot, "train").image(3).bytes()).isEqualTo(expected.bytes());
  }

  @Test
  void resizesUnequalImagesWhenAsked() {
    Map<String, byte[]> files = Pictures.folder(2, 3);
    files.put("train/cat/999.png", Pictures.png(30, 60, 1, 1));

    NamedSnapshot snapshot =
        bench.upload(Archives.zip(files), Workbench.resized(10, 12, Resize.Mode.CROP));

    assertThat(snapshot.snapshot().shape().height()).isEqualTo(10);
    assertThat(snapshot.snapshot().shape().width()).isEqualTo(12);
  }

  @Test
  void cutsShardsAtSixteenMebibytes() {
    // Given 2 classes of 1400 x 1400 colour images: 5.6 MiB each, so 2 a shard
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String name : List.of("train/a/1", "train/a/2", "train/b/3", "test/a/1", "test/b/2")) {
      files.put(name + ".png", PngWriter.write(new Pixels(1400, 1400, 3, new byte[5_880_000])));
    }

    // When
    NamedSnapshot snapshot = bench.upload(Archives.tar(files));

    // Then
    Split train = snapshot.snapshot().split("train");
    assertThat(train.imagesPerShard()).isEqualTo(2);
    assertThat(train.shards()).hasSize(2);
    assertThat(bench.blobs.get("default", train.shards().get(1))).hasSize(5_880_000);
    assertThat(bench.samples(snapshot, "train").image(2).bytes()).hasSize(5_880_000);
  }

  @Test
  void importsTheCifar10Layout() {
    // Given two batches in the wrong archive order
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("cifar-10-batches-bin/test_batch.bin", cifar(1, 10, 100));
    files.put("cifar-10-batches-bin/data_batch_10.bin", cifar(1, 10, 200));
    files.put("cifar-10-batches-bin/data_batch_2.bin", cifar(1, 10, 300));
    files.put(
        "cifar-10-batches-bin/batches.meta.txt",
        Archives.text("airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"));
    files.put("cifar-10-batches-bin/readme.html", Archives.text("<html>"));

    // When
    NamedSnapshot snapshot = bench.upload(Archives.tarGz(files));

    // Then
    assertThat(snapshot.snapshot().classNames()).startsWith("airplane", "automobile");
    assertThat(snapshot.snapshot().split("train").sampleCount()).isEqualTo(20);
    assertThat(bench.labels(snapshot, "test")).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    byte[] first = bench.samples(snapshot, "train").image(0).bytes();
    byte[] record = cifar(1, 10, 300);
    assertThat(first[0]).isEqualTo(record[1]);
    assertThat(first[1]).isEqualTo(record[1 + 1024]);
    assertThat(first[3 * 1023 + 2]).isEqualTo(record[3072]);
  }

  @Test
  void importsTheCifar100LayoutByFineLabels() {
    // Given
    Map<String, byte[]> files = new LinkedHashMap<>();
    String names = String.join("\n", IntStream.range(0, 10).mapToObj(i -> "fine" + i).toList());
    files.put("cifar-100-binary/coarse_label_names.txt", Archives.text("one\ntwo\n"));
    files.put("cifar-100-binary/fine_label_names.txt", Archives.text(names));
    files.put("cifar-100-binary/train.bin", cifar(2, 20, 1));
    files.put("cifar-100-binary/test.bin", cifar(2, 10, 2));

    // When
    NamedSnapshot snapshot = bench.upload(Archives.tarGz(files));

    // Then
    assertThat(snapshot.snapshot().classNames()).startsWith("fine0");
    assertThat(bench.labels(snapshot, "train")).startsWith(0, 1, 2, 3);
  }

  @Test
  void importsIdxFromArchiveAndDirectoryAlike() throws IOException {
    // Given
    Map<String, byte[]> files = idx();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(directory.resolve("root/idx").resolve(file.getKey()), file.getValue());
    }

    // When
    NamedSnapshot packed = bench.upload(Archives.zip(files));
    NamedSnapshot plain = bench.imports.path("default", "idx", Workbench.options(), (i, b) -> {});

    // Then
    assertThat(plain.name()).isEqualTo(packed.name());
    assertThat(packed.snapshot().classNames()).containsExactly("03", "08", "11");
    assertThat(bench.labels(packed, "train")).containsExactly(0, 1, 2, 0, 1, 2);
    assertThat(bench.samples(packed, "test").image(1).bytes()).containsOnly(1);
  }

  @Test
  void importsAFileUnderTheRoot() throws IOException {
    Files.write(directory.resolve("root/pets.zip"), Archives.zip(Pictures.folder(2, 1)));

    NamedSnapshot snapshot =
        bench.imports.path("default", "pets.zip", Workbench.options(), (i, b) -> {});

    assertThat(bench.documents.provenance("default", snapshot.name()).getSource())
        .isEqualTo("pets.zip");
  }

  @Test
  void refusesPathsOutsideTheRoot() throws IOException {
    Files.write(directory.resolve("secret.zip"), Archives.zip(Pictures.folder(2, 1)));
    Files.createSymbolicLink(directory.resolve("root/link.zip"), directory.resolve("secret.zip"));

    for (String path :
        List.of("../secret.zip", "link.zip", "idx/../../secret.zip", "/etc/passwd", "a\0b")) {
      assertThatThrownBy(
              () -> bench.imports.path("default", path, Workbench.options(), (i, b) -> {}))
          .hasMessageContaining("import root")
          .extracting(e -> ((HemlockException) e).reason())
          .isEqualTo(Reason.INVALID_ARGUMENT);
    }
    assertThat(bench.residue()).isEmpty();
  }

  @Test
  void refusesLinksInsideADirectory() throws IOException {
    Path folder = Files.createDirectories(directory.resolve("root/pets/train/cat"));
    Files.createSymbolicLink(folder.resolve("passwd.png"), Path.of("/etc/passwd"));

    assertThatThrownBy(
            () -> bench.imports.path("default", "pets", Workbench.options(), (i, b) -> {}))
        .hasMessageContaining("link");
  }

  @Test
  void saysWhichKeyToSetWithoutAnImportRoot() {
    Workbench closed = new Workbench(directory);

    assertThatThrownBy(() -> closed.imports.path("default", "x", Workbench.options(), (i, b) -> {}))
        .hasMessageContaining("hemlock.dataset.import-root")
        .extracting(e -> ((HemlockException) e).reason())
        .isEqualTo(Reason.FAILED_PRECONDITION);
    assertThatThrownBy(
            () -> bench.imports.path("default", "absent", Workbench.options(), (i, b) -> {}))
        .extracting(e -> ((HemlockException) e).reason())
        .isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void checksTheExpectedDigest() {
    byte[] archive = Archives.zip(Pictures.folder(2, 1));
    ImportOptions wrong = expecting(new Digest("0".repeat(64)));
    ImportOptions right = expecting(Digest.of(archive));

    assertThatThrownBy(() -> bench.upload(archive, wrong))
        .hasMessageContaining(Digest.of(archive).hex());
    assertThat(bench.residue()).isEmpty();
    assertThat(bench.upload(archive, right).name()).startsWith("snapshots/sha256:");
  }

  @Test
  void keepsATenantWithinItsBytesAndAnswersForWhatIsThere() {
    byte[] small = Archives.zip(Pictures.folder(2, 3));
    byte[] large = Archives.zip(Pictures.folder(6, 3));
    Workbench bounded =
        new Workbench(directory, Map.of("hemlock.dataset.quota.stored-bytes", "1000"));
    NamedSnapshot first = bounded.upload(small);
    List<String> before = bounded.residue();

    // When 8 images of 90 bytes, and 8 bytes of labels of both splits, are there
    assertThatThrownBy(() -> bounded.upload(large))
        .isInstanceOfSatisfying(
            HemlockException.class,
            refusal -> {
              assertThat(refusal.reason()).isEqualTo(Reason.RESOURCE_EXHAUSTED);
              assertThat(refusal)
                  .hasMessage(
                      "The tenant default stores 728 bytes, and this import would add 2160;"
                          + " hemlock.dataset.quota.stored-bytes allows 1000. Import less, or"
                          + " collect what nothing needs (hemlock gc --delete).");
            });

    // Then
    assertThat(bounded.residue()).isEqualTo(before);
    assertThat(bounded.upload(small).name()).isEqualTo(first.name());
  }

  @Test
  void asksTheStoreForTheSameWhateverAnotherTenantHas() {
    // Given
    Map<String, String> quota = Map.of("hemlock.dataset.quota.stored-bytes", "1000000");
    byte[] archive = Archives.zip(Pictures.folder(5, 3));
    List<String> alone = requestsForAnImport(new Workbench(directory.resolve("1"), quota), archive);
    Workbench shared = new Workbench(directory.resolve("2"), quota);
    shared.upload("acme", archive, Workbench.options());

    // When
    List<String> beside = requestsForAnImport(shared, archive);

    // Then
    assertThat(beside).isEqualTo(alone).allMatch(request -> request.contains(" umbra/"));
    assertThat(requestsForAnImport(shared, archive)).isNotEqualTo(alone);
  }

  /** What umbra asks the store for when it imports an archive; shards are stored side by side. */
  private static List<String> requestsForAnImport(Workbench bench, byte[] archive) {
    int before = bench.counting.calls();
    bench.upload("umbra", archive, Workbench.options());
    return bench.counting.requests().stream().skip(before).sorted().toList();
  }

  @Test
  void leavesNothingWhenStopped() {
    byte[] archive = Archives.zip(Pictures.folder(20, 3));

    assertThatThrownBy(
            () ->
                bench.imports.upload(
                    "default",
                    "x",
                    List.of(com.google.protobuf.ByteString.copyFrom(archive)).iterator(),
                    Workbench.options(),
                    (images, bytes) -> {
                      if (images > 0) {
                        throw HemlockException.cancelled("stopped");
                      }
                    }))
        .hasMessage("stopped");
    assertThat(bench.residue()).isEmpty();
  }

  static Stream<Arguments> badInput() {
    return Stream.of(
        bad(
            "class missing from test",
            "split \"test\"",
            f -> f.keySet().removeIf(name -> name.startsWith("test/dog"))),
        bad("one class only", "2 to", f -> f.keySet().removeIf(name -> name.contains("/dog/"))),
        bad(
            "no train",
            "none named \"train\"",
            f -> f.keySet().removeIf(name -> name.startsWith("train"))),
        bad("another split", "val", f -> f.put("val/cat/1.png", Pictures.png(6, 5, 1, 1))),
        bad(
            "an image too high",
            "does not lie",
            f -> f.put("train/1.png", Pictures.png(6, 5, 1, 1))),
        bad(
            "an image too deep",
            "\"train/cat/old/1.png\" does not lie",
            f -> f.put("train/cat/old/1.png", Pictures.png(6, 5, 1, 1))),
        bad(
            "text among images",
            "train/cat/x.png",
            f -> f.put("train/cat/x.png", Archives.text("hello"))),
        bad(
            "truncated image",
            "train/cat/x.png",
            f -> f.put("train/cat/x.png", Arrays.copyOf(Pictures.png(6, 5, 1, 1), 60))),
        bad("undecodable image", "train/dog/x.jpg", f -> f.put("train/dog/x.jpg", brokenJpeg())),
        bad("unequal sizes", "resize", f -> f.put("train/cat/x.png", Pictures.png(9, 9, 1, 1))),
        bad("CMYK", "CMYK", f -> f.put("train/cat/x.jpg", Pictures.cmykJpeg())),
        bad("nothing at all", "no files", Map::clear),
        bad(
            "unknown files",
            "notes.doc",
            f -> {
              f.clear();
              f.put("notes.doc", new byte[] {1});
            }),
        bad(
            "cut CIFAR batch",
            "whole records",
            f -> {
              f.clear();
              f.put("data_batch_1.bin", Arrays.copyOf(cifar(1, 4, 1), 5000));
            }),
        bad(
            "CIFAR without names",
            "batches.meta.txt",
            f -> {
              f.clear();
              f.put("data_batch_1.bin", cifar(1, 4, 1));
              f.put("test_batch.bin", cifar(1, 4, 1));
            }),
        bad(
            "IDX without labels",
            "labels",
            f -> {
              f.clear();
              f.putAll(idx());
              f.remove("train-labels-idx1-ubyte.gz");
            }),
        bad(
            "truncated IDX",
            "truncated",
            f -> {
              f.clear();
              f.putAll(idx());
              f.put("t10k-images-idx3-ubyte", Arrays.copyOf(f.get("t10k-images-idx3-ubyte"), 40));
            }),
        bad(
            "IDX that promises too much",
            "truncated",
            f -> {
              f.clear();
              f.putAll(idx());
              f.put(
                  "t10k-labels-idx1-ubyte",
                  ByteBuffer.allocate(8).putInt(0x801).putInt(9_000_000).array());
            }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badInput")
  void refusesBadInputAndLeavesNothing(String what, byte[] archive, String message) {
    // When, Then
    assertThatThrownBy(() -> bench.upload(archive))
        .hasMessageContaining(message)
        .extracting(e -> ((HemlockException) e).reason())
        .isEqualTo(Reason.INVALID_ARGUMENT);
    assertThat(bench.residue()).isEmpty();
    assertThat(bench.upload(Archives.zip(Pictures.folder(2, 1))).name()).isNotEmpty();
  }

  @Test
  void refusesDuplicateEntries() {
    byte[] tar = Archives.tar(Pictures.folder(2, 1));
    byte[] again = Archives.tar(Map.of("train/cat/000.png", Pictures.png(6, 5, 1, 9)));
    byte[] both = Arrays.copyOf(again, 1024 + tar.length);
    System.arraycopy(tar, 0, both, 1024, tar.length);

    assertThatThrownBy(() -> bench.upload(both)).hasMessageContaining("twice");
  }

  @Test
  void checksDimensionsBeforeDecoding() {
    // Given a PNG that says 30000 x 30000 in a few bytes
    byte[] huge = Pictures.png(6, 5, 1, 1);
    ByteBuffer.wrap(huge).putInt(16, 30_000).putInt(20, 30_000);
    java.util.zip.CRC32 crc = new java.util.zip.CRC32();
    crc.update(huge, 12, 17);
    ByteBuffer.wrap(huge).putInt(29, (int) crc.getValue());
    Map<String, byte[]> files = Pictures.folder(2, 1);
    files.put("train/cat/huge.png", huge);

    // When, Then
    assertThatThrownBy(() -> bench.upload(Archives.zip(files)))
        .hasMessageContaining("30000 x 30000")
        .extracting(e -> ((HemlockException) e).reason())
        .isEqualTo(Reason.RESOURCE_EXHAUSTED);
    assertThat(bench.residue()).isEmpty();
  }

  @Test
  void stopsRecordFilesThatUnpackToMuch() {
    // Given 20 million labels, and images a thousand times their packed size
    Map<String, byte[]> labels = idx();
    labels.put(
        "train-labels-idx1-ubyte.gz",
        Archives.gzip(
            ByteBuffer.allocate(20_000_000).putInt(0x801).putInt(20_000_000 - 8).array()));
    Map<String, byte[]> images = idx();
    images.put(
        "train-images-idx3-ubyte.gz",
        Archives.gzip(
            ByteBuffer.allocate(30_000_016)
                .putInt(0x803)
                .putInt(300)
                .putInt(1000)
                .putInt(100)
                .array()));

    // When, Then
    assertThatThrownBy(() -> bench.upload(Archives.tar(labels)))
        .hasMessageContaining("more than 10000000")
        .extracting(e -> ((HemlockException) e).reason())
        .isEqualTo(Reason.RESOURCE_EXHAUSTED);
    assertThatThrownBy(() -> bench.upload(Archives.tar(images)))
        .hasMessageContaining("compression-ratio")
        .extracting(e -> ((HemlockException) e).reason())
        .isEqualTo(Reason.RESOURCE_EXHAUSTED);
    assertThat(bench.residue()).isEmpty();
  }

  @Test
  void bringsAnExportBackUnderTheSameName() {
    List<NamedSnapshot> snapshots =
        List.of(
            bench.imports.digits("default", Workbench.options(), (i, b) -> {}),
            bench.upload(Archives.zip(Pictures.folder(5, 3))),
            bench.upload(Archives.zip(idx())));

    for (NamedSnapshot snapshot : snapshots) {
      byte[] export = bench.export(snapshot);

      assertThat(bench.export(snapshot)).isEqualTo(export);
      assertThat(bench.upload(export).name()).isEqualTo(snapshot.name());
    }
  }

  private interface Change {
    void to(Map<String, byte[]> files);
  }

  private static Arguments bad(String what, String message, Change change) {
    Map<String, byte[]> files = Pictures.folder(3, 1);
    change.to(files);
    return arguments(what, Archives.zip(files), message);
  }

  private static byte[] brokenJpeg() {
    byte[] file = Pictures.jpeg(5, 6, 3, 1, false);
    // An empty Huffman table in the place of the first one
    for (int i = 2; i < file.length - 20; i++) {
      if (file[i] == (byte) 0xff && file[i + 1] == (byte) 0xc4) {
        Arrays.fill(file, i + 5, i + 21, (byte) 255);
        return file;
      }
    }
    throw new IllegalStateException("no Huffman table");
  }

  private static byte[] cifar(int labelBytes, int records, int seed) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < records; i++) {
      if (labelBytes == 2) {
        out.write(i % 2);
      }
      out.write(i % 10);
      out.writeBytes(Pictures.random(32, 32, 3, seed + i).bytes());
    }
    return out.toByteArray();
  }

  private static Map<String, byte[]> idx() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("train-images-idx3-ubyte.gz", Archives.gzip(idxImages(6)));
    files.put("train-labels-idx1-ubyte.gz", Archives.gzip(idxLabels(3, 8, 11, 3, 8, 11)));
    files.put("t10k-images-idx3-ubyte", idxImages(3));
    files.put("t10k-labels-idx1-ubyte", idxLabels(8, 3, 11));
    return files;
  }

  private static byte[] idxImages(int count) {
    ByteBuffer buffer = ByteBuffer.allocate(16 + count * 20);
    buffer.putInt(0x803).putInt(count).putInt(5).putInt(4);
    for (int i = 0; i < count; i++) {
      for (int p = 0; p < 20; p++) {
        buffer.put((byte) i);
      }
    }
    return buffer.array();
  }

  private static byte[] idxLabels(int... labels) {
    ByteBuffer buffer = ByteBuffer.allocate(8 + labels.length);
    buffer.putInt(0x801).putInt(labels.length);
    for (int label : labels) {
      buffer.put((byte) label);
    }
    return buffer.array();
  }

  private static ImportOptions expecting(Digest digest) {
    return new ImportOptions(
        Optional.empty(), Optional.empty(), SplitPolicy.DEFAULT, Optional.of(digest), "{}");
  }

  private static ImportOptions withSplit(SplitPolicy split) {
    return new ImportOptions(Optional.empty(), Optional.empty(), split, Optional.empty(), "{}");
  }
}
