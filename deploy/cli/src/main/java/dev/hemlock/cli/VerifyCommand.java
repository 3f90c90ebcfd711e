package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.Admission;
import dev.hemlock.proto.dataset.v1.AdmissionStep;
import dev.hemlock.proto.dataset.v1.VerifyAdmissionRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "verify",
    description = {
      "Shows that every label of a snapshot goes back to a signed approval, comparing the stored",
      "labels with what was signed."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:every label goes back to an approval",
      "1:some label does not",
      "2:could not be verified, or wrong usage"
    },
    exitCodeOnExecutionException = 2,
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;

  @Option(names = "--snapshot", required = true, description = "snapshots/sha256:…")
  private String snapshot;

  @Option(names = "--json", description = "Print what was found as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    try (Connection connection = address.connect()) {
      Admission admission =
          connection
              .datasets()
              .verifyAdmission(VerifyAdmissionRequest.newBuilder().setSnapshot(snapshot).build());
      if (json) {
        System.out.println(Printer.json(admission));
      } else {
        for (AdmissionStep step : admission.getStepsList()) {
          System.out.println(
              AdmissionText.of(step.getReceipt())
                  + (step.getKeyId().isEmpty() ? "" : "\n  approved with key " + step.getKeyId()));
        }
        System.out.println(admission.getSentence());
      }
      return admission.getAdmitted() ? 0 : 1;
    }
  }
}
