package dev.hemlock.cli;

import dev.hemlock.proto.run.v1.ListWorkRequest;
import dev.hemlock.proto.run.v1.OpenTry;
import dev.hemlock.proto.run.v1.StageWork;
import dev.hemlock.proto.run.v1.StageWorker;
import dev.hemlock.proto.run.v1.WorkServiceGrpc.WorkServiceBlockingStub;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "work",
    description = "Prints the workers, and the runs that wait, run or stall and who works on them.",
    mixinStandardHelpOptions = true)
final class WorkCommand implements Callable<Integer> {
  @Mixin private AddressOptions address;

  @Override
  public Integer call() {
    try (Connection connection = address.connect()) {
      // A process can serve several kinds, and several addresses can be one process.
      Map<String, StageWork> stages = new TreeMap<>();
      for (WorkServiceBlockingStub service : connection.workers()) {
        service
            .listWork(ListWorkRequest.getDefaultInstance())
            .getStagesList()
            .forEach(work -> stages.put(work.getStage(), work));
      }
      stages.values().forEach(WorkCommand::print);
      return 0;
    }
  }

  private static void print(StageWork work) {
    System.out.printf(
        "%s: %d not ended, %d workers%n",
        work.getKind(), work.getBacklog(), work.getWorkersCount());
    for (StageWorker worker : work.getWorkersList()) {
      System.out.printf(
          "  worker %s: %d of %d in hand%n",
          worker.getName(), worker.getInHand(), worker.getConcurrency());
    }
    for (OpenTry one : work.getTriesList()) {
      System.out.printf(
          "  %s try %d %s %s%n",
          one.getName(),
          one.getTry(),
          one.getState().name().replace("WORK_STATE_", ""),
          one.getWorker());
    }
  }
}
