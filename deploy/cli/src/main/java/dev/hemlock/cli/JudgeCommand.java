package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.evaluation.v1.JudgePredictionsRequest;
import dev.hemlock.proto.evaluation.v1.JudgePredictionsResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "judge",
    description = {
      "Gives predictions of models trained elsewhere the statistics of an experiment.",
      "Writes report.html and report.json, marked \"pairing unverified\"."
    },
    mixinStandardHelpOptions = true)
final class JudgeCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;

  @Option(
      names = "--predictions",
      required = true,
      paramLabel = "FILE",
      description =
          "CSV with the heading seed,model,sample_id,predicted; model is clean or poisoned.")
  private Path predictions;

  @Option(names = "--snapshot", required = true, description = "snapshots/sha256:…")
  private String snapshot;

  @Option(
      names = "--split",
      defaultValue = "test",
      description = "The split that was predicted (default: ${DEFAULT-VALUE}).")
  private String split;

  @Option(names = "--source", required = true, description = "Class whose labels were flipped.")
  private String source;

  @Option(names = "--target", required = true, description = "Class they were flipped to.")
  private String target;

  @Option(
      names = "--accuracy-margin",
      defaultValue = "0.02",
      paramLabel = "SHARE",
      description =
          "How far accuracy may move and still count as preserved (default: ${DEFAULT-VALUE}).")
  private double accuracyMargin;

  @Option(
      names = "--out",
      defaultValue = "hemlock-report",
      paramLabel = "DIR",
      description = "Folder for the report (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Override
  public Integer call() throws IOException {
    try (Connection connection = address.connect()) {
      JudgePredictionsRequest.Builder request =
          JudgePredictionsRequest.newBuilder()
              .setSnapshot(snapshot)
              .setSplit(split)
              .setSourceClass(source)
              .setTargetClass(target)
              .setAccuracyMargin(accuracyMargin);
      PredictionFile.addTo(
          request,
          predictions,
          connection
              .datasets()
              .getSnapshot(GetSnapshotRequest.newBuilder().setName(snapshot).build())
              .getClassNamesList());
      JudgePredictionsResponse judged = connection.evaluations().judgePredictions(request.build());
      Downloads.requireFolder(out);
      Files.writeString(out.resolve("report.html"), judged.getPage());
      Files.writeString(out.resolve("report.json"), Printer.json(judged.getReport()));
      System.out.println(judged.getReport().getVerdict());
      return 0;
    }
  }
}
