package dev.hemlock.dataset;

import com.google.protobuf.ByteString;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.grpc.ChunkedOutput;
import dev.hemlock.common.grpc.GrpcCalls;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Garbage;
import dev.hemlock.common.storage.Page;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.dataset.validation.Policy;
import dev.hemlock.proto.dataset.v1.Admission;
import dev.hemlock.proto.dataset.v1.Approval;
import dev.hemlock.proto.dataset.v1.ApproveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.CollectGarbageRequest;
import dev.hemlock.proto.dataset.v1.CollectGarbageResponse;
import dev.hemlock.proto.dataset.v1.DatasetService;
import dev.hemlock.proto.dataset.v1.DeriveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.DiffLabelsRequest;
import dev.hemlock.proto.dataset.v1.DiffLabelsResponse;
import dev.hemlock.proto.dataset.v1.ExportSnapshotRequest;
import dev.hemlock.proto.dataset.v1.ExportSnapshotResponse;
import dev.hemlock.proto.dataset.v1.GetLabelReceiptRequest;
import dev.hemlock.proto.dataset.v1.GetProvenanceRequest;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.GetSnapshotStatisticsRequest;
import dev.hemlock.proto.dataset.v1.ImportDatasetRequest;
import dev.hemlock.proto.dataset.v1.ImportDatasetResponse;
import dev.hemlock.proto.dataset.v1.ImportSpec;
import dev.hemlock.proto.dataset.v1.LabelReceipt;
import dev.hemlock.proto.dataset.v1.ListSnapshotsRequest;
import dev.hemlock.proto.dataset.v1.ListSnapshotsResponse;
import dev.hemlock.proto.dataset.v1.Provenance;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.SnapshotStatistics;
import dev.hemlock.proto.dataset.v1.StreamSampleImagesRequest;
import dev.hemlock.proto.dataset.v1.StreamSampleImagesResponse;
import dev.hemlock.proto.dataset.v1.ValidateSnapshotRequest;
import dev.hemlock.proto.dataset.v1.ValidationReport;
import dev.hemlock.proto.dataset.v1.VerifyAdmissionRequest;
import dev.hemlock.proto.dataset.v1.VerifySnapshotRequest;
import dev.hemlock.proto.dataset.v1.VerifySnapshotResponse;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/** The gRPC edge of {@link Imports}, {@link Snapshots}, {@link SampleImages} and {@link Validations}. */
@GrpcService
public class DatasetGrpcService implements DatasetService {

  private final Imports imports;
  private final Snapshots snapshots;
  private final SampleImages images;
  private final Garbage garbage;
  private final Validations validations;
  private final Admissions admissions;

  /** Delegates to the use cases. */
  public DatasetGrpcService(
      Imports imports,
      Snapshots snapshots,
      SampleImages images,
      Garbage garbage,
      Validations validations,
      Admissions admissions) {
    this.imports = imports;
    this.snapshots = snapshots;
    this.images = images;
    this.garbage = garbage;
    this.validations = validations;
    this.admissions = admissions;
  }

  @Override
  public Multi<ImportDatasetResponse> importDataset(Multi<ImportDatasetRequest> requests) {
    String tenant = Tenant.current();
    return GrpcCalls.streamOnWorker(
        requests,
        (received, emitter) -> {
          ImportStream stream = new ImportStream(received);
          ImportSpec spec = stream.spec();
          ImportOptions options = SnapshotMapper.options(spec);
          ImportProgress progress = new ImportProgress(emitter);
          progress.done(
              switch (spec.getSourceCase()) {
                case UPLOAD ->
                    imports.upload(tenant, spec.getUpload(), stream.chunks(), options, progress);
                case PATH -> imports.path(tenant, spec.getPath(), options, progress);
                case BUNDLED -> imports.digits(tenant, options, progress);
                case SOURCE_NOT_SET ->
                    throw HemlockException.invalidArgument(
                        "The import has no source. Give a path, an upload or bundled data.");
              });
        });
  }

  @Override
  public Uni<Snapshot> getSnapshot(GetSnapshotRequest request) {
    return GrpcCalls.onWorker(
        () -> SnapshotMapper.toProto(snapshots.get(Tenant.current(), request.getName())));
  }

  @Override
  public Uni<ListSnapshotsResponse> listSnapshots(ListSnapshotsRequest request) {
    return GrpcCalls.onWorker(
        () -> {
          Page<NamedSnapshot> page =
              snapshots.list(Tenant.current(), request.getPageSize(), request.getPageToken());
          return ListSnapshotsResponse.newBuilder()
              .addAllSnapshots(page.items().stream().map(SnapshotMapper::toProto).toList())
              .setNextPageToken(page.nextToken())
              .build();
        });
  }

  @Override
  public Uni<SnapshotStatistics> getSnapshotStatistics(GetSnapshotStatisticsRequest request) {
    return GrpcCalls.onWorker(
        () -> SnapshotMapper.toProto(snapshots.statistics(Tenant.current(), request.getName())));
  }

  @Override
  public Uni<Provenance> getProvenance(GetProvenanceRequest request) {
    return GrpcCalls.onWorker(() -> snapshots.provenance(Tenant.current(), request.getName()));
  }

