package dev.hemlock.faults;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Kills services at random moments, none more than twice a round: three deaths without progress end
 * a run FAILED by design.
 *
 * @param kills how many, at most eight
 */
record RandomKills(int kills) implements Injection {
  static final int A_ROUND = 5;
  private static final int LONGEST_PAUSE_MILLIS = 4_000;

  @Override
  public void inject(Round round) throws Exception {
    List<Service> victims = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      victims.addAll(
          List.of(
              Service.DATASET,
              Service.POISON,
              Service.TRAINER,
              Service.SECOND_TRAINER,
              Service.EVALUATOR));
    }
    Collections.shuffle(victims, round.random());
    round.ask();
    for (Service victim : victims.subList(0, kills)) {
      round.pause(java.time.Duration.ofMillis(round.random().nextInt(LONGEST_PAUSE_MILLIS)));
      Program program = round.cluster().program(victim);
      if (program.isAlive()) {
        program.kill();
        round.injected(1);
      }
    }
    round.mended();
  }
}
