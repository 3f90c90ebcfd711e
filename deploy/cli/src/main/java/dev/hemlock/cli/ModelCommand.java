package dev.hemlock.cli;

import dev.hemlock.proto.training.v1.DownloadModelRequest;
import dev.hemlock.proto.training.v1.DownloadModelResponse;
import dev.hemlock.proto.training.v1.ModelFile;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "model",
    description = "Writes a trained model: model.safetensors and its card model.json.",
    mixinStandardHelpOptions = true)
final class ModelCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;

  @Parameters(paramLabel = "RUN", description = "trainingRuns/…")
  private String run;

  @Option(names = "--out", defaultValue = ".", description = "Folder (default: this one).")
  private Path out;

  @Override
  public Integer call() {
    try (Connection connection = address.connect()) {
      write(connection, ModelFile.MODEL_FILE_WEIGHTS, "model.safetensors");
      write(connection, ModelFile.MODEL_FILE_CARD, "model.json");
      return 0;
    }
  }

  private void write(Connection connection, ModelFile file, String name) {
    Iterator<DownloadModelResponse> chunks =
        connection
            .trainings()
            .downloadModel(DownloadModelRequest.newBuilder().setName(run).setFile(file).build());
    System.out.println(Downloads.write(out.resolve(name), chunks, DownloadModelResponse::getChunk));
  }
}
