package dev.hemlock.training;

import dev.hemlock.common.torch.Loss;
import dev.hemlock.common.torch.TrainingBatch.Kind;
import dev.hemlock.proto.training.v1.Recipe;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/** What a batch holds of each sample besides its label. */
sealed interface Extra {
  Kind kind();

  /** Bytes a sample. */
  int bytes();

  /** Whether its values are part of the digest of a run's randomness. */
  default boolean isDigested() {
    return false;
  }

  /**
   * Writes the values of a batch.
   *
   * @param order the positions of an epoch's samples in training order
   * @param from where in the order the batch begins
   */
  void put(int epoch, int[] order, int from, int count, ByteBuffer target);

  /** What a recipe's loss or method needs besides the image, in the order of the programs. */
  static List<Extra> of(Recipe recipe, Loss loss, TrainingSet set, RunRandomness randomness) {
    if (loss.needsPositions()) {
      return List.of(new Positions());
    }
    return switch (recipe.getMethodCase()) {
      case MIXUP ->
          List.of(
              new Partners(randomness, set.ids()),
              new Shares(randomness, set.ids(), recipe.getMixup().getAlpha()));
      case ADVERSARIAL_TRAINING ->
          List.of(new Starts(randomness, set.ids(), set.images().stride()));
      case CO_TEACHING, METHOD_NOT_SET -> List.of();
    };
  }

  /** The image, changed at random if the run does that. */
  record Pixels(RunRandomness randomness, TrainingSet set) implements Extra {
    @Override
    public Kind kind() {
      return Kind.PIXELS;
    }

    @Override
    public int bytes() {
      return set.images().stride();
    }

    @Override
    public void put(int epoch, int[] order, int from, int count, ByteBuffer target) {
      Augmentation augmentation = randomness.augmentation();
      byte[] image = new byte[bytes()];
      byte[] changed = augmentation.isNone() ? image : new byte[bytes()];
      for (int i = from; i < from + count; i++) {
        int id = set.ids()[order[i]];
        set.images().copy(id, image, 0);
        if (!augmentation.isNone()) {
          augmentation.apply(randomness.draw(epoch, id), set.images().shape(), image, changed);
        }
        target.put(changed);
      }
    }
  }

  /** Where a sample stands in the training set, from 0; the same in every epoch. */
  record Positions() implements Extra {
    @Override
    public Kind kind() {
      return Kind.INTEGER;
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

  /** Which sample of the batch a sample is mixed with: each is the partner of one. */
  record Partners(RunRandomness randomness, int[] ids) implements Extra {
    @Override
    public Kind kind() {
      return Kind.INTEGER;
    }

    @Override
    public int bytes() {
      return Long.BYTES;
    }

    @Override
    public boolean isDigested() {
      return true;
    }

    @Override
    public void put(int epoch, int[] order, int from, int count, ByteBuffer target) {
      int[] batch =
          Arrays.stream(order, from, from + count).map(position -> ids[position]).toArray();
      for (int partner : randomness.partners(epoch, batch)) {
        target.putLong(partner);
      }
    }
  }

  /** A sample's own share when it is mixed. */
  record Shares(RunRandomness randomness, int[] ids, double alpha) implements Extra {
    @Override
    public Kind kind() {
      return Kind.SHARE;
    }

    @Override
    public int bytes() {
      return Float.BYTES;
    }

    @Override
    public boolean isDigested() {
      return true;
    }

    @Override
    public void put(int epoch, int[] order, int from, int count, ByteBuffer target) {
      for (int i = from; i < from + count; i++) {
        target.putFloat((float) randomness.share(epoch, ids[order[i]], alpha));
      }
    }
  }

  /** Where the attack of adversarial training starts, -1 to 1 for each value of an image. */
  record Starts(RunRandomness randomness, int[] ids, int stride) implements Extra {
    @Override
    public Kind kind() {
      return Kind.IMAGE;
    }

    @Override
    public int bytes() {
      return stride * Float.BYTES;
    }

    @Override
    public void put(int epoch, int[] order, int from, int count, ByteBuffer target) {
      float[] start = new float[stride];
      for (int i = from; i < from + count; i++) {
        randomness.start(epoch, ids[order[i]], start);
        for (float value : start) {
          target.putFloat(value);
        }
      }
    }
  }
}
