package dev.hemlock.faults;

import java.util.List;

/** Damages the newest checkpoint of a training whose trainers have died. */
record CheckpointDamaged() implements Injection {
  @Override
  public void inject(Round round) throws Exception {
    Cluster cluster = round.cluster();
    String training = round.ask();
    round.awaitCheckpoints(training, 2);
    List<Program> trainers =
        List.of(cluster.program(Service.TRAINER), cluster.program(Service.SECOND_TRAINER));
    trainers.forEach(Program::stop);
    String newest = newest(round.manifests(training));
    DamagedFile.of(cluster, newest.replace("/manifest", "/state.safetensors"));
    round.injected(1);
    trainers.forEach(Program::start);
    round.mended();
  }

  /** Steps grow, whichever claim saved them. */
  private static String newest(List<String> manifests) {
    return manifests.stream()
        .max(
            java.util.Comparator.comparing(
                key -> key.split("/", -1)[key.split("/", -1).length - 2]))
        .orElseThrow();
  }
}
