package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.Approval;
import dev.hemlock.proto.dataset.v1.ApproveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.GetLabelReceiptRequest;
import dev.hemlock.proto.dataset.v1.LabelReceipt;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "approve",
    description = {
      "Signs that the labels of a snapshot may be trained on: as a whole, or where they differ from",
      "those of an approved parent. The key never leaves this machine; docs/admission.md."
    },
    mixinStandardHelpOptions = true)
final class ApproveCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;

  @Option(names = "--snapshot", required = true, description = "snapshots/sha256:…")
  private String snapshot;

  @Option(
      names = "--parent",
      defaultValue = "",
      description = "Approve what differs from this snapshot (default: approve as a whole).")
  private String parent;

  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE",
      description = "Ed25519 private key as PEM, of `openssl genpkey -algorithm ed25519`.")
  private Path key;

  @Override
  public Integer call() {
    SigningKey signer = SigningKey.read(key);
    try (Connection connection = address.connect()) {
      LabelReceipt receipt =
          connection
              .datasets()
              .getLabelReceipt(
                  GetLabelReceiptRequest.newBuilder()
                      .setSnapshot(snapshot)
                      .setParent(parent)
                      .build());
      System.out.println(AdmissionText.of(receipt));
      requireAsked(receipt);
      Approval approval =
          connection
              .datasets()
              .approveSnapshot(
                  ApproveSnapshotRequest.newBuilder()
                      .setEnvelope(ApprovalEnvelope.sign(receipt, signer))
                      .build());
      System.out.println("approved with key " + approval.getKeyId());
      return 0;
    }
  }

  /** Keeps a server that is not what it should be from having something else signed. */
  private void requireAsked(LabelReceipt receipt) {
    if (!receipt.getSnapshot().equals(snapshot) || !receipt.getParent().equals(parent)) {
      throw new CliException(
          "The server answered for %s against \"%s\", not for what was asked; nothing was signed. Check its address."
              .formatted(receipt.getSnapshot(), receipt.getParent()));
    }
  }
}
