package dev.hemlock.training;

import com.sun.management.OperatingSystemMXBean;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.torch.TorchDevice;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * How many runs a process trains at a time unless {@code hemlock.work.train.concurrency} says so:
 * as many as its threads allow on a processor, one on a GPU. They share the memory of the machine or
 * container, or of the GPU, evenly, unless {@code hemlock.trainer.memory-bytes} says otherwise.
 */
public final class TrainerDefaults implements ConfigSourceFactory {
  private static final String CONCURRENCY = "hemlock.work.train.concurrency";
  private static final String MEMORY_BYTES = "hemlock.trainer.memory-bytes";
  private static final String CPU = "cpu";
  private static final String BUILD_SYSTEM = "source=Build system";
  private static final int BELOW_EVERY_FILE = -200;

  @Override
  public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
    if (building(context)) {
      return List.of();
    }
    String device = value(context, "hemlock.torch.device").orElse(CPU);
    int concurrency =
        concurrency(
            device,
            value(context, "hemlock.torch.threads").orElse("1"),
            Runtime.getRuntime().availableProcessors());
    Map<String, String> defaults = new HashMap<>();
    defaults.put(CONCURRENCY, Integer.toString(concurrency));
    memoryBytes(memoryOf(device), value(context, CONCURRENCY).orElse(Integer.toString(concurrency)))
        .ifPresent(bytes -> defaults.put(MEMORY_BYTES, Long.toString(bytes)));
    return List.of(
        new PropertiesConfigSource(defaults, "hemlock trainer defaults", BELOW_EVERY_FILE));
  }

  /** What one run may take of what is known; a process without runs needs no limit. */
  static OptionalLong memoryBytes(OptionalLong total, String concurrency) {
    return total.isPresent() && concurrency.matches("[1-9]\\d{0,3}")
        ? OptionalLong.of(total.getAsLong() / Integer.parseInt(concurrency))
        : OptionalLong.empty();
  }

  /** Of a device that doesn't exist, which the start of training refuses, nothing is known. */
  static OptionalLong memoryOf(String device) {
    if (device.equals(CPU)) {
      return OptionalLong.of(
          ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
              .getTotalMemorySize());
    }
    try {
      return TorchDevice.parse(device).memoryBytes();
    } catch (HemlockException e) {
      return OptionalLong.empty();
    }
  }

  static int concurrency(String device, String threads, int processors) {
    if (!device.equals(CPU) || !threads.matches("[1-9]\\d{0,3}")) {
      return 1;
    }
    return Math.max(1, processors / Integer.parseInt(threads));
  }

  /** Whether Quarkus is building, which would write the figures of this machine into the application. */
  private static boolean building(ConfigSourceContext context) {
    return context.getConfigSources().stream()
        .anyMatch(source -> source.getName().contains(BUILD_SYSTEM));
  }

  /** What somebody has set; the defaults of the interfaces rank below these. */
  private static Optional<String> value(ConfigSourceContext context, String name) {
    return Optional.ofNullable(context.getValue(name))
        .filter(value -> value.getConfigSourceOrdinal() > BELOW_EVERY_FILE)
        .map(ConfigValue::getValue);
  }
}
