package dev.hemlock.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import dev.hemlock.common.grpc.GrpcErrors;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.ObjectStore;
import dev.hemlock.common.storage.StoredObject;
import dev.hemlock.proto.dataset.v1.BundledDataset;
import dev.hemlock.proto.dataset.v1.CollectGarbageRequest;
import dev.hemlock.proto.dataset.v1.CollectGarbageResponse;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc.DatasetServiceBlockingStub;
import dev.hemlock.proto.dataset.v1.DeriveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.DiffLabelsRequest;
import dev.hemlock.proto.dataset.v1.DiffLabelsResponse;
import dev.hemlock.proto.dataset.v1.ExportSnapshotRequest;
import dev.hemlock.proto.dataset.v1.ExportSnapshotResponse;
import dev.hemlock.proto.dataset.v1.GetProvenanceRequest;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.GetSnapshotStatisticsRequest;
import dev.hemlock.proto.dataset.v1.ImportDatasetRequest;
import dev.hemlock.proto.dataset.v1.ImportDatasetResponse;
import dev.hemlock.proto.dataset.v1.ImportSpec;
import dev.hemlock.proto.dataset.v1.ListSnapshotsRequest;
import dev.hemlock.proto.dataset.v1.Relabel;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.SnapshotStatistics;
import dev.hemlock.proto.dataset.v1.SplitPolicy;
import dev.hemlock.proto.dataset.v1.StreamSampleImagesRequest;
import dev.hemlock.proto.dataset.v1.StreamSampleImagesResponse;
import dev.hemlock.proto.dataset.v1.Subset;
import dev.hemlock.proto.dataset.v1.VerifySnapshotRequest;
import dev.hemlock.proto.dataset.v1.VerifySnapshotResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@QuarkusTest
@QuarkusTestResource(value = Backends.class, restrictToAnnotatedClass = true)
class DatasetServiceIT {
  private static final Path CIFAR10 = Path.of("../../shared/data/cifar10-images.tar.gz");

  @Inject BlobStore blobs;
  @Inject ObjectStore store;

  @ConfigProperty(name = "quarkus.http.test-port")
  int port;

  @ConfigProperty(name = "hemlock.dataset.temp-dir")
  Path temporary;

  @ConfigProperty(name = "hemlock.dataset.import-root")
  Path root;

  private ManagedChannel channel;
  private DatasetServiceBlockingStub service;
  private Uploader uploader;

  @BeforeEach
  void connect() {
    channel =
        Grpc.newChannelBuilderForAddress("127.0.0.1", port, InsecureChannelCredentials.create())
            .build();
    service = DatasetServiceGrpc.newBlockingStub(channel).withDeadlineAfter(300, TimeUnit.SECONDS);
    uploader = new Uploader(channel);
  }

  @AfterEach
  void disconnect() {
    channel.shutdownNow();
  }

  @Test
  void importsReadsComparesVerifiesAndExports() throws IOException {
    // Given an uploaded archive
    byte[] archive = Archives.tarGz(Pictures.folder(10, 3));
    Snapshot pets = upload(archive);

    // When, Then it can be read
    assertThat(service.getSnapshot(GetSnapshotRequest.newBuilder().setName(pets.getName()).build()))
        .isEqualTo(pets);
    assertThat(service.listSnapshots(ListSnapshotsRequest.getDefaultInstance()).getSnapshotsList())
        .contains(pets);
    var provenance =
        service.getProvenance(GetProvenanceRequest.newBuilder().setName(pets.getName()).build());
    assertThat(provenance.getSource()).isEqualTo("pets.tar.gz");
    assertThat(provenance.getSourceDigest()).isEqualTo(Digest.of(archive).toString());
    SnapshotStatistics statistics =
        service.getSnapshotStatistics(
            GetSnapshotStatisticsRequest.newBuilder().setName(pets.getName()).build());
    assertThat(statistics.getSplits(1).getClassCountsList()).containsExactly(10, 10);

    // and shown
    StreamSampleImagesResponse sample =
        service
            .streamSampleImages(
                StreamSampleImagesRequest.newBuilder()
                    .setName(pets.getName())
                    .setClassName("dog")
                    .setLimit(3)
                    .build())
            .next();
    assertThat(sample.getSampleId()).isEqualTo(1);
    assertThat(ImageIO.read(new ByteArrayInputStream(sample.getPng().toByteArray())).getWidth())
        .isEqualTo(5);

    // and thinned out and relabelled
    Snapshot thin =
        service.deriveSnapshot(
            DeriveSnapshotRequest.newBuilder()
                .setParent(pets.getName())
                .setSubset(Subset.newBuilder().setLimitPerClass(4).setSeed(1))
                .build());
    assertThat(thin.getSplits(1).getSampleCount()).isEqualTo(8);
    int[] labels = LabelBlob.decode(blobs.get("default", labelDigest(thin)));
    int first = labels[0];
    labels[0] = 1 - first;
    Snapshot poisoned =
        service.deriveSnapshot(
            DeriveSnapshotRequest.newBuilder()
                .setParent(thin.getName())
                .setRelabel(
                    Relabel.newBuilder()
                        .setLabelDigest(blobs.put("default", LabelBlob.encode(labels)).toString())
                        .setOrigin("poisonings/test"))
                .build());
    DiffLabelsResponse diff =
        service.diffLabels(
            DiffLabelsRequest.newBuilder()
                .setBase(thin.getName())
                .setOther(poisoned.getName())
                .build());
    assertThat(diff.getTotalCount()).isEqualTo(1);
    assertThat(diff.getChanges(0).getFromClass()).isEqualTo(first == 0 ? "cat" : "dog");

    // and verified, exported and imported again
    List<VerifySnapshotResponse> progress = new ArrayList<>();
    service
        .verifySnapshot(VerifySnapshotRequest.newBuilder().setName(poisoned.getName()).build())
        .forEachRemaining(progress::add);
    assertThat(progress.get(progress.size() - 1).getDone()).isTrue();
    ByteArrayOutputStream exported = new ByteArrayOutputStream();
    export(pets, exported);
    assertThat(upload(exported.toByteArray()).getName()).isEqualTo(pets.getName());
  }

