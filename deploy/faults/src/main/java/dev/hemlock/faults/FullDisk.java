package dev.hemlock.faults;

import java.util.function.Function;

/**
 * Fills a disk while work is under way, and makes room again.
 *
 * @param disk which one
 * @param seconds how long it is full
 */
record FullDisk(Function<Cluster, Disk> disk, int seconds) implements Injection {
  @Override
  public void inject(Round round) throws Exception {
    Disk filled = disk.apply(round.cluster());
    if (!filled.canBeFilled()) {
      round.impossible("no right to mount a small disk");
      round.ask();
      return;
    }
    String training = round.ask();
    round.awaitCheckpoints(training, 1);
    filled.fill();
    round.injected(1);
    round.pause(round.seconds(seconds));
    filled.makeRoom();
    round.mended();
  }
}
