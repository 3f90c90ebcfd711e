package dev.hemlock.evaluation;

import dev.hemlock.common.images.ImageShape;
import dev.hemlock.proto.training.v1.Recipe;
import java.nio.file.Path;
import java.util.List;

/** Runs trained networks. */
public interface Predictor {
  /**
   * Loads a model. The caller closes the network.
   *
   * @throws dev.hemlock.common.error.HemlockException DATA_LOSS if the weights do not fit the
   *     architecture
   */
  Network load(TrainedModel model);

  /**
   * What it takes to predict with a finished training run.
   *
   * @param recipe architecture and precision
   * @param weights a local safetensors file with torchvision's names
   * @param card the model card, JSON, with the normalisation of the training data
   */
  record TrainedModel(
      Recipe recipe, ImageShape shape, List<String> classNames, Path weights, byte[] card) {}

  /** A loaded model in evaluation mode. Not thread-safe. */
  interface Network extends AutoCloseable {
    /** Columns of the features: the inputs of the last layer. */
    int featureCount();

    /**
     * Predicts one batch.
     *
     * @param pixels the images one after the other, each height * width * channels unsigned bytes,
     *     row by row, channels last
     * @param count how many images, from 1
     * @param withFeatures whether to give features too
     */
    Outputs predict(byte[] pixels, int count, boolean withFeatures);

    @Override
    void close();
  }

  /**
   * One batch's outputs, row by row.
   *
   * @param logits one row of one value a class an image
   * @param features one row of {@link Network#featureCount} values an image; empty unless asked for
   */
  record Outputs(float[] logits, float[] features) {}
}
