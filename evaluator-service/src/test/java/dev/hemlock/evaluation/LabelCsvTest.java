package dev.hemlock.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.evaluation.detection.GivenLabels;
import dev.hemlock.evaluation.detection.Suspicion;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelCsvTest {
  @Test
  void readsBackWhatItWrote() {
    // Given: names that need quotes, and one that another starts with
    JudgedSplit judged =
        new JudgedSplit(
            new GivenLabels(new int[] {0, 1, 2, 3}, 4),
            new int[] {3, 5, 8, 13},
            List.of("car", "car, red", "\"big\"\ncar", "car2"));
    Suspicion suspicion =
        new Suspicion(
            new int[] {3, 2, 1, 0},
            new double[] {0.25, 1, 1e-9, 0.5},
            new boolean[] {true, false, true, false});

    byte[] file = LabelCsv.write(judged, suspicion);

    assertThat(new String(file, UTF_8)).contains("5,false,1.0,\"car, red\",\"\"\"big\"\"\ncar\"");
    Suspicion read = LabelCsv.read(file, judged);
    assertThat(read.predictedLabels()).containsExactly(3, 2, 1, 0);
    assertThat(read.labelScores()).containsExactly(0.25, 1, 1e-9, 0.5);
    assertThat(read.labelIssues()).containsExactly(true, false, true, false);
  }
}
