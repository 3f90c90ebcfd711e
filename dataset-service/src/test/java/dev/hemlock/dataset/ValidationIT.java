package dev.hemlock.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.proto.dataset.v1.Admission;
import dev.hemlock.proto.dataset.v1.AdmissionStep;
import dev.hemlock.proto.dataset.v1.Approval;
import dev.hemlock.proto.dataset.v1.ApproveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.BundledDataset;
import dev.hemlock.proto.dataset.v1.Check;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc.DatasetServiceBlockingStub;
import dev.hemlock.proto.dataset.v1.DeriveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.ExpectedClass;
import dev.hemlock.proto.dataset.v1.GetLabelReceiptRequest;
import dev.hemlock.proto.dataset.v1.ImportSpec;
import dev.hemlock.proto.dataset.v1.LabelReceipt;
import dev.hemlock.proto.dataset.v1.Relabel;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.ValidateSnapshotRequest;
import dev.hemlock.proto.dataset.v1.ValidationAction;
import dev.hemlock.proto.dataset.v1.ValidationExpectations;
import dev.hemlock.proto.dataset.v1.ValidationFinding;
import dev.hemlock.proto.dataset.v1.ValidationPolicy;
import dev.hemlock.proto.dataset.v1.ValidationReport;
import dev.hemlock.proto.dataset.v1.ValidationRule;
import dev.hemlock.proto.dataset.v1.VerifyAdmissionRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(value = Backends.class, restrictToAnnotatedClass = true)
class ValidationIT {
  private static final Path CIFAR10 = Path.of("../../shared/data/cifar10-images.tar.gz");
  private static final String NOWHERE = "snapshots/sha256:" + "0".repeat(64);

  @Inject BlobStore blobs;

  @ConfigProperty(name = "quarkus.http.test-port")
  int port;

  @ConfigProperty(name = "test.approver")
  Path approver;

  private ManagedChannel channel;
  private DatasetServiceBlockingStub service;

  @BeforeEach
  void connect() {
    channel =
        Grpc.newChannelBuilderForAddress("127.0.0.1", port, InsecureChannelCredentials.create())
            .build();
    service = DatasetServiceGrpc.newBlockingStub(channel).withDeadlineAfter(300, TimeUnit.SECONDS);
  }

  @AfterEach
  void disconnect() {
    channel.shutdownNow();
  }

  @Test
  void refusesFlippedLabelsAndFollowsThePolicy() {
    // Given
    Snapshot digits = digits();
    Snapshot poisoned = flipped(digits, 1, 7, 58);
    ValidateSnapshotRequest request =
        ValidateSnapshotRequest.newBuilder()
            .setSnapshot(poisoned.getName())
            .setReference(digits.getName())
            .build();

    // When
    ValidationReport report = service.validateSnapshot(request);

    // Then
    assertThat(report.getVerdict()).isEqualTo(ValidationAction.VALIDATION_ACTION_REFUSE);
    ValidationFinding changes = finding(report, Check.CHECK_LABEL_CHANGES);
    assertThat(changes.getFigure()).isEqualTo(58);
    assertThat(changes.getSamples(0).getOtherClassName()).isEqualTo("1");
    assertThat(changes.getSamplesCount()).isEqualTo(58);
    ValidationPolicy.Builder lenient = ValidationPolicy.newBuilder();
    lenient.addRules(rule(Check.CHECK_LABEL_CHANGES));
    lenient.addRules(rule(Check.CHECK_NEAR_DUPLICATE_CONFLICTS));
    assertThat(
            service.validateSnapshot(request.toBuilder().setPolicy(lenient).build()).getVerdict())
        .isEqualTo(ValidationAction.VALIDATION_ACTION_ADMIT);
  }

