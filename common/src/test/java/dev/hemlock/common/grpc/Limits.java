package dev.hemlock.common.grpc;

import java.time.Duration;
import java.util.OptionalInt;

/** Limits as the configuration sets them, for tests without a container. */
public record Limits(OptionalInt callsPerCaller, Duration streamIdle) implements LimitsConfig {
  /** What holds when nothing is set. */
  public static final Limits DEFAULT = new Limits(OptionalInt.empty(), Duration.ofMinutes(5));

  /** The same, with at most so many open calls of a caller. */
  public Limits callsPerCaller(int most) {
    return new Limits(OptionalInt.of(most), streamIdle);
  }

  /** The same, with a client that may stand still for so long. */
  public Limits streamIdle(Duration most) {
    return new Limits(callsPerCaller, most);
  }
}
