package dev.hemlock.faults;

import java.util.List;
import java.util.Map;

/**
 * How the services of a {@link Cluster} are started.
 *
 * @param settings configuration of every service
 * @param java options of every service's virtual machine
 * @param first pieces of work at a time in the first trainer
 * @param second the same of the second trainer
 */
record Setup(Map<String, String> settings, List<String> java, int first, int second) {
  /** Started fast, with the clocks of the work loop six times as fast as in production. */
  static Setup quick() {
    return new Setup(
        Map.of(
            "hemlock.worker.heartbeat", "1S",
            "hemlock.worker.progress", "0.2S",
            "hemlock.worker.stillness", "6S",
            "hemlock.worker.renewal", "3S",
            "hemlock.worker.sweep", "5S",
            "hemlock.worker.longest-pause", "4S",
            "hemlock.trainer.checkpoint-interval", "1S",
            "hemlock.trainer.shutdown-loss", "1S"),
        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        1,
        1);
  }

  /** With the settings of production, and all trainings in the second trainer. */
  static Setup production(int workers) {
    return new Setup(Map.of(), List.of(), 0, workers);
  }
}
