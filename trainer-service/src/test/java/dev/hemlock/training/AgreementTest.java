package dev.hemlock.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.torch.Architecture;
import dev.hemlock.common.torch.Loss;
import dev.hemlock.common.torch.Network;
import dev.hemlock.common.torch.NetworkState;
import dev.hemlock.common.torch.Optimizer;
import dev.hemlock.common.torch.Precision;
import dev.hemlock.common.torch.Safetensors;
import dev.hemlock.common.torch.TorchDevice;
import dev.hemlock.common.torch.TorchEngine;
import dev.hemlock.common.torch.TorchTraining;
import dev.hemlock.common.torch.TrainingBatch;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Some steps beside PyTorch's own, recorded by {@code agreement.py}. */
class AgreementTest {
  private static final double TOLERANCE = 1e-4;
  private static final double MEAN = 0.45;
  private static final double DEVIATION = 0.25;
  private static final Schedule ONE_CYCLE = new Schedule.OneCycle(0.3, 4e-2, 4e-6);

  /** A recorded case; of each tensor the norm of its movement and its product with the hash. */
  record Case(
      String architecture,
      int channels,
      int side,
      int classes,
      int batch,
      int steps,
      String optimizer,
      double rate,
      boolean oneCycle,
      double labelSmoothing,
      Precision precision,
      double[] losses,
      Map<String, double[]> tensors,
      Divergence divergence) {
    @Override
    public String toString() {
      return "%s %s %s %dx%d".formatted(architecture, optimizer, precision, side, channels);
    }
  }

  record Divergence(double losses, double tensors) {}

