package dev.hemlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Test
  void printsOneLineForAStageAndOneForItsResultWhenPiped() {
    // Given
    Progress progress = progress(false);

    // When
    progress.stage("Train");
    progress.at(0.25, "epoch 1");
    progress.at(0.5, "epoch 2");
    progress.done("loss 0.1");

    // Then
    assertThat(printed()).isEqualTo("Train\n  loss 0.1\n");
  }

  @Test
  void redrawsOneLineOnATerminalAndLeavesNothingOfALongerText() {
    // Given
    Progress progress = progress(true);

    // When
    progress.stage("Train");
    progress.at(0.5, "a rather long description");
    progress.done("ok");
    progress.close();

    // Then
    String[] drawn = printed().replace("\n", "").split("\r");
    assertThat(drawn[2]).contains("█").contains(" 50 %").contains("a rather long description");
    assertThat(drawn[3]).hasSameSizeAs(drawn[2]).startsWith("Train").contains("ok");
    assertThat(printed()).endsWith("\n");
  }

  private Progress progress(boolean terminal) {
    return new Progress(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal);
  }

  private String printed() {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
