package dev.hemlock.faults;

import java.time.Duration;
import java.util.Set;

/** SIGTERM to the trainer that has a training in hand: it must hand the work back and leave. */
record Terminated() implements Injection {
  private static final Duration GRACE = Duration.ofSeconds(30);

  @Override
  public void inject(Round round) throws Exception {
    Cluster cluster = round.cluster();
    String training = round.ask();
    round.awaitCheckpoints(training, 1);
    Service service = round.claimant(training);
    int before = attempts(round, training);
    Duration took = cluster.program(service).terminate(GRACE);
    round.injected(1);
    if (attempts(round, training) == before && !new Oracle(cluster).ended(Set.of(training))) {
      round.complain("the training was not handed back on SIGTERM, which took " + took);
    }
    cluster.program(service).start();
    round.mended();
  }

  private static int attempts(Round round, String training) throws Exception {
    return round.cluster().bucket().keys(Run.PREFIX + training + "/stages/train/attempts/").size();
  }
}