  static Stream<Case> cases() throws IOException {
    try (InputStream in = AgreementTest.class.getResourceAsStream("agreement.json")) {
      return Arrays.stream(new Gson().fromJson(new InputStreamReader(in, UTF_8), Case[].class));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void movesAsPyTorchDoes(Case recorded) {
    // Given
    NetworkState initial = initial(recorded);
    double[] losses = new double[recorded.steps()];
    NetworkState last;

    // When
    try (TorchTraining training = training(recorded, initial)) {
      for (int step = 0; step < losses.length; step++) {
        if (recorded.oneCycle()) {
          training.setLearningRate(ONE_CYCLE.rate(recorded.rate(), step, losses.length));
        }
        training.step(batch(recorded, step));
        losses[step] = training.takeTotals().loss() / recorded.batch();
      }
      last = training.state();
    }

    // Then
    double worst = 0;
    for (int step = 0; step < losses.length; step++) {
      double expected = recorded.losses()[step];
      worst = Math.max(worst, Math.abs(losses[step] - expected) / expected);
    }
    double apart = distance(recorded.tensors(), initial, last);
    System.out.printf("%s: losses %.2g, tensors %.2g%n", recorded, worst, apart);
    assertThat(worst).isLessThan(tolerance(recorded.divergence().losses()));
    assertThat(apart).isLessThan(tolerance(recorded.divergence().tensors()));
  }

  /** Else a fixture recorded anew could loosen these without a word. */
  @Test
  void isHeldToRoundingInEveryNetworkAndWithEveryOptimizer() throws IOException {
    assertThat(
            cases()
                .filter(one -> tolerance(one.divergence().losses()) == TOLERANCE)
                .filter(one -> tolerance(one.divergence().tensors()) == TOLERANCE)
                .map(one -> one.architecture() + " " + one.optimizer() + " " + one.precision()))
        .contains(
            "SMALLCNN sgd FP32",
            "SMALLCNN adam FP64",
            "RESNET18 sgd FP32",
            "RESNET18 adam FP64",
            "FAST sgd FP32",
            "FAST adam FP64");
  }

  @Test
  void everyTrainableParameterHasAGradient() throws IOException {
    cases()
        .filter(one -> one.precision() != Precision.FP64)
        .forEach(
            one -> {
              try (TorchTraining training = training(one, initial(one))) {
                Map<String, Double> sizes = training.gradientSizes(batch(one, 0));
                assertThat(sizes.values()).allMatch(size -> size > 0 && Double.isFinite(size));
                assertThat(sizes).containsOnlyKeys(trainable(one));
              }
            });
  }

  private static List<String> trainable(Case recorded) {
    return recorded.tensors().keySet().stream().filter(name -> !name.contains("running_")).toList();
  }

  /**
   * Steps that amplify rounding take PyTorch away from itself when only the layout of its tensors
   * changes; Hemlock may be twice as far off. See agreement.py.
   */
  private static double tolerance(double divergence) {
    return Math.max(TOLERANCE, 2 * divergence);
  }

  private static TorchTraining training(Case recorded, NetworkState initial) {
    double[] mean = new double[recorded.channels()];
    double[] deviation = new double[recorded.channels()];
    Arrays.fill(mean, MEAN);
    Arrays.fill(deviation, DEVIATION);
    Optimizer optimizer =
        recorded.optimizer().equals("adam")
            ? new Optimizer.Adam(0.001, 0.9, 0.999, 1e-8, 0.0001)
            : new Optimizer.Sgd(recorded.rate(), 0.9, 0.0005);
    return new TorchTraining(
        TorchEngine.start(1),
        TorchDevice.CPU,
        recorded.precision(),
        initial,
        optimizer,
        new Loss.CrossEntropy(recorded.labelSmoothing()),
        mean,
        deviation);
  }

  private static NetworkState initial(Case recorded) {
    Network network =
        Network.of(
            Architecture.valueOf(recorded.architecture()),
            new ImageShape(recorded.side(), recorded.side(), recorded.channels()),
            recorded.classes());
    Map<String, Safetensors.Tensor> tensors =
        new LinkedHashMap<>(network.initial(0).toSafetensors(Map.of()).tensors());
    int index = 0;
    for (Map.Entry<String, Safetensors.Tensor> entry : tensors.entrySet()) {
      List<Long> shape = entry.getValue().shape();
      if (entry.getKey().equals("fc.bias")) {
        entry.setValue(Safetensors.Tensor.of(shape, new float[recorded.classes()]));
      } else if (shape.size() > 1) {
        float[] values = symmetric(index, entry.getValue().floats().length);
        float bound = (float) Math.sqrt(3.0 * shape.get(0) / values.length);
        for (int i = 0; i < values.length; i++) {
          values[i] *= bound;
        }
        entry.setValue(Safetensors.Tensor.of(shape, values));
      }
      index++;
    }
    return NetworkState.of(network, new Safetensors(tensors, Map.of()));
  }

  private static double distance(
      Map<String, double[]> expected, NetworkState initial, NetworkState last) {
    Map<String, Safetensors.Tensor> before = initial.toSafetensors(Map.of()).tensors();
    Map<String, Safetensors.Tensor> after = last.toSafetensors(Map.of()).tensors();
    double difference = 0;
    double norm = 0;
    for (Map.Entry<String, double[]> tensor : expected.entrySet()) {
      float[] from = before.get(tensor.getKey()).floats();
      float[] to = after.get(tensor.getKey()).floats();
      float[] probe = symmetric(7, to.length);
      double product = 0;
      for (int i = 0; i < to.length; i++) {
        product += ((double) to[i] - from[i]) * probe[i];
      }
      difference += 3 * Math.pow(product - tensor.getValue()[1], 2);
      norm += Math.pow(tensor.getValue()[0], 2);
    }
    return Math.sqrt(difference / norm);
  }

  private static TrainingBatch batch(Case recorded, int step) {
    return new TrainingBatch(pixels(recorded, step), labels(recorded, step), recorded.batch());
  }

  private static ByteBuffer pixels(Case recorded, int step) {
    int size = recorded.batch() * recorded.side() * recorded.side() * recorded.channels();
    ByteBuffer pixels = ByteBuffer.allocateDirect(size);
    for (int i = 0; i < size; i++) {
      pixels.put(i, (byte) (hash(1000 + step, i) >>> 24));
    }
    return pixels;
  }

  private static ByteBuffer labels(Case recorded, int step) {
    ByteBuffer labels =
        ByteBuffer.allocateDirect(recorded.batch() * Long.BYTES).order(ByteOrder.nativeOrder());
    for (int i = 0; i < recorded.batch(); i++) {
      labels.putLong(Integer.remainderUnsigned(hash(2000 + step, i), recorded.classes()));
    }
    return labels;
  }

  static float[] symmetric(int stream, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (hash(stream, i) >>> 8) * 0x1p-23f - 1;
    }
    return values;
  }

  static int hash(int stream, int i) {
    int h = (stream << 20) + i;
    h ^= h >>> 16;
    h *= 0x85EBCA6B;
    h ^= h >>> 13;
    h *= 0xC2B2AE35;
    return h ^ (h >>> 16);
  }
}
