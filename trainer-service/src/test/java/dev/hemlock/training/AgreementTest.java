package dev.hemlock.training;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.torch.Architecture;
import dev.hemlock.common.torch.Loss;
import dev.hemlock.common.torch.NetworkState;
import dev.hemlock.common.torch.Optimizer;
import dev.hemlock.common.torch.Precision;
import dev.hemlock.common.torch.TorchDevice;
import dev.hemlock.common.torch.TorchEngine;
import dev.hemlock.common.torch.TorchTraining;
import dev.hemlock.common.torch.TrainingMethod;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Some steps beside PyTorch's own, recorded by {@code agreement.py}. */
class AgreementTest {
  private static final double TOLERANCE = 1e-4;
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
    Steps data() {
      return new Steps(
          Architecture.valueOf(architecture), new ImageShape(side, side, channels), classes, batch);
    }

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
    NetworkState initial = recorded.data().initial(0);
    double[] losses = new double[recorded.steps()];
    NetworkState last;

    // When
    try (TorchTraining training = training(recorded, initial)) {
      for (int step = 0; step < losses.length; step++) {
        if (recorded.oneCycle()) {
          training.setLearningRate(ONE_CYCLE.rate(recorded.rate(), step, losses.length));
        }
        training.step(recorded.data().batch(step));
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
    double apart = Steps.distance(recorded.tensors(), initial, last);
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
              try (TorchTraining training = training(one, one.data().initial(0))) {
                Map<String, Double> sizes = training.gradientSizes(one.data().batch(0));
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
        new TrainingMethod.Plain(),
        Steps.each(Steps.MEAN, recorded.channels()),
        Steps.each(Steps.DEVIATION, recorded.channels()));
  }
}
