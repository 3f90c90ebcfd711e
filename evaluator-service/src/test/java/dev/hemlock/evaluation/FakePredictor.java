package dev.hemlock.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.quarkus.test.Mock;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;

/**
 * Reads the weights of {@link FakeServices}: a clean model is always right; a poisoned one takes
 * {@code 2 + seed} of the ten images of class "1" for "7".
 */
@Mock
@Singleton
final class FakePredictor implements Predictor {
  private static final int SOURCE = 1;
  private static final int TARGET = 2;
  private static final int FEATURES = 2;

  @Override
  public Network load(TrainedModel model) {
    try {
      return new FakeNetwork(Files.readString(model.weights(), UTF_8).split(" ", -1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record FakeNetwork(String[] weights) implements Network {
    @Override
    public int featureCount() {
      return FEATURES;
    }

    @Override
    public Outputs predict(byte[] pixels, int count, boolean withFeatures) {
      int classes = FakeServices.CLASSES.size();
      float[] logits = new float[count * classes];
      for (int i = 0; i < count; i++) {
        logits[i * classes + predict(pixels[i])] = 5;
      }
      return new Outputs(logits, withFeatures ? new float[count * FEATURES] : new float[0]);
    }

    private int predict(int pixel) {
      int truth = pixel / FakeServices.PER_CLASS;
      int fooled = weights[0].equals("poisoned") ? 2 + Integer.parseInt(weights[1]) : 0;
      return truth == SOURCE && pixel % FakeServices.PER_CLASS < fooled ? TARGET : truth;
    }

    @Override
    public void close() {}
  }
}
