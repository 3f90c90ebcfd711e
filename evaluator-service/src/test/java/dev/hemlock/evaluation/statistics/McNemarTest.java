package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class McNemarTest {
  @Test
  void countsSamplesThatOnlyOneModelHits() {
    BitSet clean = BitSet.valueOf(new long[] {0b0000_0011});
    BitSet poisoned = BitSet.valueOf(new long[] {0b0111_1110});

    // One against five: 2 (1 + 6) / 2^6.
    assertThat(McNemar.of(clean, poisoned)).isEqualTo(new McNemar(1, 5, 0.21875));
    assertThat(clean.cardinality()).isEqualTo(2);
  }

  @Test
  void findsNothingBetweenAModelAndItself() {
    BitSet hits = BitSet.valueOf(new long[] {0b101});

    assertThat(McNemar.of(hits, hits)).isEqualTo(new McNemar(0, 0, 1));
  }
}
