package dev.hemlock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.proto.training.v1.PassiveLoss;
import dev.hemlock.proto.training.v1.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChoiceTest {
  @TempDir Path folder;

  @Test
  void readsANameAlone() {
    assertThat(loss("early-learning").hasEarlyLearning()).isTrue();
  }

  @Test
  void readsSettings() {
    assertThat(loss("generalised-cross-entropy:q=0.5").getGeneralisedCrossEntropy().getQ())
        .isEqualTo(0.5);
    Recipe active = loss("active-passive:alpha=2,passive=mean-absolute-error,log-zero=-4");
    assertThat(active.getActivePassive().getAlpha()).isEqualTo(2);
    assertThat(active.getActivePassive().getLogZero()).isEqualTo(-4);
    assertThat(active.getActivePassive().getPassive())
        .isEqualTo(PassiveLoss.PASSIVE_LOSS_MEAN_ABSOLUTE_ERROR);
  }

  @Test
  void readsMethods() {
    Recipe.Builder recipe = Recipe.newBuilder();
    Choice.set(recipe, "method", "co-teaching:forget-rate=0.2,warm-up-epochs=3");

    assertThat(recipe.getCoTeaching().getForgetRate()).isEqualTo(0.2);
    assertThat(recipe.getCoTeaching().getWarmUpEpochs()).isEqualTo(3);
  }

  @Test
  void readsSettingsFromAFile() throws IOException {
    // Given
    Path file = folder.resolve("flips.yaml");
    Files.writeString(
        file, "transition:\n- {probabilities: [0.6, 0.4]}\n- {probabilities: [0, 1]}\n");

    // When
    Recipe recipe = loss("forward-correction:" + file);

    // Then
    assertThat(recipe.getForwardCorrection().getTransition(0).getProbabilitiesList())
        .containsExactly(0.6, 0.4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mse | There is no --loss mse; choose one of generalised-cross-entropy, symmetric-",
        "generalised-cross-entropy:p=1 | there is no key \"p\" here; the keys are q",
        "generalised-cross-entropy:q=much | q can not be much",
        "generalised-cross-entropy:q= | --loss generalised-cross-entropy:q= is not understood",
        "forward-correction:nowhere.yaml | nowhere.yaml",
        "active-passive:passive=huber | passive can not be huber; it is one of PASSIVE_LOSS_",
      })
  void saysWhatItDoesNotUnderstand(String text, String explanation) {
    assertThatThrownBy(() -> loss(text))
        .isInstanceOf(CliException.class)
        .hasMessageContaining(explanation);
  }

  private static Recipe loss(String text) {
    Recipe.Builder recipe = Recipe.newBuilder();
    Choice.set(recipe, "loss", text);
    return recipe.build();
  }
}
