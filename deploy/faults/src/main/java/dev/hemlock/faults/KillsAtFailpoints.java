package dev.hemlock.faults;

import dev.hemlock.common.failpoint.Failpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Processes kill themselves, once for each stage, where they pass a point of the work loop.
 *
 * @param point for example {@code claim.before}
 * @param stages whose work is caught there. The evaluator has four, and three deaths without
 *     progress end a run FAILED by design, so not all of them are caught in one round
 */
record KillsAtFailpoints(String point, List<String> stages) implements Injection {
  private static final List<List<String>> ROUNDS =
      List.of(List.of("poison", "train", "evaluate", "experiment"), List.of("detect", "certify"));

  /** Stages that save no checkpoints. */
  private static final Set<String> SHORT = Set.of("poison", "evaluate");

  private static final List<String> POINTS =
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

  /** One fault a point. */
  static Stream<Fault> all() {
    return POINTS.stream()
        .map(
            point ->
                Fault.of(
                    "kill -9 at " + point,
                    ROUNDS.stream()
                        .map(stages -> new KillsAtFailpoints(point, stages))
                        .toArray(Injection[]::new)));
  }

  @Override
  public void inject(Round round) throws Exception {
    List<Path> armed = new ArrayList<>();
    for (String stage : stages) {
      if (!point.startsWith("checkpoint") || !SHORT.contains(stage)) {
        armed.add(round.arm(Failpoint.file(stage, point)));
      }
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
