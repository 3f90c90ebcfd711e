package dev.hemlock.training;

import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.torch.Architecture;
import dev.hemlock.common.torch.Network;
import dev.hemlock.common.torch.NetworkState;
import dev.hemlock.common.torch.Safetensors;
import dev.hemlock.common.torch.TrainingBatch;
import dev.hemlock.common.torch.TrainingBatch.Column;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights, batches and draws that {@code agreement.py} and {@code defences.py} compute too, from one
 * integer hash.
 */
record Steps(Architecture architecture, ImageShape shape, int classes, int batch) {
  static final double MEAN = 0.45;
  static final double DEVIATION = 0.25;

  static double[] each(double value, int channels) {
    double[] values = new double[channels];
    Arrays.fill(values, value);
    return values;
  }

  /** A network whose tensor i comes from stream {@code first} + i. */
  NetworkState initial(int first) {
    Network network = Network.of(architecture, shape, classes);
    Map<String, Safetensors.Tensor> tensors =
        new LinkedHashMap<>(network.initial(0).toSafetensors(Map.of()).tensors());
    int stream = first;
    for (Map.Entry<String, Safetensors.Tensor> entry : tensors.entrySet()) {
      List<Long> dimensions = entry.getValue().shape();
      if (entry.getKey().equals("fc.bias")) {
        entry.setValue(Safetensors.Tensor.of(dimensions, new float[classes]));
      } else if (dimensions.size() > 1) {
        float[] values = symmetric(stream, entry.getValue().floats().length);
        float bound = (float) Math.sqrt(3.0 * dimensions.get(0) / values.length);
        for (int i = 0; i < values.length; i++) {
          values[i] *= bound;
        }
        entry.setValue(Safetensors.Tensor.of(dimensions, values));
      }
      stream++;
    }
    return NetworkState.of(network, new Safetensors(tensors, Map.of()));
  }

  TrainingBatch batch(int step, Column... more) {
    ByteBuffer pixels = ByteBuffer.allocateDirect(batch * shape.stride());
    for (int i = 0; i < pixels.capacity(); i++) {
      pixels.put(i, (byte) (hash(1000 + step, i) >>> 24));
    }
    ByteBuffer labels = buffer(Long.BYTES);
    for (int i = 0; i < batch; i++) {
      labels.putLong(Integer.remainderUnsigned(hash(2000 + step, i), classes));
    }
    return new TrainingBatch(
        new Column(TrainingBatch.Kind.PIXELS, pixels), labels, batch, List.of(more));
  }

  /** Half of the samples of a step come again in the next. */
  Column positions(int step) {
    ByteBuffer values = buffer(Long.BYTES);
    for (int i = 0; i < batch; i++) {
      values.putLong(step * batch / 2 + i);
    }
    return new Column(TrainingBatch.Kind.INTEGER, values);
  }

  Column partners() {
    ByteBuffer values = buffer(Long.BYTES);
    for (int i = 0; i < batch; i++) {
      values.putLong((i * 5 + 1) % batch);
    }
    return new Column(TrainingBatch.Kind.INTEGER, values);
  }

  Column shares(int step) {
    ByteBuffer values = buffer(Float.BYTES);
    for (int i = 0; i < batch; i++) {
      values.putFloat((hash(3000 + step, i) >>> 8) * 0x1p-24f);
    }
    return new Column(TrainingBatch.Kind.SHARE, values);
  }

  Column starts(int step) {
    ByteBuffer values = buffer(Float.BYTES * shape.stride());
    values.asFloatBuffer().put(symmetric(5000 + step, batch * shape.stride()));
    return new Column(TrainingBatch.Kind.IMAGE, values);
  }

  /** How far a movement is from the recorded one: of each tensor its norm and a random product. */
  static double distance(Map<String, double[]> expected, NetworkState initial, NetworkState last) {
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

  private ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocateDirect(batch * bytes).order(ByteOrder.nativeOrder());
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
