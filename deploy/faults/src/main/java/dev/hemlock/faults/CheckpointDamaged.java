package dev.hemlock.faults;

import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.proto.training.v1.EpochMetrics;
import dev.hemlock.proto.training.v1.TrainingRun;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Damages the newest checkpoint of a training whose trainers have died: it must go on from the one
 * before.
 */
record CheckpointDamaged() implements Injection {
  private static final String MANIFEST = "manifest";

  @Override
  public void inject(Round round) throws Exception {
    Cluster cluster = round.cluster();
    String training = round.ask();
    Await.until(
        Cluster.PATIENCE,
        training + " saves a checkpoint after an epoch, and another",
        () -> !epochs(cluster, newestFirst(round.manifests(training)).get(1)).isEmpty());
    List<Program> trainers =
        List.of(cluster.program(Service.TRAINER), cluster.program(Service.SECOND_TRAINER));
    trainers.forEach(Program::stop);
    List<String> manifests = newestFirst(round.manifests(training));
    String newest = folder(manifests.get(0));
    DamagedFile.of(cluster, newest + "state.safetensors");
    List<EpochMetrics> before = epochs(cluster, manifests.get(1));
    List<Long> logged = new ArrayList<>();
    for (Program trainer : trainers) {
      logged.add(trainer.logged());
    }
    trainers.forEach(Program::start);
    round.mended();
    Oracle oracle = new Oracle(cluster);
    Await.until(Cluster.PATIENCE, "the runs end", () -> oracle.ended(round.asked()));
    for (int i = 0; i < trainers.size(); i++) {
      boolean noticed =
          trainers.get(i).linesSince(logged.get(i)).stream()
              .anyMatch(line -> line.contains(newest) && line.contains("checkpoint is damaged"));
      round.injected(noticed ? 1 : 0);
    }
    List<EpochMetrics> after = result(cluster, oracle.runs().get(training)).getEpochsList();
    // An epoch that is trained again takes other seconds.
    if (after.size() < before.size() || !after.subList(0, before.size()).equals(before)) {
      round.complain(training + " began anew instead of going on from " + manifests.get(1));
    }
  }

  private static TrainingRun result(Cluster cluster, Run run) throws Exception {
    return parse(cluster, run.resultKeys().get(0));
  }

  /** The epochs that were over when a checkpoint was saved. */
  private static List<EpochMetrics> epochs(Cluster cluster, String manifest) throws Exception {
    return parse(cluster, folder(manifest) + "epochs.json").getEpochsList();
  }

  private static TrainingRun parse(Cluster cluster, String key) throws Exception {
    return ProtoJson.parse(cluster.bucket().read(key), TrainingRun.newBuilder()).build();
  }

  private static String folder(String manifest) {
    return manifest.substring(0, manifest.length() - MANIFEST.length());
  }

  /** Steps grow, whichever claim saved them. */
  private static List<String> newestFirst(List<String> manifests) {
    return manifests.stream()
        .sorted(
            Comparator.comparing((String key) -> key.split("/", -1)[key.split("/", -1).length - 2])
                .reversed())
        .toList();
  }
}
