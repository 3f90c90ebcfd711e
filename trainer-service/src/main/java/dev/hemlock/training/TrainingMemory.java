package dev.hemlock.training;

import dev.hemlock.common.torch.Network;
import dev.hemlock.common.torch.Precision;

/**
 * What training a network on a processor takes at its peak, estimated: what a process takes before,
 * then so much a parameter (weights, gradients, two moments, and copies while a run starts and
 * ends) and so much an image of a batch. The constants are fitted to measured peaks of resident
 * memory, which {@code docs/configuration.md} lists.
 *
 * @param parameters trainable numbers
 * @param mapValues numbers of an image's feature maps that are kept for the gradient
 * @param valueBytes of one of them
 * @param tableBytes what the loss keeps of each sample
 */
record TrainingMemory(long parameters, long mapValues, int valueBytes, long tableBytes) {
  private static final long PROCESS_BYTES = 200L << 20;
  private static final long PARAMETER_BYTES = 40;

  /** Gradients of the maps, and what an operation needs while it runs. */
  private static final double BESIDE_MAPS = 1.25;

  /** Of so many such networks at once. */
  static TrainingMemory of(Network network, Precision precision, int networks, long tableBytes) {
    return new TrainingMemory(
        (long) networks * network.parameterCount(),
        networks * network.mapValues(),
        precision == Precision.BF16 ? 2 : 4,
        tableBytes);
  }

  /** The peak of training with a batch size. */
  long bytes(int batch) {
    return fixed() + (long) (batch * imageBytes());
  }

  /** The largest batch size whose peak is within a limit; 0 if none is. */
  int largestBatch(long limit) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(0, (limit - fixed()) / imageBytes()));
  }

  private long fixed() {
    return PROCESS_BYTES + PARAMETER_BYTES * parameters + tableBytes;
  }

  private double imageBytes() {
    return BESIDE_MAPS * valueBytes * mapValues;
  }
}
