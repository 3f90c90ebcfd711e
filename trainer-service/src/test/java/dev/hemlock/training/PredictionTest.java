package dev.hemlock.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.torch.Architecture;
import dev.hemlock.common.torch.Network;
import dev.hemlock.common.torch.NetworkState;
import dev.hemlock.common.torch.Precision;
import dev.hemlock.common.torch.Safetensors;
import dev.hemlock.common.torch.TorchDevice;
import dev.hemlock.common.torch.TorchEngine;
import dev.hemlock.common.torch.TorchPrediction;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Predictions beside PyTorch's own, recorded by {@code prediction.py}. */
class PredictionTest {
  private static final double MEAN = 0.45;
  private static final double DEVIATION = 0.25;
  private static final int STATISTICS = 500;

  record Case(String architecture, int channels, int side, int classes, double[] logits) {
    @Override
    public String toString() {
      return architecture;
    }
  }

  static Stream<Case> cases() throws IOException {
    try (InputStream in = PredictionTest.class.getResourceAsStream("prediction.json")) {
      return Arrays.stream(new Gson().fromJson(new InputStreamReader(in, UTF_8), Case[].class));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void predictsAsPyTorchDoes(Case recorded) {
    // Given
    double[] mean = new double[recorded.channels()];
    double[] deviation = new double[recorded.channels()];
    Arrays.fill(mean, MEAN);
    Arrays.fill(deviation, DEVIATION);
    int count = recorded.logits().length / recorded.classes();
    int size = count * recorded.side() * recorded.side() * recorded.channels();
    ByteBuffer pixels = ByteBuffer.allocateDirect(size);
    for (int i = 0; i < size; i++) {
      pixels.put(i, (byte) (Steps.hash(1000, i) >>> 24));
    }

    // When
    float[] logits;
    try (TorchPrediction prediction =
        new TorchPrediction(
            TorchEngine.start(1),
            TorchDevice.CPU,
            Precision.FP64,
            state(recorded),
            mean,
            deviation)) {
      logits = prediction.predict(pixels, count).logits();
    }

    // Then
    double scale = Arrays.stream(recorded.logits()).map(Math::abs).max().orElseThrow();
    for (int i = 0; i < logits.length; i++) {
      assertThat((double) logits[i]).isCloseTo(recorded.logits()[i], within(1e-5 * scale));
    }
  }

  private static NetworkState state(Case recorded) {
    Network network =
        Network.of(
            Architecture.valueOf(recorded.architecture()),
            new ImageShape(recorded.side(), recorded.side(), recorded.channels()),
            recorded.classes());
    Map<String, Safetensors.Tensor> tensors =
        new LinkedHashMap<>(network.initial(0).toSafetensors(Map.of()).tensors());
    int parameter = 0;
    int statistic = STATISTICS;
    for (Map.Entry<String, Safetensors.Tensor> entry : tensors.entrySet()) {
      String name = entry.getKey();
      if (!name.endsWith("num_batches_tracked")) {
        boolean running = name.contains(".running_");
        float[] values = entry.getValue().floats();
        float[] hashed = Steps.symmetric(running ? statistic++ : parameter++, values.length);
        boolean matrix = entry.getValue().shape().size() > 1;
        double bound =
            matrix ? Math.sqrt(3.0 * entry.getValue().shape().get(0) / values.length) : 1;
        for (int i = 0; i < values.length; i++) {
          values[i] =
              (float)
                  (name.endsWith("running_var")
                      ? 1 + hashed[i] / 2
                      : !matrix && name.endsWith("weight") ? hashed[i] + 0.5 : hashed[i] * bound);
        }
        entry.setValue(Safetensors.Tensor.of(entry.getValue().shape(), values));
      }
    }
    return NetworkState.of(network, new Safetensors(tensors, Map.of()));
  }
}
