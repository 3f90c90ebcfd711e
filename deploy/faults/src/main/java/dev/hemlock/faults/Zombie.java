package dev.hemlock.faults;

/**
 * Stops the trainer that has a training in hand, so that another takes over, and lets it go on.
 *
 * @param seconds how long it stands still
 */
record Zombie(int seconds) implements Injection {
  @Override
  public void inject(Round round) throws Exception {
    String training = round.ask();
    round.awaitCheckpoints(training, 1);
    Program zombie = round.cluster().program(round.claimant(training));
    zombie.pause();
    round.injected(1);
    round.pause(round.seconds(seconds));
    if (round.claims(training).size() < 2) {
      round.complain("nobody took over from the trainer that stood still");
    }
    zombie.resume();
    round.mended();
  }
}
