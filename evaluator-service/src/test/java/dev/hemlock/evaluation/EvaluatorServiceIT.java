package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.proto.evaluation.v1.AuditCertificationRequest;
import dev.hemlock.proto.evaluation.v1.Certification;
import dev.hemlock.proto.evaluation.v1.CertificationServiceGrpc;
import dev.hemlock.proto.evaluation.v1.CertificationSpec;
import dev.hemlock.proto.evaluation.v1.ConfidentLearning;
import dev.hemlock.proto.evaluation.v1.CreateCertificationRequest;
import dev.hemlock.proto.evaluation.v1.CreateDetectionRequest;
import dev.hemlock.proto.evaluation.v1.CreateExperimentRequest;
import dev.hemlock.proto.evaluation.v1.Detection;
import dev.hemlock.proto.evaluation.v1.DetectionServiceGrpc;
import dev.hemlock.proto.evaluation.v1.DetectionSpec;
import dev.hemlock.proto.evaluation.v1.DownloadCertificationRequest;
import dev.hemlock.proto.evaluation.v1.DownloadDetectionRequest;
import dev.hemlock.proto.evaluation.v1.DownloadExperimentReportRequest;
import dev.hemlock.proto.evaluation.v1.DownloadExperimentReportResponse;
import dev.hemlock.proto.evaluation.v1.DownloadPredictionsRequest;
import dev.hemlock.proto.evaluation.v1.EvaluationServiceGrpc;
import dev.hemlock.proto.evaluation.v1.Experiment;
import dev.hemlock.proto.evaluation.v1.ExperimentBudget;
import dev.hemlock.proto.evaluation.v1.ExperimentRecipe;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentServiceGrpc;
import dev.hemlock.proto.evaluation.v1.ExperimentServiceGrpc.ExperimentServiceBlockingStub;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.GetExperimentReportRequest;
import dev.hemlock.proto.evaluation.v1.ListEvaluationsRequest;
import dev.hemlock.proto.evaluation.v1.PredictionKind;
import dev.hemlock.proto.evaluation.v1.ReportFormat;
import dev.hemlock.proto.evaluation.v1.ScoreDetectionRequest;
import dev.hemlock.proto.evaluation.v1.WatchCertificationRequest;
import dev.hemlock.proto.evaluation.v1.WatchDetectionRequest;
import dev.hemlock.proto.evaluation.v1.WatchExperimentRequest;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.training.v1.Architecture;
import dev.hemlock.proto.training.v1.Recipe;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = Neighbours.class, restrictToAnnotatedClass = true)
class EvaluatorServiceIT {
  @Inject BlobStore blobs;

  @ConfigProperty(name = "quarkus.http.test-port")
  int port;

  private ManagedChannel channel;
  private ExperimentServiceBlockingStub service;

  @BeforeEach
  void connect() {
    Neighbours.BLOBS.set(blobs);
    channel =
        Grpc.newChannelBuilderForAddress("127.0.0.1", port, InsecureChannelCredentials.create())
            .build();
    service =
        ExperimentServiceGrpc.newBlockingStub(channel).withDeadlineAfter(90, TimeUnit.SECONDS);
  }

  @AfterEach
  void disconnect() {
    channel.shutdownNow();
  }

