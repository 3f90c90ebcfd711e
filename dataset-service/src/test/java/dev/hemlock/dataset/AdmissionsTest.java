package dev.hemlock.dataset;

import static dev.hemlock.dataset.Workbench.TENANT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.dataset.admission.AuthorisedKeys;
import dev.hemlock.proto.dataset.v1.Admission;
import dev.hemlock.proto.dataset.v1.AdmissionStep;
import dev.hemlock.proto.dataset.v1.Approval;
import dev.hemlock.proto.dataset.v1.ClassChange;
import dev.hemlock.proto.dataset.v1.LabelReceipt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdmissionsTest {
  @TempDir Path folder;

  private final Approver key = new Approver();
  private Workbench bench;
  private LabelReceipts receipts;
  private Admissions admissions;
  private NamedSnapshot digits;

  @BeforeEach
  void importDigits() throws IOException {
    bench = new Workbench(folder);
    receipts = new LabelReceipts(bench.documents, bench.blobs);
    admissions = trusting(key);
    digits = bench.imports.digits(TENANT, Workbench.options(), (images, read) -> {});
  }

  @Test
  void admitsWhatWasApprovedAsAWholeAndWhatIsDerivedWithoutANewLabel() {
    // Given
    NamedSnapshot subset = bench.snapshots.subset(TENANT, digits.name(), "", 5, 1, "{}");
    assertThat(admissions.verify(TENANT, subset.name()).getAdmitted()).isFalse();

    // When
    approve(digits.name(), "", key);

    // Then
    Admission admission = admissions.verify(TENANT, subset.name());
    assertThat(admission.getAdmitted()).isTrue();
    assertThat(admission.getStepsList())
        .extracting(step -> step.getReceipt().getSnapshot())
        .containsExactly(subset.name(), digits.name());
    assertThat(admission.getSteps(0).getKeyId()).isEmpty();
    assertThat(admission.getSteps(1).getKeyId()).isEqualTo(key.keyId());
  }

  @Test
  void refusesChangedLabelsUntilTheyAreApproved() {
    // Given
    approve(digits.name(), "", key);
    NamedSnapshot flipped = flipped(digits, 3);

    // When
    Admission before = admissions.verify(TENANT, flipped.name());
    approve(flipped.name(), digits.name(), key);
    Admission after = admissions.verify(TENANT, flipped.name());

    // Then
    assertThat(before.getAdmitted()).isFalse();
    assertThat(before.getSentence())
        .startsWith("3 labels of " + flipped.name() + " differ from its parent " + digits.name());
    assertThat(after.getAdmitted()).isTrue();
    LabelReceipt receipt = after.getSteps(0).getReceipt();
    assertThat(receipt.getChangeCount()).isEqualTo(3);
    assertThat(receipt.getChangesList())
        .containsExactly(
            ClassChange.newBuilder().setFromClass("1").setToClass("7").setCount(3).build());
    assertThat(after.getStepsList())
        .extracting(AdmissionStep::getKeyId)
        .containsExactly(key.keyId(), key.keyId());
  }

  @Test
  void doesNotTakeTheApprovalOfOneChangeForAnother() {
    approve(digits.name(), "", key);
    approve(flipped(digits, 3).name(), digits.name(), key);

    assertThat(admissions.verify(TENANT, flipped(digits, 4).name()).getAdmitted()).isFalse();
    assertThat(receipts.of(TENANT, flipped(digits, 4).name(), digits.name()).getChangeRoot())
        .isNotEqualTo(
            receipts.of(TENANT, flipped(digits, 3).name(), digits.name()).getChangeRoot());
  }

  @Test
  void needsAnApprovedParentToo() {
    NamedSnapshot flipped = flipped(digits, 3);
    approve(flipped.name(), digits.name(), key);

    assertThat(admissions.verify(TENANT, flipped.name()).getAdmitted()).isFalse();
  }

  @Test
  void forgetsTheApprovalsOfKeysThatAreNoLongerAuthorised() throws IOException {
    approve(digits.name(), "", key);

    assertThat(trusting(new Approver()).verify(TENANT, digits.name()).getAdmitted()).isFalse();
    assertThat(trusting(new Approver(), key).verify(TENANT, digits.name()).getAdmitted()).isTrue();
  }

  @Test
  void passesOverStoredApprovalsThatWereTamperedWith() {
    // Given an approval under the name of another snapshot, and one that is damaged
    NamedSnapshot flipped = flipped(digits, 3);
    String prefix = TENANT + "/approvals/" + flipped.digest().hex() + "/";
    bench.store.create(
        prefix + "0".repeat(64),
        key.envelope(receipts.of(TENANT, digits.name(), "")).getBytes(UTF_8));
    bench.store.create(prefix + "1".repeat(64), "{".getBytes(UTF_8));

    assertThat(admissions.verify(TENANT, flipped.name()).getAdmitted()).isFalse();
  }

  @Test
  void refusesApprovalsThatAreNotAuthorisedOrNotTrue() {
    LabelReceipt receipt = receipts.of(TENANT, digits.name(), "");
    LabelReceipt untrue = receipt.toBuilder().setLabelRoot("sha256:" + "0".repeat(64)).build();
    String tampered =
        key.envelope(receipt).replace("\"signatures\"", "\"payload\":\"e30=\",\"signatures\"");

    refuses(new Approver().envelope(receipt), Reason.PERMISSION_DENIED, "No authorised key signed");
    refuses(tampered, Reason.PERMISSION_DENIED, "No authorised key signed");
    refuses(key.envelope(untrue), Reason.FAILED_PRECONDITION, "does not describe the labels");
    refuses("x", Reason.INVALID_ARGUMENT, "no DSSE envelope");
    assertThatThrownBy(
            () ->
                new Admissions(bench.documents, receipts, bench.store, AuthorisedKeys.none())
                    .approve(TENANT, key.envelope(receipt)))
        .hasMessageContaining("hemlock.dataset.admission.public-keys");
    assertThat(bench.store.list(TENANT + "/approvals/")).isEmpty();
  }

  @Test
  void saysWhatLacksApprovalAlsoWhereSomethingElseWasApproved() {
    // Given the flips of another copy approved, and none against the parent
    approve(digits.name(), "", key);
    NamedSnapshot flipped = flipped(digits, 3);
    approve(flipped.name(), flipped(digits, 4).name(), key);

    // Then
    assertThat(admissions.verify(TENANT, flipped.name()).getSentence())
        .startsWith("3 labels of " + flipped.name() + " differ from its parent " + digits.name());
    assertThatThrownBy(() -> receipts.of(TENANT, flipped.name(), flipped.name()))
        .hasMessageContaining("can not be its own parent")
        .extracting(e -> ((HemlockException) e).reason())
        .isEqualTo(Reason.INVALID_ARGUMENT);
  }

  @Test
  void keepsOneApprovalHoweverItIsWritten() {
    // Given
    String once = key.envelope(receipts.of(TENANT, digits.name(), ""));
    String spaced = once.replace(":", " : ").replaceFirst("\\{", "{\"more\":[1,2],");
    String twice = once.replaceFirst("\"signatures\":\\[", "\"signatures\":[{\"sig\":\"AAAA\"},");

    // When
    Approval first = admissions.approve(TENANT, once);
    Approval second = admissions.approve(TENANT, spaced);
    Approval third = admissions.approve(TENANT, twice);

    // Then
    assertThat(second).isEqualTo(first);
    assertThat(third).isEqualTo(first);
    assertThat(bench.store.list(TENANT + "/approvals/")).hasSize(1);
    assertThat(admissions.verify(TENANT, digits.name()).getAdmitted()).isTrue();
    assertThat(admissions.approve(TENANT, first.getEnvelope())).isEqualTo(first);
  }

  @Test
  void refusesAnApprovalThatIsSignedForOneSnapshotAndSpeaksOfAnother() {
    LabelReceipt receipt = receipts.of(TENANT, digits.name(), "");
    String other = flipped(digits, 3).name();

    refuses(
        key.envelope(receipt, other),
        Reason.INVALID_ARGUMENT,
        "The approval's subject is " + other);
    refuses(
        key.envelope(receipt.toBuilder().setSnapshot(other).build()),
        Reason.FAILED_PRECONDITION,
        "does not describe the labels");
    refuses(
        key.envelope(receipt.toBuilder().setSnapshot("snapshots/sha256:../../x").build()),
        Reason.INVALID_ARGUMENT,
        "Not a SHA-256 digest");
  }

  @Test
  void comparesOnlySnapshotsWhoseSamplesTheParentHas() {
    NamedSnapshot subset = bench.snapshots.subset(TENANT, digits.name(), "", 5, 1, "{}");

    assertThat(receipts.of(TENANT, subset.name(), digits.name()).getChangeCount()).isZero();
    assertThatThrownBy(() -> receipts.of(TENANT, digits.name(), subset.name()))
        .hasMessageContaining("holds samples that")
        .extracting(e -> ((HemlockException) e).reason())
        .isEqualTo(Reason.FAILED_PRECONDITION);
  }

  private void refuses(String envelope, Reason reason, String message) {
    assertThatThrownBy(() -> admissions.approve(TENANT, envelope))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining(message)
        .extracting(e -> ((HemlockException) e).reason())
        .isEqualTo(reason);
  }

  private void approve(String snapshot, String parent, Approver by) {
    admissions.approve(TENANT, by.envelope(receipts.of(TENANT, snapshot, parent)));
  }

  private NamedSnapshot flipped(NamedSnapshot parent, int count) {
    int[] labels = bench.labels(parent, "train");
    int left = count;
    for (int i = 0; i < labels.length && left > 0; i++) {
      if (labels[i] == 1) {
        labels[i] = 7;
        left--;
      }
    }
    return bench.snapshots.relabel(
        TENANT, parent.name(), "", bench.blobs.put(TENANT, LabelBlob.encode(labels)), "{}");
  }

  private Admissions trusting(Approver... keys) throws IOException {
    StringBuilder pem = new StringBuilder();
    for (Approver each : keys) {
      pem.append(each.publicPem());
    }
    return new Admissions(
        bench.documents,
        receipts,
        bench.store,
        AuthorisedKeys.read(Files.writeString(folder.resolve("keys.pem"), pem)));
  }
}
