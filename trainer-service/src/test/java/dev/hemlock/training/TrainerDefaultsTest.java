package dev.hemlock.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerDefaultsTest {
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
