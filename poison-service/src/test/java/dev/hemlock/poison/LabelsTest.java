package dev.hemlock.poison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LabelsTest {
  @Test
  void refusesLabelsOutOfRange() {
    assertThatIllegalArgumentException().isThrownBy(() -> Labels.of(2, 0, 2));
    assertThatIllegalArgumentException().isThrownBy(() -> Labels.of(2, -1));
  }

  @Test
  void refusesIdsThatDoNotAscend() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Labels(2, new int[] {3, 3}, new int[] {0, 1}));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Labels(2, new int[] {-1}, new int[] {0}));
  }

  @Test
  void refusesUnequalLengths() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Labels(2, new int[] {0}, new int[] {0, 1}));
  }

  @Test
  void isUntouchedByLaterChangesOfItsArrays() {
    int[] classes = {0, 1, 1};
    Labels labels = Labels.of(2, classes);

    classes[0] = 1;
    labels.toArray()[1] = 0;

    assertThat(labels).isEqualTo(Labels.of(2, 0, 1, 1));
    assertThat(labels.positionsOf(1)).containsExactly(1, 2);
  }
}
