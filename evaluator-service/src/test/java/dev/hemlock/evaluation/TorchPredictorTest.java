package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.torch.Architecture;
import dev.hemlock.evaluation.Predictor.Outputs;
import dev.hemlock.evaluation.Predictor.TrainedModel;
import dev.hemlock.proto.training.v1.ModelCard;
import dev.hemlock.proto.training.v1.Recipe;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchPredictorTest {
  private static final ImageShape SHAPE = new ImageShape(8, 8, 1);
  private static final List<String> CLASSES = List.of("cat", "dog", "owl");
  private static final int COUNT = 20;

  @TempDir Path directory;

  private final TorchPredictor predictor = new TorchPredictor("cpu", 1);

  @Test
  void predictsTheSameEveryTime() {
    // Given
    byte[] pixels = pixels();
    TrainedModel model = model(CLASSES.size());

    // When
    Outputs first = predict(model, pixels, COUNT);
    Outputs second = predict(model, pixels, COUNT);

    // Then
    assertThat(first.logits()).hasSize(COUNT * 3).isEqualTo(second.logits());
    assertThat(first.features()).hasSize(COUNT * 512).isEqualTo(second.features());
  }

  @Test
  void predictsASampleAloneAsAmongOthers() {
    // Given
    byte[] pixels = pixels();
    TrainedModel model = model(CLASSES.size());

    // When
    float[] among = predict(model, pixels, COUNT).logits();
    float[] alone = predict(model, Arrays.copyOfRange(pixels, 5 * 64, 6 * 64), 1).logits();

    // Then
    for (int c = 0; c < 3; c++) {
      assertThat(alone[c]).isCloseTo(among[5 * 3 + c], within(1e-5f));
    }
  }

  @Test
  void givesFeaturesOnlyWhenAsked() {
    try (Predictor.Network network = predictor.load(model(CLASSES.size()))) {
      assertThat(network.predict(pixels(), COUNT, false).features()).isEmpty();
      assertThat(network.featureCount()).isEqualTo(512);
    }
  }

  @Test
  void refusesWeightsOfAnotherNetwork() {
    TrainedModel model = model(4);

    assertThatThrownBy(() -> predictor.load(model))
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.DATA_LOSS))
        .hasMessageContaining("fc.weight");
  }

  private Outputs predict(TrainedModel model, byte[] pixels, int count) {
    try (Predictor.Network network = predictor.load(model)) {
      return network.predict(pixels, count, true);
    }
  }

  private TrainedModel model(int storedClasses) {
    Path weights = directory.resolve("weights" + storedClasses);
    dev.hemlock.common.torch.Network.of(Architecture.SMALLCNN, SHAPE, storedClasses)
        .initial(1)
        .toSafetensors(Map.of())
        .write(weights);
    ModelCard card = ModelCard.newBuilder().addMean(0.3).addStandardDeviation(0.4).build();
    Recipe recipe =
        Recipe.newBuilder()
            .setArchitecture(dev.hemlock.proto.training.v1.Architecture.ARCHITECTURE_SMALLCNN)
            .build();
    return new TrainedModel(recipe, SHAPE, CLASSES, weights, ProtoJson.bytes(card));
  }

  private static byte[] pixels() {
    byte[] pixels = new byte[COUNT * SHAPE.stride()];
    new Random(1).nextBytes(pixels);
    return pixels;
  }
}
