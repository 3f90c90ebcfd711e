package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.ValidateSnapshotRequest;
import dev.hemlock.proto.dataset.v1.ValidationReport;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "validate",
    description = {
      "Checks a snapshot before anything trains on it: labels, duplicates, leakage, images.",
      "docs/validation.md explains each check, what it can not see, and the policy."
    },
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:admitted",
      "1:refused",
      "2:could not be judged, or wrong usage",
      "3:quarantined: somebody has to look first"
    },
    exitCodeOnExecutionException = 2,
    mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
  private static final String DOCUMENTATION = "docs/validation.md";

  @Mixin private AddressOptions address;

  @Option(names = "--snapshot", required = true, description = "snapshots/sha256:…")
  private String snapshot;

  @ArgGroup private Baseline baseline = new Baseline();

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "When to raise which alarm, as YAML or JSON (default: built in).")
  private Optional<Path> policy = Optional.empty();

  @Option(names = "--json", description = "Print the report as JSON.")
  private boolean json;

  static final class Baseline {
    @Option(
        names = "--reference",
        description = "A trusted snapshot to compare with, snapshots/sha256:…")
    private Optional<String> reference = Optional.empty();

    @Option(
        names = "--expectations",
        paramLabel = "FILE",
        description = "The expected share of each class, as YAML or JSON.")
    private Optional<Path> expectations = Optional.empty();
  }

  @Override
  public Integer call() {
    ValidateSnapshotRequest request = request();
    try (Connection connection = address.connect()) {
      ValidationReport report = connection.datasets().validateSnapshot(request);
      System.out.println(json ? Printer.json(report) : ValidationText.of(report));
      return switch (report.getVerdict()) {
        case VALIDATION_ACTION_ADMIT -> 0;
        case VALIDATION_ACTION_REFUSE -> 1;
        default -> 3;
      };
    }
  }

  private ValidateSnapshotRequest request() {
    ValidateSnapshotRequest.Builder request =
        ValidateSnapshotRequest.newBuilder().setSnapshot(snapshot);
    baseline.reference.ifPresent(request::setReference);
    baseline.expectations.ifPresent(
        file ->
            YamlFile.merge(file, "class shares", DOCUMENTATION, request.getExpectationsBuilder()));
    policy.ifPresent(
        file -> YamlFile.merge(file, "a policy", DOCUMENTATION, request.getPolicyBuilder()));
    return request.build();
  }
}
