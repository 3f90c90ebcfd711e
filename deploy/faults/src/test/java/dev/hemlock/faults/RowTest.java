package dev.hemlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowTest {
  private static final Verdict GOOD = new Verdict(1, 0, 0, 0, 20, 100, List.of());

  private final Row row = new Row("meteorite");

  private static Round round() {
    return new Round(null, null, null, new Random(1), false);
  }

  @Test
  void isCleanWhenEveryRoundBrokeSomethingAndNothingWasWrong() {
    Round round = round();
    round.injected(1);

    row.add(round, GOOD, Duration.ZERO);

    assertThat(row.isClean()).isTrue();
  }

  @Test
  void isNotCleanWhenARoundBrokeNothing() {
    Round round = round();
    round.injected(1);
    Round idle = round();
    idle.impossible("the sky was empty");

    row.add(round, GOOD, Duration.ZERO);
    row.add(idle, GOOD, Duration.ZERO);

    assertThat(row.isClean()).isFalse();
    assertThat(row.complaints()).containsExactly("not injected: the sky was empty");
  }

  @Test
  void isNotCleanWhenARoundComplains() {
    Round round = round();
    round.injected(1);
    round.complain("it rained");

    row.add(round, GOOD, Duration.ZERO);

    assertThat(row.isClean()).isFalse();
  }
}
