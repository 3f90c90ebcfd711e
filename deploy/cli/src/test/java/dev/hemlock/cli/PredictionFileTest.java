package dev.hemlock.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.proto.evaluation.v1.JudgePredictionsRequest;
import dev.hemlock.proto.evaluation.v1.PredictedPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictionFileTest {
  private static final String HEADING = "seed,model,sample_id,predicted\n";

  @TempDir Path folder;

  @Test
  void readsPairsInAnyOrderOfLines() throws IOException {
    JudgePredictionsRequest request =
        read(HEADING + "2,clean,5,owl\n2,poisoned,3,owl\n\n2,clean,3,cat\n2,poisoned,5,owl\n");

    assertThat(request.getSampleIdsList()).containsExactly(3, 5);
    assertThat(request.getPairsList())
        .containsExactly(
            PredictedPair.newBuilder()
                .setSeed(2)
                .addAllClean(List.of(0, 1))
                .addAllPoisoned(List.of(1, 1))
                .build());
  }

  @Test
  void readsWhatASpreadsheetWrote() throws IOException {
    String text = HEADING + "2,clean,3,owl\n2,poisoned,3,cat\n";

    assertThat(read("\uFEFF" + text.replace("\n", "\r\n"))).isEqualTo(read(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed,sample_id | must read seed,model,sample_id,predicted",
        "HEADING | There are no predictions in",
        "HEADING 1,good,3,cat | with clean or poisoned as the model",
        "HEADING 1,clean,3,emu | predicts \"emu\", which the snapshot has not; it has: cat, owl",
        "HEADING x,clean,3,cat | must have whole numbers as seed and sample id",
        "HEADING 1,clean,3,cat;1,clean,3,owl | Line 3 of",
        "HEADING 1,clean,3,cat | The poisoned model of seed 1 has no prediction for sample 3",
        "HEADING 1,clean,3,cat;1,poisoned,3,cat;1,poisoned,4,cat | predicts 2 samples and another"
      })
  void namesWhatItCanNotRead(String text, String message) {
    String file = text.replace("HEADING ", HEADING).replace("HEADING", HEADING).replace(';', '\n');

    assertThatThrownBy(() -> read(file))
        .isInstanceOf(CliException.class)
        .hasMessageContaining(message);
  }

  private JudgePredictionsRequest read(String text) throws IOException {
    JudgePredictionsRequest.Builder request = JudgePredictionsRequest.newBuilder();
    PredictionFile.addTo(
        request, Files.writeString(folder.resolve("predictions.csv"), text), List.of("cat", "owl"));
    return request.build();
  }
}
