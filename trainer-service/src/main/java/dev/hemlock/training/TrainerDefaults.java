package dev.hemlock.training;

import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * How many runs a process trains at a time unless {@code hemlock.work.train.concurrency} says so:
 * as many as its threads allow on a processor, one on a GPU.
 */
public final class TrainerDefaults implements ConfigSourceFactory {
  private static final String CONCURRENCY = "hemlock.work.train.concurrency";
  private static final int BELOW_EVERY_FILE = -200;

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    int concurrency =
        concurrency(
            value(context, "hemlock.torch.device").orElse("cpu"),
            value(context, "hemlock.torch.threads").orElse("1"),
            Runtime.getRuntime().availableProcessors());
    return List.of(
        new PropertiesConfigSource(
            Map.of(CONCURRENCY, Integer.toString(concurrency)),
            "hemlock trainer defaults",
            BELOW_EVERY_FILE));
  }

  static int concurrency(String device, String threads, int processors) {
    if (!device.equals("cpu") || !threads.matches("[1-9]\\d{0,3}")) {
      return 1;
    }
    return Math.max(1, processors / Integer.parseInt(threads));
  }

  private static Optional<String> value(ConfigSourceContext context, String name) {
    ConfigValue value = context.getValue(name);
    return Optional.ofNullable(value).map(ConfigValue::getValue);
  }
}
