package dev.hemlock.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "up",
    description = "Runs the embedded default until it is stopped, on loopback only.",
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  @Mixin private LocalOptions local;

  @Option(
      names = "--port",
      defaultValue = "9000",
      description = "gRPC port; 0 for any free one (default: 9000).")
  private int port;

  @Option(
      names = "--import-root",
      paramLabel = "DIR",
      description = "Folder that imports by path may read.")
  private Path importRoot;

  @Override
  public Integer call() throws InterruptedException {
    List<String> settings =
        importRoot == null
            ? List.of()
            : List.of("hemlock.dataset.import-root=" + importRoot.toAbsolutePath());
    try (LocalHemlock hemlock = local.start(port, settings)) {
      System.out.print(instructions(hemlock.grpc(), hemlock.kafka()));
      hemlock.await();
      return 0;
    }
  }

  static String instructions(String grpc, String kafka) {
    return """
        gRPC   %1$s
        Kafka  %2$s

        grpcurl -plaintext %1$s list
        grpcurl -plaintext -d '{"page_size": 10}' %1$s hemlock.dataset.v1.DatasetService/ListSnapshots
        kafka-console-consumer.sh --bootstrap-server %2$s --topic hemlock.results.v1 --from-beginning --property print.key=true --property print.headers=true
        deploy/hemlock events --kafka %2$s --from-beginning
        deploy/hemlock import --address %1$s --digits

        Stop with Ctrl-C.
        """
        .formatted(grpc, kafka);
  }
}
