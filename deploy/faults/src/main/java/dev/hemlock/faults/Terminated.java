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
    Leave leave;
    try {
      leave = Leave.of(cluster, service, GRACE);
    } finally {
      cluster.program(service).start();
    }
    round.injected(1);
    round.remark(leave.describe(service));
    if (attempts(round, training) == before && !new Oracle(cluster).ended(Set.of(training))) {
      round.complain("the training was not handed back on SIGTERM");
    }
    if (!leave.notReady()) {
      round.complain(service.label() + " was never seen not to be ready");
    }
    round.mended();
  }

  private static int attempts(Round round, String training) throws Exception {
    return round.cluster().bucket().keys(Run.PREFIX + training + "/stages/train/attempts/").size();
  }
}
