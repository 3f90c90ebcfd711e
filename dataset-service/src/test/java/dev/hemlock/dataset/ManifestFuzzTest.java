package dev.hemlock.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.fuzz.Mutants;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.dataset.admission.AuthorisedKeys;
import dev.hemlock.dataset.admission.Envelope;
import dev.hemlock.dataset.admission.Statement;
import dev.hemlock.proto.dataset.v1.LabelReceipt;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Snapshot manifests, and approvals: an envelope and the statement in it. */
class ManifestFuzzTest {

  @Test
  void holdsForDamagedInputs() {
    Mutants.run(ManifestFuzzTest.class, 1000, this::holds);
  }

  /** A document is refused, or read again from what it is written as. */
  @FuzzTest
  void holds(byte[] input) {
    refusable(() -> manifest(input));
    refusable(() -> envelope(new String(input, UTF_8)));
    refusable(() -> statement(input));
  }

  private static void refusable(Runnable reading) {
    try {
      reading.run();
    } catch (HemlockException e) {
      if (e.reason() != Reason.INVALID_ARGUMENT) {
        throw e;
      }
    }
  }

  private static void manifest(byte[] input) {
    Snapshot snapshot = SnapshotMapper.fromManifest(input);
    byte[] written = SnapshotMapper.manifest(snapshot);
    assertThat(SnapshotMapper.fromManifest(written)).isEqualTo(snapshot);
  }

  private static void envelope(String json) {
    Envelope envelope = Envelope.parse(json);
    List<AuthorisedKeys.Signer> signers =
        envelope.signatures().stream()
            .map(signature -> new AuthorisedKeys.Signer("key", signature))
            .toList();
    Envelope again = Envelope.parse(envelope.json(signers));
    assertThat(again.payload()).isEqualTo(envelope.payload());
    assertThat(again.signatures()).hasSameSizeAs(envelope.signatures());
    statement(envelope.payload());
  }

  private static void statement(byte[] payload) {
    Statement statement = Statement.parse(payload);
    NamedSnapshot.digest(statement.snapshot());
    LabelReceipt receipt =
        ProtoJson.parse(statement.predicateJson(), LabelReceipt.newBuilder()).build();
    assertThat(ProtoJson.parse(ProtoJson.bytes(receipt), LabelReceipt.newBuilder()).build())
        .isEqualTo(receipt);
  }
}
