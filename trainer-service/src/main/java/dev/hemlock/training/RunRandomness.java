package dev.hemlock.training;

import dev.hemlock.common.random.Order;
import dev.hemlock.common.random.Purpose;
import dev.hemlock.common.random.RandomStream;

/** What a run draws: orders and augmentations, from its seed and the samples' ids alone. */
final class RunRandomness {
  private final RandomStream order;
  private final RandomStream flip;
  private final RandomStream crop;
  private final RandomStream mixed;
  private final RandomStream partner;
  private final RandomStream start;
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
    this.mixed = new RandomStream(seed, Purpose.MIXUP_SHARE);
    this.partner = new RandomStream(seed, Purpose.MIXUP_PARTNER);
    this.start = new RandomStream(seed, Purpose.ADVERSARIAL_START);
    this.augmentation = augmentation;
  }

  Augmentation augmentation() {
    return augmentation;
  }

  /** The positions of samples in the order an epoch trains on them. */
  int[] order(int epoch, int[] ids) {
    return Order.of(order, epoch, ids);
  }

  /** Of each sample of a batch the place in the batch of the one it is mixed with. */
  int[] partners(int epoch, int[] ids) {
    return Order.of(partner, epoch, ids);
  }

  /** A sample's own share in an epoch when it is mixed, 0 to 1, beta-distributed (alpha, alpha). */
  double share(int epoch, int id, double alpha) {
    return SymmetricBeta.draw(alpha, position -> mixed.uniform(epoch, id, position));
  }

  /** Fills in where the attack on one sample starts in an epoch, uniform in -1 to 1. */
  void start(int epoch, int id, float[] values) {
    start.fillUniform(epoch, id, -1, 1, values);
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
