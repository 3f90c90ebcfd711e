package dev.hemlock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.Sanitise;
import dev.hemlock.proto.evaluation.v1.SanitiseAction;
import dev.hemlock.proto.training.v1.Architecture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperimentFileTest {
  private static final String USUAL =
      """
      data: {digits: true, limitPerClass: 50}
      sourceClass: 1
      targetClass: "7"
      budgets:
        - classShare: 0.1
        - {count: 50}
      seeds: [1, 2, 4294967295]
      recipes:
        - recipe: {architecture: smallcnn, epochs: 5, adam: {learningRate: 1e-3}}
      harmful_excess: 0.2
      """;

  @TempDir Path folder;

  @Test
  void readsYaml() throws IOException {
    ExperimentFile file = read(USUAL);

    ExperimentSpec spec = file.spec();
    assertThat(file.data()).isPresent();
    assertThat(spec.getSourceClass()).isEqualTo("1");
    assertThat(spec.getBudgets(0).getClassShare()).isEqualTo(0.1);
    assertThat(spec.getBudgets(1).getCount()).isEqualTo(50);
    assertThat(spec.getSeedsList()).containsExactly(1, 2, -1);
    assertThat(spec.getRecipes(0).getRecipe().getArchitecture())
        .isEqualTo(Architecture.ARCHITECTURE_SMALLCNN);
    assertThat(spec.getRecipes(0).getRecipe().getAdam().getLearningRate()).isEqualTo(0.001);
    assertThat(spec.getHarmfulExcess()).isEqualTo(0.2);
  }

  @Test
  void readsDefences() throws IOException {
    String defences =
        """
        defences:
          mostRelativeCost: 2
          compare:
            - {label: smooth, recipe: {architecture: smallcnn, labelSmoothing: 0.1}}
            - {label: tuned, informed: true, recipe: {architecture: smallcnn, epochs: 3}}
            - label: folds
              sanitise: {confidentLearning: {folds: 3}, action: relabel}
            - label: forward
              estimatedForwardCorrection: {}
        """;

    ExperimentSpec spec = read(USUAL + defences).spec();

    assertThat(spec.getDefences().getMostRelativeCost()).isEqualTo(2);
    assertThat(spec.getDefences().getCompare(0).getRecipe().getLabelSmoothing()).isEqualTo(0.1);
    assertThat(spec.getDefences().getCompare(1).getLabel()).isEqualTo("tuned");
    assertThat(spec.getDefences().getCompare(1).getInformed()).isTrue();
    Sanitise sanitise = spec.getDefences().getCompare(2).getSanitise();
    assertThat(sanitise.getConfidentLearning().getFolds()).isEqualTo(3);
    assertThat(sanitise.getAction()).isEqualTo(SanitiseAction.SANITISE_ACTION_RELABEL);
    assertThat(spec.getDefences().getCompare(3).hasEstimatedForwardCorrection()).isTrue();
    assertThatThrownBy(() -> read(USUAL + defences.replace("recipe: {", "recipes: {")))
        .hasMessageContaining("Line 14: there is no key \"recipes\" here");
  }

  @Test
  void readsTheProtobufJsonThatReportsCarry() throws IOException {
    ExperimentSpec spec =
        read(USUAL).spec().toBuilder().setSnapshot("snapshots/sha256:" + "0".repeat(64)).build();

    assertThat(read(Printer.json(spec)).spec()).isEqualTo(spec);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "targetClass | targetKlass | Line 3: there is no key \"targetKlass\" here; the keys are",
        "classShare: 0.1 | ratio: 0.1 | Line 5: there is no key \"ratio\" here; the keys are classShare",
        "0.1 | much | Line 5: classShare can not be much",
        "smallcnn | vgg | Line 9: architecture can not be vgg; it is one of ARCHITECTURE_RESNET18",
        "[1, 2, 4294967295] | 3 | Line 7: seeds must be a list",
        "4294967295 | 4294967296 | Line 7: seeds can not be 4294967296",
        "targetClass | sourceClass | Line 3: sourceClass is given twice",
        "digits: true, | digit: true, | Line 1: data is not understood as options of `hemlock import`",
        "data: {digits: true, limitPerClass: 50} | {} | give either snapshot or data",
        "classShare: 0.1 | {classShare: 0.1, count: 5} | Line 5: give only one of classShare, splitShare, count",
        "harmful_excess: 0.2 | data: {digits: true} | Line 10: data is given twice",
        "data: | data | Can not read"
      })
  void refusesWhatItDoesNotUnderstandNamingTheLine(String old, String replacement, String message) {
    String text = USUAL.replace(old, replacement.equals("{}") ? "" : replacement);

    assertThatThrownBy(() -> read(text))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("experiment.yaml")
        .hasMessageContaining(message);
  }

  @Test
  void refusesAFileThatIsTooLongBeforeParsingIt() {
    assertThatThrownBy(() -> read("#".repeat((1 << 20) + 1)))
        .isInstanceOf(CliException.class)
        .hasMessageEndingWith("it has more than 1048576 bytes; give a shorter one.");
  }

  @Test
  void refusesNestingAndAliasesThatGrowWithoutBound() {
    String bomb =
        IntStream.range(0, 9)
            .mapToObj(i -> "k%d: &a%d [%s]%n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9)))
            .collect(Collectors.joining())
            .replace("*a-1,", "x,");

    assertThatThrownBy(() -> read("data: " + "[".repeat(100_000)))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("Nesting Depth");
    assertThatThrownBy(() -> read(bomb)).isInstanceOf(CliException.class);
  }

  @Test
  void saysThatThereIsNoSuchFile() {
    assertThatThrownBy(() -> ExperimentFile.read(folder.resolve("nowhere.yaml")))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("There is no file");
  }

  @Test
  void saysThatAnEmptyFileHoldsNoMapping() {
    assertThatThrownBy(() -> read(""))
        .hasMessageEndingWith("it must hold a mapping; see docs/experiments.md.");
  }

  @Test
  void saysThatAFileIsNotText() throws IOException {
    Path file = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe});

    assertThatThrownBy(() -> ExperimentFile.read(file))
        .hasMessageContaining("it is not UTF-8 text");
  }

  private ExperimentFile read(String text) throws IOException {
    return ExperimentFile.read(Files.writeString(folder.resolve("experiment.yaml"), text));
  }
}
