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
import dev.hemlock.common.torch.TrainingBatch;
import dev.hemlock.common.torch.TrainingMethod;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Some steps with robust losses and methods beside PyTorch's, recorded by {@code defences.py}. */
class DefenceAgreementTest {
  private static final double TOLERANCE = 1e-4;

  /** A recorded case; of each tensor the norm of its movement and its product with the hash. */
  record Case(
      String architecture,
      int channels,
      int side,
      int classes,
      int batch,
      int steps,
      double rate,
      String loss,
      String method,
      Precision precision,
      double[] losses,
      Map<String, double[]> tensors) {
    Steps data() {
      return new Steps(
          Architecture.valueOf(architecture), new ImageShape(side, side, channels), classes, batch);
    }

    @Override
    public String toString() {
      return "%s %s %s".formatted(loss, method, precision);
    }
  }

  static Stream<Case> cases() throws IOException {
    try (InputStream in = DefenceAgreementTest.class.getResourceAsStream("defences.json")) {
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
      if (recorded.method().equals("CO_TEACHING")) {
        training.setForgetRate(0.3);
      }
      for (int step = 0; step < losses.length; step++) {
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
    double apart = Steps.distance(recorded.tensors(), initial, last);
    System.out.printf("%s: losses %.2g, tensors %.2g%n", recorded, worst, apart);
    assertThat(worst).isLessThan(TOLERANCE);
    assertThat(apart).isLessThan(TOLERANCE);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everyTrainableParameterHasAGradient(Case recorded) {
    try (TorchTraining training = training(recorded, recorded.data().initial(0))) {
      Map<String, Double> sizes = training.gradientSizes(batch(recorded, 0));

      assertThat(sizes.values()).allMatch(size -> size > 0 && Double.isFinite(size));
      long trainable =
          recorded.tensors().keySet().stream().filter(name -> !name.contains("running_")).count();
      long networks = recorded.method().equals("CO_TEACHING") ? 2 : 1;
      assertThat(sizes).hasSize((int) (networks * trainable));
    }
  }

  private static TorchTraining training(Case recorded, NetworkState initial) {
    Loss loss =
        switch (recorded.loss()) {
          case "GCE" -> new Loss.GeneralisedCrossEntropy(0.7);
          case "ELR" ->
              new Loss.EarlyLearning(0.7, 3, recorded.batch() * (recorded.steps() + 1) / 2);
          default -> new Loss.CrossEntropy(0);
        };
    TrainingMethod method =
        switch (recorded.method()) {
          case "MIXUP" -> new TrainingMethod.Mixup();
          case "CO_TEACHING" -> new TrainingMethod.CoTeaching(recorded.data().initial(100));
          case "ADVERSARIAL" -> new TrainingMethod.Adversarial(8, 2, 3);
          default -> new TrainingMethod.Plain();
        };
    return new TorchTraining(
        TorchEngine.start(1),
        TorchDevice.CPU,
        recorded.precision(),
        initial,
        new Optimizer.Sgd(recorded.rate(), 0.9, 0.0005),
        loss,
        method,
        Steps.each(Steps.MEAN, recorded.channels()),
        Steps.each(Steps.DEVIATION, recorded.channels()));
  }

  private static TrainingBatch batch(Case recorded, int step) {
    Steps data = recorded.data();
    if (recorded.loss().equals("ELR")) {
      return data.batch(step, data.positions(step));
    }
    return switch (recorded.method()) {
      case "MIXUP" -> data.batch(step, data.partners(), data.shares(step));
      case "ADVERSARIAL" -> data.batch(step, data.starts(step));
      default -> data.batch(step);
    };
  }
}
