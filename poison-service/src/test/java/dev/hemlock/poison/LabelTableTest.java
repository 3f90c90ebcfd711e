package dev.hemlock.poison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.proto.poison.v1.Flip;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class LabelTableTest {
  @Test
  void quotesWhatWouldBreakALine() throws IOException {
    LabelledSplit split =
        new LabelledSplit(
            "snapshots/s",
            "train",
            List.of("cat, \"big\"", "dog"),
            new Labels(2, new int[] {4, 9}, new int[] {0, 1}));
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    LabelTable.write(
        split, List.of(Flip.newBuilder().setSampleId(4).setToClass("dog").build()), out);

    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "sample_id,split,label,poisoned_label,flipped\n"
                + "4,train,\"cat, \"\"big\"\"\",dog,true\n"
                + "9,train,dog,dog,false\n");
  }
}
