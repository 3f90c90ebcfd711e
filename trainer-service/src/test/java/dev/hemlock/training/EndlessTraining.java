package dev.hemlock.training;

import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.torch.Architecture;
import dev.hemlock.common.torch.Loss;
import dev.hemlock.common.torch.Network;
import dev.hemlock.common.torch.Optimizer;
import dev.hemlock.common.torch.Precision;
import dev.hemlock.common.torch.TorchDevice;
import dev.hemlock.common.torch.TorchEngine;
import dev.hemlock.common.torch.TorchTraining;
import dev.hemlock.common.torch.TrainingBatch;
import dev.hemlock.common.torch.TrainingMethod;
import dev.hemlock.common.work.Work;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A process that trains until it is told to end. */
final class EndlessTraining {
  static final String UNDER_WAY = "under way";
  static final String STOPPED = "stopped";

  private EndlessTraining() {}

  public static void main(String[] args) {
    Thread training = new Thread(EndlessTraining::train);
    training.setDaemon(true);
    training.start();
    try {
      training.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void train() {
    int batch = 16;
    Network network = Network.of(Architecture.RESNET18, new ImageShape(16, 16, 3), 10);
    double[] half = {0.5, 0.5, 0.5};
    ByteBuffer pixels = ByteBuffer.allocateDirect(batch * network.image().stride());
    ByteBuffer labels =
        ByteBuffer.allocateDirect(batch * Long.BYTES).order(ByteOrder.nativeOrder());
    TrainingBatch samples = new TrainingBatch(pixels, labels, batch);
    try (TorchTraining run =
        new TorchTraining(
            TorchEngine.start(1),
            TorchDevice.CPU,
            Precision.FP32,
            network.initial(1),
            new Optimizer.Sgd(0.001, 0.9, 0),
            new Loss.CrossEntropy(0),
            new TrainingMethod.Plain(),
            half,
            half)) {
      run.step(samples);
      System.out.println(UNDER_WAY);
      while (true) {
        run.step(samples);
      }
    } catch (Work.ShuttingDown e) {
      System.out.println(STOPPED);
    }
  }
}
