package dev.hemlock.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final String TEXT =
      """
      # TYPE jvm_memory_used_bytes gauge
      jvm_memory_used_bytes{area="heap",id="Eden"} 100.0
      jvm_memory_used_bytes{area="heap",id="Old"} 2.5E3
      jvm_memory_used_bytes{area="nonheap",id="Code"} 7.0
      """;

  @Test
  void addsTheSeriesThatBeginSo() {
    assertThat(Metrics.sum(TEXT, "jvm_memory_used_bytes{area=\"heap\"")).isEqualTo(2_600);
  }

  @Test
  void takesNoFigureForAbsentSeries() {
    assertThatThrownBy(() -> Metrics.sum(TEXT, "jvm_threads_live"))
        .hasMessageContaining("jvm_threads_live");
  }
}
