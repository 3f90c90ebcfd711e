package dev.hemlock.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.work.WorkConfig;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerDefaultsTest {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
  private static final long MEMORY = TrainerDefaults.memoryOf("cpu").orElseThrow();

  @Test
  void takesTheProcessorsAndTheMemoryOfTheMachineItRunsOn() {
    SmallRyeConfig config = config(Map.of(), "application.properties");

    assertThat(concurrency(config)).isEqualTo(PROCESSORS);
    assertThat(memoryBytes(config)).hasValue(MEMORY / PROCESSORS);
  }

  @Test
  void sharesTheMemoryAmongAsManyAsSomebodyHasSet() {
    SmallRyeConfig config =
        config(Map.of("hemlock.work.train.concurrency", "5"), "application.properties");

    assertThat(concurrency(config)).isEqualTo(5);
    assertThat(memoryBytes(config)).hasValue(MEMORY / 5);
  }

  @Test
  void leavesNothingOfTheMachineItIsBuiltOn() {
    SmallRyeConfig config = config(Map.of(), "PropertiesConfigSource[source=Build system]");

    assertThat(concurrency(config)).isOne();
    assertThat(memoryBytes(config)).isEmpty();
  }

  private static SmallRyeConfig config(Map<String, String> set, String source) {
    return new SmallRyeConfigBuilder()
        .withSources(new PropertiesConfigSource(set, source, 250))
        .withSources(new TrainerDefaults())
        .withConverter(Duration.class, 200, new DurationConverter())
        .withMapping(WorkConfig.class)
        .withMapping(TrainerConfig.class)
        .build();
  }

  private static int concurrency(SmallRyeConfig config) {
    return config.getConfigMapping(WorkConfig.class).stages().get("train").concurrency();
  }

  private static OptionalLong memoryBytes(SmallRyeConfig config) {
    return config.getConfigMapping(TrainerConfig.class).memoryBytes();
  }

  @ParameterizedTest
  @CsvSource({"cpu,1,2,2", "cpu,2,2,1", "cpu,4,2,1", "cpu,2,9,4", "cuda:0,1,16,1", "cpu,no,16,1"})
  void trainsAsManyAtATimeAsTheThreadsAllow(
      String device, String threads, int processors, int expected) {
    assertThat(TrainerDefaults.concurrency(device, threads, processors)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"1,800", "2,400", "0,"})
  void sharesTheMemoryOfTheDeviceEvenly(String concurrency, Long expected) {
    assertThat(TrainerDefaults.memoryBytes(OptionalLong.of(800), concurrency).stream().boxed())
        .isEqualTo(Stream.ofNullable(expected).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpu", "cuda:999"})
  void knowsNoMemoryOfADeviceThatIsNotThere(String device) {
    assertThat(TrainerDefaults.memoryOf(device)).isEmpty();
    assertThat(TrainerDefaults.memoryBytes(OptionalLong.empty(), "1")).isEmpty();
  }
}
