package dev.hemlock.faults;

import dev.hemlock.common.failpoint.Failpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Each service kills itself once, where it passes a point of the work loop.
 *
 * @param point for example {@code claim.before}
 */
record KillsAtFailpoints(String point) implements Injection {
  /** The points of every stage; only trainings save checkpoints. */
  static final List<String> POINTS =
      List.of(
          "create.before",
          "create.after",
          "claim.before",
          "claim.after",
          "checkpoint.before",
          "checkpoint.parts",
          "checkpoint.after",
          "result.before",
          "result.after",
          "emit.before",
          "emit.after",
          "accept.before",
          "accept.after");

  /** The stages of an experiment, which is what a round asks for. */
  private static final List<String> STAGES = List.of("poison", "train", "evaluate", "experiment");

  static Injection[] all() {
    return POINTS.stream().map(KillsAtFailpoints::new).toArray(Injection[]::new);
  }

  @Override
  public void inject(Round round) throws Exception {
    List<Path> armed = new ArrayList<>();
    for (String stage : point.startsWith("checkpoint") ? List.of("train") : STAGES) {
      armed.add(round.arm(Failpoint.file(stage, point)));
    }
    round.ask();
    if (!Await.holds(Cluster.PATIENCE, () -> armed.stream().noneMatch(Files::exists))) {
      round.complain("nobody came by " + armed.stream().filter(Files::exists).toList());
    }
    round.injected((int) armed.stream().filter(Files::notExists).count());
    for (Path left : armed) {
      Files.deleteIfExists(left);
    }
    round.mended();
  }
}
