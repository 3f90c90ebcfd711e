package dev.hemlock.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointPaceTest {
  private static final Duration MINUTE = Duration.ofSeconds(60);

  /** Of an hour of steps, some longer than the interval on a machine that has other work. */
  @ParameterizedTest
  @CsvSource({"1, 1, 58", "70, 1, 50", "70, 20, 9", "400, 100, 1", "0.1, 0, 60"})
  void writesTakeAtMostATwentiethOfTheTime(double step, double write, int expected) {
    // Given
    long now = seconds(-3);
    long end = now + seconds(3600);
    CheckpointPace pace = new CheckpointPace(MINUTE, now);
    long writing = 0;
    int writes = 0;

    // When
    while (now < end) {
      now += seconds(step);
      if (pace.due(now)) {
        long start = now;
        now += seconds(write);
        pace.wrote(start, now);
        writing += now - start;
        writes++;
      }
    }

    // Then
    assertThat(writes).isCloseTo(expected, org.assertj.core.api.Assertions.within(1));
    assertThat(writing).isLessThanOrEqualTo(seconds(3600) / 20 + seconds(write));
  }

  @ParameterizedTest
  @CsvSource({"0, true", "1, false"})
  void anIntervalOfZeroMeansAfterEveryStep(int interval, boolean due) {
    // Given
    CheckpointPace pace = new CheckpointPace(Duration.ofSeconds(interval), 0);

    // When
    pace.wrote(seconds(5), seconds(9));

    // Then
    assertThat(pace.due(seconds(9.1))).isEqualTo(due);
    assertThat(pace.since(seconds(9.5))).isEqualTo(seconds(0.5));
  }

  private static long seconds(double seconds) {
    return Math.round(seconds * 1e9);
  }
}
