package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.grpc.RemoteCalls;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.dataset.v1.DeriveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.MutinyDatasetServiceGrpc.MutinyDatasetServiceStub;
import dev.hemlock.proto.dataset.v1.Relabel;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import io.quarkus.grpc.GrpcClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.stream.Collectors;

/** Reads the labels of snapshots, and makes snapshots with other labels. */
@ApplicationScoped
public class SnapshotLabels {
  private static final String SERVICE = "dataset";

  private final MutinyDatasetServiceStub dataset;
  private final BlobStore blobs;

  /** Asks {@code dataset} about snapshots and keeps labels in {@code blobs}. */
  public SnapshotLabels(@GrpcClient("dataset") MutinyDatasetServiceStub dataset, BlobStore blobs) {
    this.dataset = dataset;
    this.blobs = blobs;
  }

  /**
   * Reads one split.
   *
   * @throws HemlockException NOT_FOUND if there is no such snapshot, INVALID_ARGUMENT if it has no
   *     such split, DATA_LOSS if a blob is damaged, UNAVAILABLE if the dataset service or the store
   *     is away
   */
  public LabelledSplit read(String snapshotName, String splitName) {
    Snapshot snapshot =
        RemoteCalls.await(
            SERVICE,
            RemoteCalls.inTenant(dataset)
                .getSnapshot(GetSnapshotRequest.newBuilder().setName(snapshotName).build()));
    Split split = split(snapshot, splitName);
    int[] classes = LabelBlob.decode(blob(split.getLabelDigest()));
    int[] ids =
        split.getSelectionDigest().isEmpty()
            ? SelectionBlob.all(classes.length)
            : SelectionBlob.decode(blob(split.getSelectionDigest()));
    return new LabelledSplit(
        snapshotName,
        splitName,
        snapshot.getClassNamesList(),
        new Labels(snapshot.getClassNamesCount(), ids, classes));
  }

  /**
   * Derives a snapshot that shares everything with the split's own but the labels. Doing it again
   * gives the same snapshot.
   *
   * @param origin what made the labels, a resource name
   * @return the new snapshot's resource name
   */
  public String derive(LabelledSplit split, Labels labels, String origin) {
    Digest digest = blobs.put(Tenant.current(), LabelBlob.encode(labels.toArray()));
    Relabel relabel =
        Relabel.newBuilder()
            .setSplit(split.split())
            .setLabelDigest(digest.toString())
            .setOrigin(origin)
            .build();
    DeriveSnapshotRequest request =
        DeriveSnapshotRequest.newBuilder().setParent(split.snapshot()).setRelabel(relabel).build();
    return RemoteCalls.await(SERVICE, RemoteCalls.inTenant(dataset).deriveSnapshot(request))
        .getName();
  }

  private static Split split(Snapshot snapshot, String name) {
    return snapshot.getSplitsList().stream()
        .filter(split -> split.getName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                HemlockException.invalidArgument(
                        "The snapshot %s has no split '%s'; it has: %s"
                            .formatted(snapshot.getName(), name, splitNames(snapshot)))
                    .with("snapshot", snapshot.getName())
                    .with("split", name)
                    .violating("spec.split", "must be one of: " + splitNames(snapshot)));
  }

  private static String splitNames(Snapshot snapshot) {
    return snapshot.getSplitsList().stream().map(Split::getName).collect(Collectors.joining(", "));
  }

  private byte[] blob(String digest) {
    return blobs.get(Tenant.current(), Digest.parse(digest));
  }
}
