package dev.hemlock.evaluation;

import com.google.common.primitives.Doubles;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.torch.Architecture;
import dev.hemlock.common.torch.NetworkState;
import dev.hemlock.common.torch.Precision;
import dev.hemlock.common.torch.Safetensors;
import dev.hemlock.common.torch.TorchConfig;
import dev.hemlock.common.torch.TorchDevice;
import dev.hemlock.common.torch.TorchEngine;
import dev.hemlock.common.torch.TorchPrediction;
import dev.hemlock.proto.training.v1.ModelCard;
import dev.hemlock.proto.training.v1.Recipe;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;

/**
 * Predicts with PyTorch, in 32-bit floating point whatever the precision of the training: a model
 * is its weights, and what others load gives the same logits.
 */
@Singleton
public class TorchPredictor implements Predictor {
  private final String device;
  private final int threads;

  /** Predicts on the process's device with its threads. */
  @Inject
  public TorchPredictor(TorchConfig config) {
    this(config.device(), config.threads());
  }

  TorchPredictor(String device, int threads) {
    this.device = device;
    this.threads = threads;
  }

  @Override
  public Network load(TrainedModel model) {
    ModelCard card = ProtoJson.parse(model.card(), ModelCard.newBuilder()).build();
    return new TorchNetwork(
        new TorchPrediction(
            TorchEngine.start(threads),
            TorchDevice.parse(device),
            Precision.FP32,
            weights(model),
            Doubles.toArray(card.getMeanList()),
            Doubles.toArray(card.getStandardDeviationList())),
        model.shape().stride());
  }

  private static NetworkState weights(TrainedModel model) {
    var network =
        dev.hemlock.common.torch.Network.of(
            architecture(model.recipe()), model.shape(), model.classNames().size());
    try {
      return NetworkState.of(network, Safetensors.read(model.weights()));
    } catch (HemlockException e) {
      if (e.reason() != Reason.INVALID_ARGUMENT) {
        throw e;
      }
      throw HemlockException.dataLoss(
              "The stored weights do not fit their recipe: " + e.getMessage())
          .because(e);
    }
  }

  private static Architecture architecture(Recipe recipe) {
    return switch (recipe.getArchitecture()) {
      case ARCHITECTURE_RESNET18 -> Architecture.RESNET18;
      case ARCHITECTURE_SMALLCNN -> Architecture.SMALLCNN;
      case ARCHITECTURE_FAST -> Architecture.FAST;
      default ->
          throw HemlockException.dataLoss(
              "The model's recipe names an architecture this version does not know; update it");
    };
  }

  private static final class TorchNetwork implements Network {
    private final TorchPrediction prediction;
    private final int stride;
    private ByteBuffer direct = ByteBuffer.allocateDirect(0);

    TorchNetwork(TorchPrediction prediction, int stride) {
      this.prediction = prediction;
      this.stride = stride;
    }

    @Override
    public int featureCount() {
      return prediction.featureCount();
    }

    @Override
    public Outputs predict(byte[] pixels, int count, boolean withFeatures) {
      if (direct.capacity() < count * stride) {
        direct = ByteBuffer.allocateDirect(count * stride);
      }
      direct.clear().put(pixels, 0, count * stride);
      TorchPrediction.Output output = prediction.predict(direct, count);
      return new Outputs(output.logits(), withFeatures ? output.features() : new float[0]);
    }

    @Override
    public void close() {
      prediction.close();
    }
  }
}
