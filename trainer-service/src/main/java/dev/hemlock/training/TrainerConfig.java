package dev.hemlock.training;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Where and how this process trains. */
@ConfigMapping(prefix = "hemlock.trainer")
public interface TrainerConfig {
  /** {@code cpu}, {@code cuda} or {@code cuda:n}. */
  @WithDefault("cpu")
  String device();

  /** Threads an operation; a property of the process, and results depend on it in the last bits. */
  @WithDefault("1")
  int threads();

  /** The least time between two checkpoints of a run; a shorter run writes none. */
  @WithDefault("60S")
  Duration checkpointInterval();
}
