package dev.hemlock.faults;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts some services with another time of day: up to a quarter of an hour the store accepts their
 * signatures and all must go on; beyond, they must wait and not fail anything.
 *
 * @param minutes ahead of the others, or behind
 */
record ClockSkew(int minutes) implements Injection {
  private static final int TOLERATED_MINUTES = 15;

  @Override
  public void inject(Round round) throws Exception {
    Path library = round.cluster().directory().resolve("skew.so");
    if (!Files.exists(library) && !compile(library)) {
      round.impossible("no C compiler");
      round.ask();
      return;
    }
    List<Program> skewed =
        List.of(
            round.cluster().program(Service.SECOND_TRAINER),
            round.cluster().program(Service.EVALUATOR));
    for (Program program : skewed) {
      program.stop();
      program.environment("LD_PRELOAD", library.toString());
      program.environment("SKEW_SECONDS", Integer.toString(minutes * 60));
      program.start();
      round.injected(1);
    }
    if (Math.abs(minutes) < TOLERATED_MINUTES) {
      round.cluster().awaitReady();
      round.ask();
      Oracle oracle = new Oracle(round.cluster());
      Await.until(Cluster.PATIENCE, "the runs end", () -> oracle.ended(round.asked()));
    } else {
      round.asked(round.work().train(round.work().slow(), ""));
      round.pause(round.seconds(60));
    }
    for (Program program : skewed) {
      program.stop();
      program.environment("LD_PRELOAD", "");
      program.start();
    }
    round.mended();
  }

  private static boolean compile(Path library) throws Exception {
    Path source = library.resolveSibling("skew.c");
    try (InputStream in = ClockSkew.class.getResourceAsStream("skew.c")) {
      Files.copy(in, source);
    }
    try {
      return new ProcessBuilder(
                  "cc", "-shared", "-fPIC", "-o", library.toString(), source.toString(), "-ldl")
              .inheritIO()
              .start()
              .waitFor()
          == 0;
    } catch (java.io.IOException e) {
      return false;
    }
  }
}
