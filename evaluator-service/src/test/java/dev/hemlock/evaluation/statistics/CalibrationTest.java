package dev.hemlock.evaluation.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class CalibrationTest {
  @Test
  void weighsTheGapOfEveryBin() {
    // Given two samples of confidence 0.5 in one bin, one right, and one sure and wrong.
    Calibration calibration = new Calibration();
    calibration.add(0.5, true);
    calibration.add(0.5, false);
    calibration.add(1, false);

    // Then: gap 0 with weight 2/3 and gap 1 with weight 1/3.
    assertThat(calibration.error()).isCloseTo(1.0 / 3, within(1e-15));
  }

  @Test
  void findsNoErrorWithoutSamples() {
    assertThat(new Calibration().error()).isZero();
  }
}