  @Override
  public Uni<Snapshot> deriveSnapshot(DeriveSnapshotRequest request) {
    return GrpcCalls.onWorker(
        () ->
            SnapshotMapper.toProto(
                switch (request.getTransformationCase()) {
                  case SUBSET ->
                      snapshots.subset(
                          Tenant.current(),
                          request.getParent(),
                          request.getSubset().getSplit(),
                          request.getSubset().getLimitPerClass(),
                          request.getSubset().getSeed(),
                          ProtoJson.print(request.getSubset()));
                  case RELABEL ->
                      snapshots.relabel(
                          Tenant.current(),
                          request.getParent(),
                          request.getRelabel().getSplit(),
                          Digest.parse(request.getRelabel().getLabelDigest()),
                          ProtoJson.print(request.getRelabel()));
                  case SELECT ->
                      snapshots.select(
                          Tenant.current(),
                          request.getParent(),
                          request.getSelect().getSplit(),
                          Digest.parse(request.getSelect().getSelectionDigest()),
                          ProtoJson.print(request.getSelect()));
                  case TRANSFORMATION_NOT_SET ->
                      throw HemlockException.invalidArgument(
                          "Nothing to derive. Give a subset, a selection or a relabel.");
                }));
  }

  @Override
  public Multi<StreamSampleImagesResponse> streamSampleImages(StreamSampleImagesRequest request) {
    return GrpcCalls.streamOnWorker(
        emitter ->
            images.show(
                Tenant.current(),
                request.getName(),
                new SampleImages.Choice(
                    request.getSplit(),
                    request.getClassName(),
                    request.getSampleIdsList(),
                    request.getLimit()),
                sample ->
                    emitter.emit(
                        StreamSampleImagesResponse.newBuilder()
                            .setSampleId(sample.id())
                            .setClassName(sample.className())
                            .setPng(ByteString.copyFrom(sample.png()))
                            .build())));
  }

  @Override
  public Uni<DiffLabelsResponse> diffLabels(DiffLabelsRequest request) {
    return GrpcCalls.onWorker(
        () -> {
          LabelDiff diff =
              snapshots.diff(
                  Tenant.current(),
                  request.getBase(),
                  request.getOther(),
                  request.getPageSize(),
                  request.getPageToken());
          return DiffLabelsResponse.newBuilder()
              .addAllChanges(diff.changes().stream().map(SnapshotMapper::toProto).toList())
              .setNextPageToken(diff.nextToken())
              .setTotalCount(diff.total())
              .build();
        });
  }

  @Override
  public Multi<VerifySnapshotResponse> verifySnapshot(VerifySnapshotRequest request) {
    return GrpcCalls.streamOnWorker(
        emitter -> {
          VerifySnapshotResponse.Builder response = VerifySnapshotResponse.newBuilder();
          snapshots.verify(
              Tenant.current(),
              request.getName(),
              at ->
                  emitter.emit(
                      response
                          .setBlobsVerified(at.blobs())
                          .setBlobsTotal(at.total())
                          .setBytesVerified(at.bytes())
                          .build()));
          emitter.emit(response.setDone(true).build());
        });
  }

  @Override
  public Uni<CollectGarbageResponse> collectGarbage(CollectGarbageRequest request) {
    return GrpcCalls.onWorker(
        () -> {
          Garbage.Found found =
              garbage.find(Tenant.current(), SnapshotMapper.minAge(request.getMinAgeHours()));
          int deleted = request.getDelete() ? garbage.delete(Tenant.current(), found) : 0;
          return SnapshotMapper.toProto(found, deleted);
        });
  }

  @Override
  public Multi<ExportSnapshotResponse> exportSnapshot(ExportSnapshotRequest request) {
    return GrpcCalls.streamOnWorker(
        emitter ->
            images.export(
                Tenant.current(),
                request.getName(),
                new ChunkedOutput(
                    chunk ->
                        emitter.emit(
                            ExportSnapshotResponse.newBuilder().setChunk(chunk).build()))));
  }

  @Override
  public Uni<ValidationReport> validateSnapshot(ValidateSnapshotRequest request) {
    return GrpcCalls.onWorker(
        () -> {
          String tenant = Tenant.current();
          String name = request.getSnapshot();
          Policy policy = ValidationMapper.policy(request.getPolicy());
          return ValidationMapper.report(
              name,
              request.getReference(),
              switch (request.getBaselineCase()) {
                case REFERENCE -> validations.against(tenant, name, request.getReference(), policy);
                case EXPECTATIONS ->
                    validations.against(
                        tenant, name, ValidationMapper.shares(request.getExpectations()), policy);
                case BASELINE_NOT_SET -> validations.alone(tenant, name, policy);
              });
        });
  }

  @Override
  public Uni<LabelReceipt> getLabelReceipt(GetLabelReceiptRequest request) {
    return GrpcCalls.onWorker(
        () -> admissions.receipt(Tenant.current(), request.getSnapshot(), request.getParent()));
  }

  @Override
  public Uni<Approval> approveSnapshot(ApproveSnapshotRequest request) {
    return GrpcCalls.onWorker(() -> admissions.approve(Tenant.current(), request.getEnvelope()));
  }

  @Override
  public Uni<Admission> verifyAdmission(VerifyAdmissionRequest request) {
    return GrpcCalls.onWorker(() -> admissions.verify(Tenant.current(), request.getSnapshot()));
  }
}
