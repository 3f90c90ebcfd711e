package dev.hemlock.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The faults there are. */
final class Catalogue {
  private static final int FAST_KILLS = 5;

  private Catalogue() {}

  static List<Fault> of(Options options) {
    List<Fault> single =
        List.of(
            Fault.quick("64 identical creates", new IdenticalCreates(64)),
            Fault.quick("request id used again", new RequestIdReused()),
            Fault.quick("garbage on every topic", new Garbage()),
            Fault.quick("every message three times", new TripleDelivery()),
            Fault.of("slow subscribers", new SlowSubscribers(50)),
            Fault.quick("SIGTERM during training", new Terminated()),
            Fault.of("SIGTERM while store and broker hang", new TerminatedHanging()),
            Fault.of("trainer paused for 120 s", new Zombie(120)),
            Fault.of("broker killed for 60 s", new BrokerDown(60, false)),
            Fault.quick("broker's data erased", new BrokerDown(6, true)),
            Fault.of("MinIO down for 60 s", new StoreDown(60)),
            Fault.of("upload cut half way", new UploadCut(5)),
            Fault.of("responses lost", new BadLinks(30, BadLinks.How.ANSWERS_LOST)),
            Fault.of("500 ms latency, 10 % resets", new BadLinks(60, BadLinks.How.SLOW_AND_RESET)),
            Fault.of("full disk under MinIO", new FullDisk(Cluster::storeDisk, 30)),
            Fault.of("full disk under the trainer's scratch", new FullDisk(Cluster::scratch, 30)),
            Fault.of("object damaged on disk", new ObjectDamaged()),
            Fault.quick("newest checkpoint damaged", new CheckpointDamaged()),
            Fault.of("clock 14 min ahead, behind", new ClockSkew(14), new ClockSkew(-14)),
            Fault.of("clock 1 h ahead, behind", new ClockSkew(60), new ClockSkew(-60)),
            randomKills(options.fast() ? FAST_KILLS : options.kills()));
    List<Fault> all = Stream.concat(single.stream(), KillsAtFailpoints.all()).toList();
    if (options.faults().isEmpty()) {
      return options.fast() ? all.stream().filter(Fault::quick).toList() : all;
    }
    List<Fault> chosen =
        all.stream()
            .filter(fault -> options.faults().stream().anyMatch(fault.name()::contains))
            .toList();
    if (chosen.isEmpty()) {
      throw new IllegalArgumentException(
          "No fault is called " + options.faults() + "; --list prints the names");
    }
    return chosen;
  }

  private static Fault randomKills(int kills) {
    List<Injection> rounds = new ArrayList<>();
    for (int left = kills; left > 0; left -= RandomKills.A_ROUND) {
      rounds.add(new RandomKills(Math.min(left, RandomKills.A_ROUND)));
    }
    return new Fault("random kill -9", true, rounds);
  }
}