  @Test
  void checksAgainstDeclaredSharesAndAlone() {
    Snapshot digits = digits();
    ValidationExpectations.Builder equal = ValidationExpectations.newBuilder();
    digits.getClassNamesList().forEach(name -> equal.addClasses(expected(name)));
    ValidateSnapshotRequest.Builder request =
        ValidateSnapshotRequest.newBuilder().setSnapshot(digits.getName());

    ValidationReport alone = service.validateSnapshot(request.build());
    ValidationReport declared = service.validateSnapshot(request.setExpectations(equal).build());

    assertThat(alone.getVerdict()).isEqualTo(ValidationAction.VALIDATION_ACTION_ADMIT);
    assertThat(alone.getFindingsList())
        .extracting(ValidationFinding::getCheck)
        .doesNotContain(Check.CHECK_CHI_SQUARED, Check.CHECK_LABEL_CHANGES);
    assertThat(declared.getVerdict()).isEqualTo(ValidationAction.VALIDATION_ACTION_ADMIT);
    assertThat(finding(declared, Check.CHECK_CHI_SQUARED).getDegreesOfFreedom()).isEqualTo(9);
  }

  @Test
  void refusesRequestsThatItCanNotCarryOut() {
    ValidateSnapshotRequest.Builder request =
        ValidateSnapshotRequest.newBuilder().setSnapshot(digits().getName());
    ValidationPolicy twice =
        ValidationPolicy.newBuilder()
            .addRules(rule(Check.CHECK_LEAKAGE))
            .addRules(rule(Check.CHECK_LEAKAGE))
            .build();
    ValidationExpectations same =
        ValidationExpectations.newBuilder()
            .addClasses(expected("1"))
            .addClasses(expected("1"))
            .build();

    refuses(request.clone().setPolicy(twice), Status.Code.INVALID_ARGUMENT, "two rules for");
    refuses(request.clone().setExpectations(same), Status.Code.INVALID_ARGUMENT, "expected twice");
    refuses(
        request.clone().setExpectations(shares(1e300, 1e-300)),
        Status.Code.INVALID_ARGUMENT,
        "which no data set can show");
    refuses(
        request.clone().setExpectations(shares(1.7e308, 1.7e308)),
        Status.Code.INVALID_ARGUMENT,
        "which no data set can show");
    refuses(request.clone().setReference(NOWHERE), Status.Code.NOT_FOUND, "There is no snapshot");
    refuses(request.clone().setSnapshot("x"), Status.Code.INVALID_ARGUMENT, "snapshot");
  }

  private static ValidationExpectations shares(double ones, double sevens) {
    return ValidationExpectations.newBuilder()
        .addClasses(ExpectedClass.newBuilder().setClassName("1").setShare(ones))
        .addClasses(ExpectedClass.newBuilder().setClassName("7").setShare(sevens))
        .build();
  }

  @Test
  void admitsWhatWasApprovedAndNamesWhatWasNot() {
    // Given
    Snapshot digits = digits();
    Snapshot corrected = flipped(digits, 1, 7, 3);
    LabelReceipt whole = receipt(digits.getName(), "");
    LabelReceipt changes = receipt(corrected.getName(), digits.getName());

    // When
    approve(new Approver(approver).envelope(whole));
    Admission before = verify(corrected.getName());
    Approval approval = approve(new Approver(approver).envelope(changes));
    Admission after = verify(corrected.getName());

    // Then
    assertThat(before.getAdmitted()).isFalse();
    assertThat(before.getSentence()).startsWith("3 labels of " + corrected.getName());
    assertThat(approval.getReceipt()).isEqualTo(changes);
    assertThat(after.getAdmitted()).isTrue();
    assertThat(after.getStepsList())
        .extracting(AdmissionStep::getReceipt)
        .containsExactly(changes, whole);
  }

  @Test
  void refusesApprovalsThatDoNotHold() {
    LabelReceipt receipt = receipt(digits().getName(), "");

    assertThat(code(() -> approve("{}"))).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(code(() -> approve(new Approver().envelope(receipt))))
        .isEqualTo(Status.Code.PERMISSION_DENIED);
    assertThat(
            code(
                () ->
                    approve(
                        new Approver(approver)
                            .envelope(receipt.toBuilder().setSampleCount(1).build()))))
        .isEqualTo(Status.Code.FAILED_PRECONDITION);
    assertThat(code(() -> verify(NOWHERE))).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(code(() -> receipt(receipt.getSnapshot(), NOWHERE)))
        .isEqualTo(Status.Code.NOT_FOUND);
  }