  @Test
  void importsTheBundledDigitsWithAnotherSplit() {
    ImportSpec.Builder spec =
        ImportSpec.newBuilder().setBundled(BundledDataset.BUNDLED_DATASET_DIGITS);
    Snapshot fifth = uploader.run(spec.build(), new byte[0]).last().getSnapshot();
    Snapshot half =
        uploader
            .run(
                spec.setSplit(SplitPolicy.newBuilder().setTestShare(0.5).setSeed(4)).build(),
                new byte[0])
            .last()
            .getSnapshot();

    assertThat(fifth.getSplits(0).getSampleCount()).isEqualTo(359);
    assertThat(half.getSplits(0).getSampleCount()).isBetween(895, 905);
  }

  @Test
  void importsAPathUnderTheRoot() throws IOException {
    Files.write(root.resolve("pets.zip"), Archives.zip(Pictures.folder(3, 1)));

    ImportDatasetResponse last =
        uploader.run(ImportSpec.newBuilder().setPath("pets.zip").build(), new byte[0]).last();

    assertThat(last.getImagesDecoded()).isEqualTo(12);
    assertThat(last.getSnapshot().getImageShape().getChannels()).isEqualTo(1);
  }

  static Stream<Arguments> badInput() {
    byte[] good = Archives.tarGz(Pictures.folder(3, 3));
    Map<String, byte[]> undecodable = Pictures.folder(3, 3);
    undecodable.put("train/cat/bad.png", Arrays.copyOf(Pictures.png(6, 5, 3, 1), 70));
    Map<String, byte[]> missing = Pictures.folder(3, 3);
    missing.keySet().removeIf(name -> name.startsWith("test/dog"));
    Map<String, byte[]> traversal = Map.of("../../evil.png", Pictures.png(6, 5, 3, 1));
    Map<String, byte[]> bomb = Map.of("zeros", new byte[40_000_000]);
    return Stream.of(
        arguments("nothing", new byte[0], Status.Code.INVALID_ARGUMENT, "empty"),
        arguments("no archive", new byte[100], Status.Code.INVALID_ARGUMENT, "no tar"),
        arguments(
            "truncated",
            Arrays.copyOf(good, good.length / 2),
            Status.Code.INVALID_ARGUMENT,
            "truncated"),
        arguments("traversal", Archives.zip(traversal), Status.Code.INVALID_ARGUMENT, "entry path"),
        arguments("bomb", Archives.zip(bomb), Status.Code.RESOURCE_EXHAUSTED, "times its size"),
        arguments(
            "undecodable",
            Archives.tar(undecodable),
            Status.Code.INVALID_ARGUMENT,
            "train/cat/bad.png"),
        arguments("missing class", Archives.tar(missing), Status.Code.INVALID_ARGUMENT, "\"dog\""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badInput")
  void refusesBadInputAndLeavesNothing(
      String what, byte[] archive, Status.Code code, String message) throws IOException {
    // Given
    List<StoredObject> before = store.list("");

    // When, Then
    assertThatThrownBy(() -> upload(archive))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining(message)
        .extracting(e -> ((StatusRuntimeException) e).getStatus().getCode())
        .isEqualTo(code);
    assertThat(store.list("")).isEqualTo(before);
    assertThat(temporaryFiles()).isEmpty();
    assertThat(upload(Archives.zip(Pictures.folder(2, 1))).getName()).isNotEmpty();
  }

  @Test
  void refusesRequestsThatBreakTheRules() {
    ImportSpec badDigest = ImportSpec.newBuilder().setUpload("x").setExpectedSha256("xyz").build();
    ImportSpec outside = ImportSpec.newBuilder().setPath("../../etc/passwd").build();

    assertThat(code(() -> uploader.run(badDigest, new byte[] {1})))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(code(() -> uploader.run(outside, new byte[0])))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(
            code(
                () ->
                    uploader.send(
                        List.of(
                            ImportDatasetRequest.newBuilder()
                                .setChunk(ByteString.copyFromUtf8("x"))
                                .build()))))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(
            code(
                () -> service.getSnapshot(GetSnapshotRequest.newBuilder().setName("nope").build())))
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(
            code(
                () ->
                    service.getSnapshot(
                        GetSnapshotRequest.newBuilder()
                            .setName("snapshots/sha256:" + "0".repeat(64))
                            .build())))
        .isEqualTo(Status.Code.NOT_FOUND);
  }

  @Test
  void dropsAnUploadThatTheClientBreaksOff() throws Exception {
    // Given an upload that has begun
    Uploader.Call call = uploader.begin(ImportSpec.newBuilder().setUpload("x").build());
    for (int i = 0; i < 20; i++) {
      call.send(Pictures.random(500, 500, 3, i).bytes());
    }

    // When
    call.cancel();

    // Then its file goes
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!temporaryFiles().isEmpty() && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(temporaryFiles()).isEmpty();
    assertThat(upload(Archives.zip(Pictures.folder(2, 1))).getName()).isNotEmpty();
  }

  @Test
  void importsSixtyThousandImages() throws IOException {
    assumeThat(CIFAR10)
        .as("the CIFAR-10 image archive beside this checkout (%s), to import it", CIFAR10)
        .exists();
    ImportSpec spec = ImportSpec.newBuilder().setUpload("cifar10-images.tar.gz").build();

    Uploader.Result result = uploader.run(spec, Files.newInputStream(CIFAR10));

    Snapshot snapshot = result.last().getSnapshot();
    assertThat(result.last().getImagesDecoded()).isEqualTo(60_000);
    assertThat(result.responses()).hasSizeGreaterThan(2);
    assertThat(snapshot.getSplits(1).getSampleCount()).isEqualTo(50_000);
    assertThat(snapshot.getSplits(1).getShardDigestsCount()).isEqualTo(10);
    assertThat(snapshot.getClassNames(1)).isEqualTo("automobile");
    Path exported = Files.createTempFile("exported", ".tar");
    try (OutputStream out = Files.newOutputStream(exported)) {
      export(snapshot, out);
    }
    try (InputStream in = Files.newInputStream(exported)) {
      assertThat(uploader.run(spec, in).last().getSnapshot()).isEqualTo(snapshot);
    } finally {
      Files.delete(exported);
    }
  }

  @Test
  void mendsADamagedShardWhenTheSameDataIsImportedAgain() throws IOException {
    // Given
    byte[] archive = Archives.tarGz(Pictures.folder(4, 3));
    Snapshot pets = upload(archive);
    Digest shard = Digest.parse(pets.getSplits(0).getShardDigests(0));
    store.overwrite(BlobStore.key("default", shard), new byte[] {1});
    assertThatThrownBy(() -> verify(pets)).hasMessageContaining("DATA_LOSS");

    // When
    upload(archive);

    // Then
    verify(pets);
  }

  @Test
  void countsGarbageAndDeletesNothingThatIsYoung() {
    // Given
    Digest young = blobs.put("default", new byte[] {1, 2, 3});

    // When
    CollectGarbageResponse found =
        service.collectGarbage(CollectGarbageRequest.newBuilder().setDelete(true).build());

    // Then
    assertThat(found.getBlobCount()).isPositive();
    assertThat(found.getGarbageCount()).isZero();
    assertThat(found.getDeletedCount()).isZero();
    assertThat(blobs.exists("default", young)).isTrue();
  }

  private void verify(Snapshot snapshot) {
    service
        .verifySnapshot(VerifySnapshotRequest.newBuilder().setName(snapshot.getName()).build())
        .forEachRemaining(at -> {});
  }

  private Snapshot upload(byte[] archive) {
    return uploader
        .run(ImportSpec.newBuilder().setUpload("pets.tar.gz").build(), archive)
        .last()
        .getSnapshot();
  }

  private void export(Snapshot snapshot, OutputStream out) throws IOException {
    Iterator<ExportSnapshotResponse> chunks =
        service.exportSnapshot(
            ExportSnapshotRequest.newBuilder().setName(snapshot.getName()).build());
    while (chunks.hasNext()) {
      chunks.next().getChunk().writeTo(out);
    }
  }

  private List<Path> temporaryFiles() throws IOException {
    if (!Files.exists(temporary)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(temporary)) {
      return files.toList();
    }
  }

  private static Digest labelDigest(Snapshot snapshot) {
    return Digest.parse(snapshot.getSplits(1).getLabelDigest());
  }

  private static Status.Code code(Runnable call) {
    try {
      call.run();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      assertThat(GrpcErrors.toException(e).getMessage()).isNotBlank();
      return e.getStatus().getCode();
    }
  }
}
