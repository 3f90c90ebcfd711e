package dev.hemlock.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Starts some services with another time of day: up to a quarter of an hour the store accepts their
 * signatures and all must go on; beyond, they must wait and not fail anything.
 *
 * @param minutes ahead of the others, or behind
 */
record ClockSkew(int minutes) implements Injection {
  private static final int TOLERATED_MINUTES = 15;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String REFUSED = "its clock and this machine's differ too much";
  private static final Pattern TIME =
      Pattern.compile("^([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}),[0-9]{3} ");

  @Override
  public void inject(Round round) throws Exception {
    Path library = round.cluster().directory().resolve("skew.so");
    if (!Files.exists(library) && !compile(library)) {
      round.impossible("no C compiler");
      round.ask();
      return;
    }
    boolean tolerated = Math.abs(minutes) < TOLERATED_MINUTES;
    if (!tolerated) {
      // Some of it waits for the skewed ones.
      round.awaitCheckpoints(round.ask(), 1);
    }
    List<Program> skewed =
        List.of(
            round.cluster().program(Service.SECOND_TRAINER),
            round.cluster().program(Service.EVALUATOR));
    try {
      skew(round, skewed, library, tolerated);
    } finally {
      for (Program program : skewed) {
        program.stop();
        program.environment("LD_PRELOAD", "");
        program.start();
      }
    }
    round.mended();
  }

  private void skew(Round round, List<Program> skewed, Path library, boolean tolerated)
      throws Exception {
    for (Program program : skewed) {
      program.stop();
      program.environment("LD_PRELOAD", library.toString());
      program.environment("SKEW_SECONDS", Integer.toString(minutes * 60));
      long logged = program.logged();
      LocalDateTime start = LocalDateTime.now(ZoneId.systemDefault());
      program.start();
      Await.until(
          Cluster.PATIENCE, program.name() + " logs", () -> !times(program, logged).isEmpty());
      judge(round, program, start, times(program, logged).get(0));
      if (!tolerated
          && !Await.holds(
              PATIENCE,
              () -> program.linesSince(logged).stream().anyMatch(line -> line.contains(REFUSED)))) {
        round.complain(program.name() + " did not say that the store refuses its clock");
      }
    }
    if (tolerated) {
      round.cluster().awaitReady();
      round.ask();
      Oracle oracle = new Oracle(round.cluster());
      Await.until(Cluster.PATIENCE, "the runs end", () -> oracle.ended(round.asked()));
    } else {
      round.pause(round.seconds(60));
    }
  }

  /** Compares the first time of day that a program shows with when it can have been shown. */
  private void judge(Round round, Program program, LocalDateTime start, LocalDateTime shown) {
    LocalDateTime meant = shown.minusMinutes(minutes);
    if (meant.isBefore(start.minusMinutes(1))
        || meant.isAfter(LocalDateTime.now(ZoneId.systemDefault()).plusMinutes(1))) {
      round.complain(program.name() + " showed " + shown + " after it was started at " + start);
    } else {
      round.injected(1);
    }
  }

  private static List<LocalDateTime> times(Program program, long logged) throws IOException {
    return program.linesSince(logged).stream()
        .map(TIME::matcher)
        .filter(Matcher::find)
        .map(time -> LocalDateTime.parse(time.group(1) + "T" + time.group(2)))
        .toList();
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
    } catch (IOException e) {
      return false;
    }
  }
}
