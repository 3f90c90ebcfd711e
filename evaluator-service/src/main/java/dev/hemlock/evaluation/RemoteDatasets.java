package dev.hemlock.evaluation;

import dev.hemlock.common.grpc.RemoteCalls;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.dataset.v1.DeriveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.GetProvenanceRequest;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.GetSnapshotStatisticsRequest;
import dev.hemlock.proto.dataset.v1.MutinyDatasetServiceGrpc.MutinyDatasetServiceStub;
import dev.hemlock.proto.dataset.v1.Provenance;
import dev.hemlock.proto.dataset.v1.Relabel;
import dev.hemlock.proto.dataset.v1.Select;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.SnapshotStatistics;
import dev.hemlock.proto.dataset.v1.StreamSampleImagesRequest;
import dev.hemlock.proto.dataset.v1.StreamSampleImagesResponse;
import io.quarkus.grpc.GrpcClient;
import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The dataset service. Blocking. */
@Singleton
public class RemoteDatasets {
  private static final String SERVICE = "dataset";

  private final MutinyDatasetServiceStub dataset;
  private final BlobStore blobs;

  /** Calls through {@code dataset}; what a derived snapshot is made of goes to {@code blobs}. */
  public RemoteDatasets(@GrpcClient("dataset") MutinyDatasetServiceStub dataset, BlobStore blobs) {
    this.dataset = dataset;
    this.blobs = blobs;
  }

  private MutinyDatasetServiceStub dataset() {
    return RemoteCalls.inTenant(dataset);
  }

  /** Reads a snapshot; NOT_FOUND if there is none of that name. */
  public Snapshot snapshot(String name) {
    GetSnapshotRequest request = GetSnapshotRequest.newBuilder().setName(name).build();
    return RemoteCalls.await(SERVICE, dataset().getSnapshot(request));
  }

  /** Counts a snapshot's samples by class and split. */
  public SnapshotStatistics statistics(String name) {
    GetSnapshotStatisticsRequest request =
        GetSnapshotStatisticsRequest.newBuilder().setName(name).build();
    return RemoteCalls.await(SERVICE, dataset().getSnapshotStatistics(request));
  }

  /** Where a snapshot came from, step by step, the import first. */
  public List<Provenance> lineage(String name) {
    ArrayDeque<Provenance> steps = new ArrayDeque<>();
    for (String next = name; !next.isEmpty(); next = steps.getFirst().getParent()) {
      GetProvenanceRequest request = GetProvenanceRequest.newBuilder().setName(next).build();
      steps.addFirst(RemoteCalls.await(SERVICE, dataset().getProvenance(request)));
    }
    return List.copyOf(steps);
  }

  /** The snapshot with only the chosen samples of a split of {@code parent}. */
  public String select(String parent, String split, int[] sampleIds, String origin) {
    Select select =
        Select.newBuilder()
            .setSplit(split)
            .setSelectionDigest(put(SelectionBlob.encode(sampleIds)))
            .setOrigin(origin)
            .build();
    return derive(DeriveSnapshotRequest.newBuilder().setParent(parent).setSelect(select));
  }

  /** The snapshot with other labels of {@code parent}'s training samples. */
  public String relabel(String parent, int[] labels, String origin) {
    Relabel relabel =
        Relabel.newBuilder()
            .setSplit(ExperimentPlan.TRAIN)
            .setLabelDigest(put(LabelBlob.encode(labels)))
            .setOrigin(origin)
            .build();
    return derive(DeriveSnapshotRequest.newBuilder().setParent(parent).setRelabel(relabel));
  }

  private String put(byte[] blob) {
    return blobs.put(Tenant.current(), blob).toString();
  }

  private String derive(DeriveSnapshotRequest.Builder request) {
    return RemoteCalls.await(SERVICE, dataset().deriveSnapshot(request.build())).getName();
  }

  /** Training images as PNG by sample id. */
  public Map<Integer, byte[]> trainingImages(String name, List<Integer> sampleIds) {
    Map<Integer, byte[]> images = new TreeMap<>();
    if (sampleIds.isEmpty()) {
      return images;
    }
    StreamSampleImagesRequest request =
        StreamSampleImagesRequest.newBuilder()
            .setName(name)
            .setSplit(ExperimentPlan.TRAIN)
            .addAllSampleIds(sampleIds)
            .setLimit(sampleIds.size())
            .build();
    for (StreamSampleImagesResponse image :
        RemoteCalls.await(SERVICE, dataset().streamSampleImages(request).collect().asList())) {
      images.put(image.getSampleId(), image.getPng().toByteArray());
    }
    return images;
  }
}
