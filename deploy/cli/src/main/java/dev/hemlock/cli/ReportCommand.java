package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.DownloadExperimentReportRequest;
import dev.hemlock.proto.evaluation.v1.DownloadExperimentReportResponse;
import dev.hemlock.proto.evaluation.v1.ReportFormat;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "report",
    description = "Writes the report of an experiment: report.html and report.json.",
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;

  @Parameters(paramLabel = "EXPERIMENT", description = "experiments/…")
  private String experiment;

  @Option(names = "--out", defaultValue = ".", description = "Folder (default: this one).")
  private Path out;

  @Override
  public Integer call() {
    try (Connection connection = address.connect()) {
      System.out.println(write(connection, experiment, ReportFormat.REPORT_FORMAT_HTML, out));
      System.out.println(write(connection, experiment, ReportFormat.REPORT_FORMAT_JSON, out));
      return 0;
    }
  }

  static Path write(Connection connection, String experiment, ReportFormat format, Path folder) {
    String file = format == ReportFormat.REPORT_FORMAT_HTML ? "report.html" : "report.json";
    return Downloads.write(
        folder.resolve(file),
        connection
            .experiments()
            .downloadExperimentReport(
                DownloadExperimentReportRequest.newBuilder()
                    .setName(experiment)
                    .setFormat(format)
                    .build()),
        DownloadExperimentReportResponse::getChunk);
  }
}
