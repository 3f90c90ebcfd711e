package dev.hemlock.common.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import java.util.Arrays;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlobLayoutTest {
  @Property
  void readsBackLabels(@ForAll char[] values) {
    int[] labels = new String(values).chars().toArray();

    assertThat(LabelBlob.decode(LabelBlob.encode(labels))).isEqualTo(labels);
  }

  @Property
  void readsBackSelections(@ForAll Set<@IntRange Integer> positions) {
    int[] ascending = positions.stream().mapToInt(Integer::intValue).sorted().toArray();

    assertThat(SelectionBlob.decode(SelectionBlob.encode(ascending))).isEqualTo(ascending);
  }

  @Test
  void writesLittleEndian() {
    assertThat(LabelBlob.encode(new int[] {1, 0xFFFE})).containsExactly(1, 0, 0xFE, 0xFF);
    assertThat(SelectionBlob.encode(new int[] {0x01020304})).containsExactly(4, 3, 2, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65536})
  void refusesLabelsOutsideSixteenBits(int label) {
    assertThatThrownBy(() -> LabelBlob.encode(new int[] {0, label}))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("position 1");
  }

  @Test
  void refusesCutBlobs() {
    assertThatThrownBy(() -> LabelBlob.decode(new byte[3])).isInstanceOf(HemlockException.class);
    assertThatThrownBy(() -> SelectionBlob.decode(new byte[6]))
        .isInstanceOf(HemlockException.class);
  }

  @Test
  void refusesPositionsThatDoNotAscend() {
    for (int[] positions : new int[][] {{1, 1}, {2, 1}, {-1}}) {
      assertThatThrownBy(() -> SelectionBlob.encode(positions))
          .as(Arrays.toString(positions))
          .isInstanceOf(HemlockException.class);
    }
  }

  @Test
  void selectsEverythingByDefault() {
    assertThat(SelectionBlob.all(3)).containsExactly(0, 1, 2);
  }
}
