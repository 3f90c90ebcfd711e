package dev.hemlock.common.random;

/** What random numbers are for. Streams of different purposes are independent. */
public enum Purpose {
  /** Dividing samples into splits. */
  SPLIT(1),
  /** Choosing a subset of samples. */
  SUBSET(2),
  /** Choosing the samples whose labels are flipped. */
  FLIP(3),
  /** The order of samples in an epoch. */
  ORDER(4),
  /** Whether an image is mirrored. */
  AUGMENT_FLIP(5),
  /** Where an image is cropped. */
  AUGMENT_CROP(6),
  /** Initial weights. */
  INIT(7),
  /** Which share an image has when it is mixed with another. */
  MIXUP_SHARE(8),
  /** Which image another one is mixed with. */
  MIXUP_PARTNER(9),
  /** Where the attack of adversarial training starts. */
  ADVERSARIAL_START(10),
  /** Initial weights of the second network of Co-teaching. */
  PEER_INIT(11),
  /** Resampling figures for a test or an interval. */
  RESAMPLE(16),
  /** Dividing samples into folds. */
  FOLD(17),
  /** Suspecting labels at random. */
  DETECT(18),
  /** Which models are trained on which partitions. */
  SPREAD(19);

  private final int number;

  Purpose(int number) {
    this.number = number;
  }

  /** Part of every stream's key, so it never changes. */
  public int number() {
    return number;
  }
}
