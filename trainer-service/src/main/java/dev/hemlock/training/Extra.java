package dev.hemlock.training;

import dev.hemlock.common.torch.Loss;
import dev.hemlock.common.torch.TrainingBatch;
import java.nio.ByteBuffer;
import java.util.List;

/** What a loss or a method needs of each sample of a batch besides its image and label. */
sealed interface Extra {
  TrainingBatch.Kind kind();

  /** Bytes a sample. */
  int bytes();

  /**
   * Writes the values of a batch.
   *
   * @param order the positions of an epoch's samples in training order
   * @param from where in the order the batch begins
   */
  void put(int epoch, int[] order, int from, int count, ByteBuffer target);

  /** What training with a loss needs. */
  static List<Extra> of(Loss loss) {
    return loss.needsPositions() ? List.of(new Positions()) : List.of();
  }

  /** Where a sample stands in the training set, from 0; the same in every epoch. */
  record Positions() implements Extra {
    @Override
    public TrainingBatch.Kind kind() {
      return TrainingBatch.Kind.INTEGER;
    }

    @Override
    public int bytes() {
      return Long.BYTES;
    }

    @Override
    public void put(int epoch, int[] order, int from, int count, ByteBuffer target) {
      for (int i = from; i < from + count; i++) {
        target.putLong(order[i]);
      }
    }
  }
}