  @Test
  void measuresAnAttackFromRequestToReport() {
    // Given
    Experiment asked = service.createExperiment(request("7"));

    // When
    List<Experiment> seen =
        ImmutableList.copyOf(
            service.watchExperiment(
                WatchExperimentRequest.newBuilder().setName(asked.getName()).build()));

    // Then
    Experiment ended = seen.get(seen.size() - 1);
    assertThat(ended.getStatus().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    ExperimentReport report =
        service.getExperimentReport(
            GetExperimentReportRequest.newBuilder().setName(asked.getName()).build());
    assertThat(report.getVerdict()).isEqualTo(ended.getVerdict().getSentence());
    assertThat(report.getPairsCount()).isEqualTo(2);
    assertThat(page(asked.getName())).startsWith("<!DOCTYPE html>").contains("data:image/png");
  }

  @Test
  void streamsStoredPredictions() {
    measuresAnAttackFromRequestToReport();
    var evaluations =
        EvaluationServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
    String name =
        evaluations
            .listEvaluations(ListEvaluationsRequest.getDefaultInstance())
            .getEvaluations(0)
            .getName();

    int bytes =
        ImmutableList.copyOf(
                evaluations.downloadPredictions(
                    DownloadPredictionsRequest.newBuilder()
                        .setName(name)
                        .setKind(PredictionKind.PREDICTION_KIND_LOGITS)
                        .build()))
            .stream()
            .mapToInt(response -> response.getChunk().size())
            .sum();

    assertThat(bytes).isEqualTo(30 * 3 * Float.BYTES);
  }

  @Test
  void findsWrongLabelsFromRequestToFile() {
    var detections =
        DetectionServiceGrpc.newBlockingStub(channel).withDeadlineAfter(90, TimeUnit.SECONDS);
    Detection asked =
        detections.createDetection(
            CreateDetectionRequest.newBuilder()
                .setSpec(
                    DetectionSpec.newBuilder()
                        .setSnapshot(FakeServices.SNAPSHOT)
                        .setConfidentLearning(ConfidentLearning.newBuilder().setFolds(3))
                        .setRecipe(
                            Recipe.newBuilder()
                                .setArchitecture(Architecture.ARCHITECTURE_SMALLCNN)))
                .build());

    List<Detection> seen =
        ImmutableList.copyOf(
            detections.watchDetection(
                WatchDetectionRequest.newBuilder().setName(asked.getName()).build()));

    Detection ended = seen.get(seen.size() - 1);
    assertThat(ended.getStatus().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(ended.getLabelCount()).isEqualTo(30);
    assertThat(ended.getIssueCount()).isZero();
    StringBuilder file = new StringBuilder();
    detections
        .downloadDetection(DownloadDetectionRequest.newBuilder().setName(asked.getName()).build())
        .forEachRemaining(part -> file.append(part.getChunk().toStringUtf8()));
    assertThat(file.toString().lines()).hasSize(31);
    assertThat(
            detections
                .scoreDetection(
                    ScoreDetectionRequest.newBuilder().setDetection(asked.getName()).build())
                .getTotal()
                .getFalseAlarmRate())
        .isZero();
  }

  @Test
  void certifiesFromRequestToFile() {
    var certifications =
        CertificationServiceGrpc.newBlockingStub(channel).withDeadlineAfter(90, TimeUnit.SECONDS);
    CertificationSpec.Builder spec =
        CertificationSpec.newBuilder()
            .setSnapshot(FakeServices.SNAPSHOT)
            .setPartitions(5)
            .setRecipe(Recipe.newBuilder().setArchitecture(Architecture.ARCHITECTURE_SMALLCNN));
    Certification asked =
        certifications.createCertification(
            CreateCertificationRequest.newBuilder().setSpec(spec).build());

    List<Certification> seen =
        ImmutableList.copyOf(
            certifications.watchCertification(
                WatchCertificationRequest.newBuilder().setName(asked.getName()).build()));

    Certification ended = seen.get(seen.size() - 1);
    assertThat(ended.getStatus().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(ended.getModelsList()).hasSize(5);
    assertThat(ended.getAccuracy()).isEqualTo(1);
    StringBuilder file = new StringBuilder();
    certifications
        .downloadCertification(
            DownloadCertificationRequest.newBuilder().setName(asked.getName()).build())
        .forEachRemaining(part -> file.append(part.getChunk().toStringUtf8()));
    assertThat(file.toString().lines()).hasSize(31);
    assertThat(
            certifications
                .auditCertification(
                    AuditCertificationRequest.newBuilder()
                        .setCertification(asked.getName())
                        .setAttacked(asked.getName())
                        .build())
                .getCertifiedCount())
        .isEqualTo(30);
    assertThatThrownBy(
            () ->
                certifications.createCertification(
                    CreateCertificationRequest.newBuilder()
                        .setSpec(spec.setSourceClass("1"))
                        .build()))
        .hasMessageContaining("source_class and target_class must both be given");
  }

  @Test
  void refusesAnUnknownClassAndServesTheNextRequest() {
    assertThatThrownBy(() -> service.createExperiment(request("seven")))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
              assertThat(e.getStatus().getDescription()).contains("choose one of 0, 1, 7");
            });

    assertThat(service.createExperiment(request("7")).getName()).startsWith("experiments/");
  }

  @Test
  void refusesARequestThatBreaksTheFieldRules() {
    assertThatThrownBy(() -> service.createExperiment(request("1")))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT))
        .hasMessageContaining("source_class and target_class must differ");
  }

  private String page(String experiment) {
    StringBuilder page = new StringBuilder();
    service
        .downloadExperimentReport(
            DownloadExperimentReportRequest.newBuilder()
                .setName(experiment)
                .setFormat(ReportFormat.REPORT_FORMAT_HTML)
                .build())
        .forEachRemaining(
            (DownloadExperimentReportResponse response) ->
                page.append(response.getChunk().toStringUtf8()));
    return page.toString();
  }

  private static CreateExperimentRequest request(String target) {
    return CreateExperimentRequest.newBuilder()
        .setSpec(
            ExperimentSpec.newBuilder()
                .setSnapshot(FakeServices.SNAPSHOT)
                .setSourceClass("1")
                .setTargetClass(target)
                .addBudgets(ExperimentBudget.newBuilder().setClassShare(0.4))
                .addAllSeeds(List.of(1, 2))
                .addRecipes(
                    ExperimentRecipe.newBuilder()
                        .setRecipe(
                            Recipe.newBuilder()
                                .setArchitecture(Architecture.ARCHITECTURE_SMALLCNN))))
        .build();
  }
}
