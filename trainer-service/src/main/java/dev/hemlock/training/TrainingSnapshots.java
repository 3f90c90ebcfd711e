package dev.hemlock.training;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.grpc.RemoteCalls;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.images.ImageShards;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.dataset.v1.Admission;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.MutinyDatasetServiceGrpc.MutinyDatasetServiceStub;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import dev.hemlock.proto.dataset.v1.VerifyAdmissionRequest;
import io.quarkus.grpc.GrpcClient;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.stream.Collectors;

/** Reads the snapshots that runs train on. Blocking. */
@Singleton
public class TrainingSnapshots {
  private final MutinyDatasetServiceStub dataset;
  private final BlobStore blobs;

  /** Asks {@code dataset} about snapshots and reads their bytes from {@code blobs}. */
  public TrainingSnapshots(
      @GrpcClient("dataset") MutinyDatasetServiceStub dataset, BlobStore blobs) {
    this.dataset = dataset;
    this.blobs = blobs;
  }

  /**
   * Describes a snapshot.
   *
   * @throws HemlockException NOT_FOUND if there is none of that name, UNAVAILABLE if the dataset
   *     service is away
   */
  Snapshot describe(String name) {
    GetSnapshotRequest request = GetSnapshotRequest.newBuilder().setName(name).build();
    return RemoteCalls.await("dataset", RemoteCalls.inTenant(dataset).getSnapshot(request));
  }

  /**
   * Refuses a snapshot some label of which does not go back to an approval.
   *
   * @throws HemlockException FAILED_PRECONDITION; UNAVAILABLE if the dataset service is away
   */
  void requireAdmitted(String name) {
    VerifyAdmissionRequest request = VerifyAdmissionRequest.newBuilder().setSnapshot(name).build();
    Admission admission =
        RemoteCalls.await("dataset", RemoteCalls.inTenant(dataset).verifyAdmission(request));
    if (!admission.getAdmitted()) {
      throw HemlockException.failedPrecondition(
              admission.getSentence()
                  + " An experiment can set red_team, and its models are marked untrusted.")
          .with("snapshot", name)
          .violating("spec.snapshot", "must be admitted");
    }
  }

  /** The shape of a snapshot's images. */
  static ImageShape shape(Snapshot snapshot) {
    return new ImageShape(
        snapshot.getImageShape().getHeight(),
        snapshot.getImageShape().getWidth(),
        snapshot.getImageShape().getChannels());
  }

  /**
   * A split of a snapshot.
   *
   * @throws HemlockException INVALID_ARGUMENT if it has none of that name
   */
  static Split split(Snapshot snapshot, String name) {
    return snapshot.getSplitsList().stream()
        .filter(split -> split.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> noSuchSplit(snapshot, name));
  }

  /**
   * Maps the images and reads the labels of a split.
   *
   * @throws HemlockException DATA_LOSS if a blob is damaged, UNAVAILABLE if the store is away
   */
  TrainingSet read(Snapshot snapshot, Split split) {
    String tenant = Tenant.current();
    int[] labels = LabelBlob.decode(blobs.get(tenant, Digest.parse(split.getLabelDigest())));
    int[] ids =
        split.getSelectionDigest().isEmpty()
            ? SelectionBlob.all(split.getStoredCount())
            : SelectionBlob.decode(blobs.get(tenant, Digest.parse(split.getSelectionDigest())));
    List<Digest> shards = split.getShardDigestsList().stream().map(Digest::parse).toList();
    ImageShards images =
        ImageShards.open(
            blobs,
            tenant,
            shape(snapshot),
            shards,
            split.getImagesPerShard(),
            split.getStoredCount());
    return new TrainingSet(images, ids, labels, snapshot.getClassNamesList());
  }

  private static HemlockException noSuchSplit(Snapshot snapshot, String name) {
    String known =
        snapshot.getSplitsList().stream().map(Split::getName).collect(Collectors.joining(", "));
    return HemlockException.invalidArgument(
            "The snapshot %s has no split '%s'; it has: %s"
                .formatted(snapshot.getName(), name, known))
        .with("snapshot", snapshot.getName())
        .with("split", name)
        .with("splits", known)
        .violating("spec.split", "must be one of: " + known);
  }
}
