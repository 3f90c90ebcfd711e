package dev.hemlock.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainerDefaultsTest {
  @ParameterizedTest
  @CsvSource({"cpu,1,2,2", "cpu,2,2,1", "cpu,4,2,1", "cpu,2,9,4", "cuda:0,1,16,1", "cpu,no,16,1"})
  void trainsAsManyAtATimeAsTheThreadsAllow(
      String device, String threads, int processors, int expected) {
    assertThat(TrainerDefaults.concurrency(device, threads, processors)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"cpu,1,800", "cpu,2,400", "cpu,0,", "cuda:0,1,"})
  void sharesTheMemoryOfTheMachineEvenly(String device, String concurrency, Long expected) {
    assertThat(TrainerDefaults.memoryBytes(device, concurrency, 800).stream().boxed())
        .isEqualTo(Stream.ofNullable(expected).toList());
  }
}
