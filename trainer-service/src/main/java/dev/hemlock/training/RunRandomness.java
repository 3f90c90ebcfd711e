package dev.hemlock.training;

import dev.hemlock.common.random.Order;
import dev.hemlock.common.random.Purpose;
import dev.hemlock.common.random.RandomStream;

/** What a run draws: orders and augmentations, from its seed and the samples' ids alone. */
final class RunRandomness {
  private final RandomStream order;
  private final RandomStream flip;
  private final RandomStream crop;
  private final Augmentation augmentation;

  /**
   * The draws of one run.
   *
   * @param seed unsigned 32 bits
   */
  RunRandomness(int seed, Augmentation augmentation) {
    this.order = new RandomStream(seed, Purpose.ORDER);
    this.flip = new RandomStream(seed, Purpose.AUGMENT_FLIP);
    this.crop = new RandomStream(seed, Purpose.AUGMENT_CROP);
    this.augmentation = augmentation;
  }

  Augmentation augmentation() {
    return augmentation;
  }

  /** The positions of samples in the order an epoch trains on them. */
  int[] order(int epoch, int[] ids) {
    return Order.of(order, epoch, ids);
  }

  /** How one sample's image is changed in an epoch. */
  Augmentation.Draw draw(int epoch, int id) {
    int shifts = 2 * augmentation.padding() + 1;
    return new Augmentation.Draw(
        crop.below(shifts, epoch, id, 0),
        crop.below(shifts, epoch, id, 1),
        augmentation.flip() && flip.uniform(epoch, id) < 0.5);
  }
}
