package dev.hemlock.common.work;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** The clocks of the work loop; see {@link WorkSettings}. */
@ConfigMapping(prefix = "hemlock.worker")
public interface WorkerConfig {
  @WithDefault("3S")
  Duration heartbeat();

  @WithDefault("1S")
  Duration progress();

  @WithDefault("15S")
  Duration stillness();

  @WithDefault("1S")
  Duration watch();

  @WithDefault("5S")
  Duration renewal();

  @WithDefault("30S")
  Duration sweep();

  @WithDefault("1S")
  Duration pause();

  @WithDefault("30S")
  Duration longestPause();

  @WithDefault("20S")
  Duration farewell();

  /** The same as a value. */
  default WorkSettings settings() {
    return new WorkSettings(
        heartbeat(),
        progress(),
        stillness(),
        watch(),
        renewal(),
        sweep(),
        pause(),
        longestPause(),
        farewell());
  }
}
