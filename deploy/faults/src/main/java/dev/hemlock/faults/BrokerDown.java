package dev.hemlock.faults;

/**
 * Kills the broker while work is under way.
 *
 * @param seconds how long it is away
 * @param erased whether its data is lost as well
 */
record BrokerDown(int seconds, boolean erased) implements Injection {
  @Override
  public void inject(Round round) throws Exception {
    Cluster cluster = round.cluster();
    String training = round.ask();
    round.awaitCheckpoints(training, 1);
    cluster.broker().stop();
    round.injected(1);
    if (erased) {
      round.factsLost();
      Cluster.erase(cluster.brokerDirectory());
    }
    round.pause(round.seconds(seconds));
    cluster.broker().start();
    round.mended();
  }
}
