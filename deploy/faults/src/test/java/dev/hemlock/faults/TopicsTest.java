package dev.hemlock.faults;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class TopicsTest {
  private static final Uuid ONE = new Uuid(1, 1);
  private static final Uuid OTHER = new Uuid(1, 2);

  @Test
  void readsOnInTheSameTopic() {
    assertThat(Topics.next(ONE, ONE, 500, 560)).isEqualTo(500);
  }

  @Test
  void readsATopicThatWasMadeAnewFromItsBeginning() {
    assertThat(Topics.next(ONE, OTHER, 500, 60)).isZero();
    assertThat(Topics.next(ONE, OTHER, 500, 560)).isZero();
  }

  @Test
  void readsATopicThatHasLostItsEndFromItsBeginning() {
    assertThat(Topics.next(ONE, ONE, 500, 60)).isZero();
  }
}
