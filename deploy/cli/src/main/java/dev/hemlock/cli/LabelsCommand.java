package dev.hemlock.cli;

import dev.hemlock.proto.poison.v1.ExportLabelsRequest;
import dev.hemlock.proto.poison.v1.ExportLabelsResponse;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "labels",
    description = "Writes the true and the poisoned labels of a poisoning as CSV.",
    mixinStandardHelpOptions = true)
final class LabelsCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;

  @Parameters(paramLabel = "POISONING", description = "poisonings/…")
  private String poisoning;

  @Option(
      names = "--out",
      defaultValue = "labels.csv",
      description = "File (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Override
  public Integer call() {
    try (Connection connection = address.connect()) {
      System.out.println(
          Downloads.write(
              out,
              connection
                  .poisonings()
                  .exportLabels(ExportLabelsRequest.newBuilder().setName(poisoning).build()),
              ExportLabelsResponse::getChunk));
      return 0;
    }
  }
}
