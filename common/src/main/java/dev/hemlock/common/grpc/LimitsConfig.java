package dev.hemlock.common.grpc;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.OptionalInt;

/** How much of this process one caller can hold. */
@ConfigMapping(prefix = "hemlock.limits")
public interface LimitsConfig {
  /** Calls of one caller that may be open; unset: 128 if callers show tokens, else any number. */
  OptionalInt callsPerCaller();

  /** How long a client may send nothing, or take nothing, when it is its turn. */
  @WithDefault("5M")
  Duration streamIdle();
}
