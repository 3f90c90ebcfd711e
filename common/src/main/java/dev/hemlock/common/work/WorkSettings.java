package dev.hemlock.common.work;

import java.time.Duration;

/**
 * The clocks of the work loop.
 *
 * @param heartbeat how often a claim shows that it lives
 * @param progress how often at most progress is stored
 * @param stillness how long a heartbeat must stand still, by the watcher's own clock, before its
 *     claim is taken over
 * @param watch how often a foreign heartbeat is looked at
 * @param renewal how often the lock on the queue's record is renewed
 * @param sweep how often the sweeper looks, give or take a third
 * @param pause the first pause after a failure; doubles up to {@code longestPause}
 * @param longestPause between two looks at a store or broker that is away
 * @param farewell how long shutting down waits for work to stop
 */
public record WorkSettings(
    Duration heartbeat,
    Duration progress,
    Duration stillness,
    Duration watch,
    Duration renewal,
    Duration sweep,
    Duration pause,
    Duration longestPause,
    Duration farewell) {
  /** Claims of one try that may end without a new checkpoint before the try is FAILED. */
  public static final int LARGEST_CLAIMS_WITHOUT_PROGRESS = 3;

  /** What production uses. */
  public static WorkSettings defaults() {
    return new WorkSettings(
        Duration.ofSeconds(3),
        Duration.ofSeconds(1),
        Duration.ofSeconds(15),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofSeconds(1),
        Duration.ofSeconds(30),
        Duration.ofSeconds(20));
  }
}
