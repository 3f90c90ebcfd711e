package dev.hemlock.training;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.torch.Architecture;
import dev.hemlock.common.torch.Loss;
import dev.hemlock.common.torch.Network;
import dev.hemlock.common.torch.Optimizer;
import dev.hemlock.common.torch.Precision;
import dev.hemlock.common.torch.TorchDevice;
import dev.hemlock.common.torch.TorchEngine;
import dev.hemlock.common.torch.TorchPrediction;
import dev.hemlock.common.torch.TorchTraining;
import dev.hemlock.common.torch.TrainingBatch;
import dev.hemlock.common.torch.TrainingMethod;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Arrays alive in native memory, counted over all managers of the process. */
class NativeArraysTest {
  private static final int BATCH = 4;
  private static final double[] HALF = {0.5};

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void trainingLeavesNoArrayBehindAStep(Architecture architecture) {
    int before = alive();
    try (TorchTraining training =
        new TorchTraining(
            TorchEngine.start(1),
            TorchDevice.CPU,
            Precision.FP32,
            network(architecture).initial(1),
            new Optimizer.Adam(0.001, 0.9, 0.999, 1e-8, 0),
            new Loss.CrossEntropy(0),
            new TrainingMethod.Plain(),
            HALF,
            HALF)) {
      // Given
      train(training, 2);
      int settled = alive();

      // When
      train(training, 20);

      // Then
      assertThat(alive()).isEqualTo(settled).isGreaterThan(before);
    }
    assertThat(alive()).isEqualTo(before);
  }

  @Test
  void predictionLeavesNoArrayBehindABatch() {
    int before = alive();
    Network network = network(Architecture.SMALLCNN);
    try (TorchPrediction prediction =
        new TorchPrediction(
            TorchEngine.start(1),
            TorchDevice.CPU,
            Precision.FP32,
            network.initial(1),
            HALF,
            HALF)) {
      // Given
      prediction.predict(pixels(network), BATCH);
      int settled = alive();

      // When
      for (int i = 0; i < 20; i++) {
        prediction.predict(pixels(network), BATCH);
      }

      // Then
      assertThat(alive()).isEqualTo(settled).isGreaterThan(before);
    }
    assertThat(alive()).isEqualTo(before);
  }

  private static void train(TorchTraining training, int steps) {
    Network network = training.state().network();
    ByteBuffer labels =
        ByteBuffer.allocateDirect(BATCH * Long.BYTES).order(ByteOrder.nativeOrder());
    for (int step = 0; step < steps; step++) {
      training.setLearningRate(0.001 / (step + 1));
      training.step(new TrainingBatch(pixels(network), labels, BATCH));
      training.takeTotals();
      training.save();
    }
  }

  private static Network network(Architecture architecture) {
    return Network.of(architecture, new ImageShape(16, 16, 1), 3);
  }

  private static ByteBuffer pixels(Network network) {
    return ByteBuffer.allocateDirect(BATCH * network.image().stride());
  }

  private static int alive() {
    TorchEngine.start(1);
    try (NDManager any = NDManager.newBaseManager("PyTorch")) {
      return arrays(any.getParentManager());
    }
  }

  /** The arrays of a manager and of all managers below it. */
  private static int arrays(NDManager manager) {
    return resources(manager).values().stream()
        .mapToInt(one -> one instanceof NDManager below ? arrays(below) : arrays(one))
        .sum();
  }

  private static int arrays(Object resource) {
    return resource instanceof NDArray ? 1 : 0;
  }

  private static Map<?, ?> resources(NDManager manager) {
    try {
      Field resources = BaseNDManager.class.getDeclaredField("resources");
      resources.setAccessible(true);
      return (Map<?, ?>) resources.get(manager);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }
}
