package dev.hemlock.evaluation;

import dev.hemlock.common.grpc.ChunkedOutput;
import dev.hemlock.common.grpc.GrpcCalls;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Page;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.evaluation.v1.AuditCertificationRequest;
import dev.hemlock.proto.evaluation.v1.CancelCertificationRequest;
import dev.hemlock.proto.evaluation.v1.Certification;
import dev.hemlock.proto.evaluation.v1.CertificationAudit;
import dev.hemlock.proto.evaluation.v1.CertificationService;
import dev.hemlock.proto.evaluation.v1.CreateCertificationRequest;
import dev.hemlock.proto.evaluation.v1.DownloadCertificationRequest;
import dev.hemlock.proto.evaluation.v1.DownloadCertificationResponse;
import dev.hemlock.proto.evaluation.v1.GetCertificationRequest;
import dev.hemlock.proto.evaluation.v1.ListCertificationsRequest;
import dev.hemlock.proto.evaluation.v1.ListCertificationsResponse;
import dev.hemlock.proto.evaluation.v1.WatchCertificationRequest;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;

/** The gRPC edge of {@link Certifications}. */
@GrpcService
public class CertificationGrpcService implements CertificationService {
  private final Certifications certifications;
  private final BlobStore blobs;

  /** Delegates to {@code certifications}; reads certificates from {@code blobs}. */
  public CertificationGrpcService(Certifications certifications, BlobStore blobs) {
    this.certifications = certifications;
    this.blobs = blobs;
  }

  @Override
  public Uni<Certification> createCertification(CreateCertificationRequest request) {
    return GrpcCalls.onWorker(
        () -> certifications.create(request.getSpec(), request.getRequestId()));
  }

  @Override
  public Uni<Certification> getCertification(GetCertificationRequest request) {
    return GrpcCalls.onWorker(() -> certifications.get(request.getName()));
  }

  @Override
  public Uni<ListCertificationsResponse> listCertifications(ListCertificationsRequest request) {
    return GrpcCalls.onWorker(
        () -> {
          Page<Certification> page =
              certifications.list(request.getPageSize(), request.getPageToken());
          return ListCertificationsResponse.newBuilder()
              .addAllCertifications(page.items())
              .setNextPageToken(page.nextToken())
              .build();
        });
  }

  @Override
  public Uni<Certification> cancelCertification(CancelCertificationRequest request) {
    return GrpcCalls.onWorker(() -> certifications.cancel(request.getName()));
  }

  @Override
  public Multi<Certification> watchCertification(WatchCertificationRequest request) {
    return GrpcCalls.paced(certifications.watch(request.getName()));
  }

  @Override
  public Multi<DownloadCertificationResponse> downloadCertification(
      DownloadCertificationRequest request) {
    return GrpcCalls.streamOnWorker(
        emitter ->
            ChunkedOutput.copy(
                blobs.file(Tenant.current(), certifications.certificates(request.getName())),
                chunk ->
                    emitter.emit(
                        DownloadCertificationResponse.newBuilder().setChunk(chunk).build())));
  }

  @Override
  public Uni<CertificationAudit> auditCertification(AuditCertificationRequest request) {
    return GrpcCalls.onWorker(
        () -> certifications.audit(request.getCertification(), request.getAttacked()));
  }
}
