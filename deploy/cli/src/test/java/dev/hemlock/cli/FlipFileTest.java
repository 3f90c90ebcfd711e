package dev.hemlock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.proto.poison.v1.ExplicitFlip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlipFileTest {
  @TempDir Path folder;

  @Test
  void readsBothFormsWithAndWithoutAHeading() throws IOException {
    ExplicitFlip plain = ExplicitFlip.newBuilder().setSampleId(3).setToClass("owl").build();
    ExplicitFlip checked = plain.toBuilder().setFromClass("cat").build();

    assertThat(FlipFile.read(file("3,owl\n\n3, cat, owl\n"))).containsExactly(plain, checked);
    assertThat(FlipFile.read(file("sample_id,from_class,to_class\r\n3,cat,owl\r\n")))
        .containsExactly(checked);
  }

  @Test
  void readsTheFlipsOfATableOfLabels() throws IOException {
    Path table =
        file(
            "sample_id,split,label,poisoned_label,flipped\n"
                + "3,train,\"cat, \"\"big\"\"\",owl,true\n4,train,owl,owl,false\n");

    assertThat(FlipFile.read(table))
        .containsExactly(
            ExplicitFlip.newBuilder()
                .setSampleId(3)
                .setFromClass("cat, \"big\"")
                .setToClass("owl")
                .build());
  }

  @Test
  void namesWhatItCanNotRead() throws IOException {
    Path wide = file("1,cat,owl,dog\n");

    assertThatThrownBy(() -> FlipFile.read(wide))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("Line 1 of")
        .hasMessageEndingWith("not 1,cat,owl,dog");
    assertThatThrownBy(() -> FlipFile.read(folder.resolve("none.csv")))
        .isInstanceOf(CliException.class)
        .hasMessageStartingWith("There is no file");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("flips.csv"), text);
  }
}
