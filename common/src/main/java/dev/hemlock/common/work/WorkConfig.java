package dev.hemlock.common.work;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithDefaults;
import io.smallrye.config.WithParentName;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** How much work this process does. */
@ConfigMapping(prefix = "hemlock.work")
public interface WorkConfig {
  /** By stage, for example {@code hemlock.work.train.concurrency}. */
  @WithParentName
  @WithDefaults
  Map<String, StageConfig> stages();

  /** One stage. */
  interface StageConfig {
    /** Pieces of work at a time; 0: this process only answers the API. */
    @WithDefault("1")
    int concurrency();

    /** How long a try may be worked on, from its first claim; without it, as long as it takes. */
    Optional<Duration> timeLimit();

    /** Runs of one tenant that may wait or run; without it, any number. */
    OptionalInt quota();
  }
}