  private LabelReceipt receipt(String snapshot, String parent) {
    return service.getLabelReceipt(
        GetLabelReceiptRequest.newBuilder().setSnapshot(snapshot).setParent(parent).build());
  }

  private Approval approve(String envelope) {
    return service.approveSnapshot(
        ApproveSnapshotRequest.newBuilder().setEnvelope(envelope).build());
  }

  private Admission verify(String snapshot) {
    return service.verifyAdmission(
        VerifyAdmissionRequest.newBuilder().setSnapshot(snapshot).build());
  }

  private static Status.Code code(Runnable call) {
    try {
      call.run();
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }

  @Test
  void checksSixtyThousandImages() throws IOException {
    assumeThat(CIFAR10)
        .as("the CIFAR-10 image archive beside this checkout (%s), to check it", CIFAR10)
        .exists();
    ImportSpec spec = ImportSpec.newBuilder().setUpload("cifar10-images.tar.gz").build();
    Snapshot clean =
        new Uploader(channel).run(spec, Files.newInputStream(CIFAR10)).last().getSnapshot();
    Snapshot poisoned = flipped(clean, 1, 9, 2000);

    ValidationReport alone =
        service.validateSnapshot(
            ValidateSnapshotRequest.newBuilder().setSnapshot(clean.getName()).build());
    ValidationReport report =
        service.validateSnapshot(
            ValidateSnapshotRequest.newBuilder()
                .setSnapshot(poisoned.getName())
                .setReference(clean.getName())
                .build());

    assertThat(alone.getVerdict()).isEqualTo(ValidationAction.VALIDATION_ACTION_ADMIT);
    assertThat(finding(alone, Check.CHECK_NEAR_LEAKAGE).getFigure()).isEqualTo(93);
    assertThat(finding(report, Check.CHECK_NEAR_DUPLICATE_CONFLICTS).getFigure()).isEqualTo(31);
    assertThat(finding(report, Check.CHECK_LABEL_CHANGES).getFigure()).isEqualTo(2000);
    assertThat(finding(report, Check.CHECK_LABEL_CHANGES).getSamplesCount()).isEqualTo(100);
    assertThat(finding(report, Check.CHECK_POPULATION_STABILITY).getAlarm()).isFalse();
  }

  private void refuses(ValidateSnapshotRequest.Builder request, Status.Code code, String message) {
    assertThatThrownBy(() -> service.validateSnapshot(request.build()))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining(message)
        .extracting(e -> ((StatusRuntimeException) e).getStatus().getCode())
        .isEqualTo(code);
  }

  private Snapshot digits() {
    return new Uploader(channel)
        .run(
            ImportSpec.newBuilder().setBundled(BundledDataset.BUNDLED_DATASET_DIGITS).build(),
            new byte[0])
        .last()
        .getSnapshot();
  }

  /** The first so many training samples of a class labelled as another. */
  private Snapshot flipped(Snapshot parent, int from, int to, int count) {
    int[] labels =
        LabelBlob.decode(blobs.get("default", Digest.parse(parent.getSplits(1).getLabelDigest())));
    IntStream.of(
            IntStream.range(0, labels.length).filter(i -> labels[i] == from).limit(count).toArray())
        .forEach(i -> labels[i] = to);
    return service.deriveSnapshot(
        DeriveSnapshotRequest.newBuilder()
            .setParent(parent.getName())
            .setRelabel(
                Relabel.newBuilder()
                    .setLabelDigest(blobs.put("default", LabelBlob.encode(labels)).toString()))
            .build());
  }

  private static ValidationRule rule(Check check) {
    return ValidationRule.newBuilder()
        .setCheck(check)
        .setAction(ValidationAction.VALIDATION_ACTION_ADMIT)
        .build();
  }

  private static ExpectedClass expected(String name) {
    return ExpectedClass.newBuilder().setClassName(name).setShare(1).build();
  }

  private static ValidationFinding finding(ValidationReport report, Check check) {
    return report.getFindingsList().stream()
        .filter(finding -> finding.getCheck() == check && !finding.getSplit().equals("test"))
        .findFirst()
        .orElseThrow();
  }
}
