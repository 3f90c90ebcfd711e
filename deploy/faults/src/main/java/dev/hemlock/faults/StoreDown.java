package dev.hemlock.faults;

/**
 * Kills MinIO while work is under way.
 *
 * @param seconds how long it is away
 */
record StoreDown(int seconds) implements Injection {
  @Override
  public void inject(Round round) throws Exception {
    String training = round.ask();
    round.awaitCheckpoints(training, 1);
    round.cluster().store().stop();
    round.injected(1);
    round.pause(round.seconds(seconds));
    round.cluster().store().start();
    round.mended();
  }
}
