package dev.hemlock.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Learning rates beside PyTorch's own, recorded by {@code one_cycle.py}. */
class ScheduleTest {
  record Case(
      double peak,
      int steps,
      double warmUp,
      double initialFactor,
      double finalFactor,
      double[] rates) {}

  static Stream<Case> cases() throws IOException {
    try (InputStream in = ScheduleTest.class.getResourceAsStream("one_cycle.json")) {
      return Arrays.stream(new Gson().fromJson(new InputStreamReader(in, UTF_8), Case[].class));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void oneCycleGivesPyTorchsRates(Case recorded) {
    Schedule schedule =
        new Schedule.OneCycle(recorded.warmUp(), recorded.initialFactor(), recorded.finalFactor());

    for (int step = 0; step < recorded.steps(); step++) {
      assertThat(schedule.rate(recorded.peak(), step, recorded.steps()))
          .isCloseTo(recorded.rates()[step], within(1e-12 * recorded.peak()));
    }
  }

  @Test
  void oneCycleHasNoRiseWhereItsFirstStepIsThePeak() {
    Schedule schedule = new Schedule.OneCycle(0.5, 0.1, 0.01);

    assertThat(schedule.rate(1, 0, 2)).isEqualTo(1);
    assertThat(schedule.rate(1, 1, 2)).isEqualTo(0.01);
  }

  @Test
  void constantStaysAtTheOptimisersRate() {
    assertThat(new Schedule.Constant().rate(0.3, 5, 10)).isEqualTo(0.3);
  }
}
