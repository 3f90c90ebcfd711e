package dev.hemlock.common.torch;

/**
 * How a step is made of a batch. Sources and defaults are in {@code docs/defences.md}, the steps
 * beside the programs in {@code hemlock/torch/method}.
 */
public sealed interface TrainingMethod {
  /** The program's file, for example {@code plain}. */
  String id();

  /** The numbers of the program, three at most. */
  default double[] settings() {
    return new double[0];
  }

  /** The mean loss of the batch as it is. */
  record Plain() implements TrainingMethod {
    @Override
    public String id() {
      return "plain";
    }
  }

  /**
   * Images and losses mixed with a partner's (Zhang et al. 2018). A batch also holds each image's
   * partner, an INTEGER from 0, and its own share, a SHARE.
   */
  record Mixup() implements TrainingMethod {
    @Override
    public String id() {
      return "mixup";
    }
  }

  /**
   * A second network; each is trained on the samples of smallest loss to the other (Han et al.
   * 2018). What counts and what is kept in the end is the first.
   *
   * @param peer where the second starts
   */
  record CoTeaching(NetworkState peer) implements TrainingMethod {
    @Override
    public String id() {
      return "co_teaching";
    }

    @Override
    public double[] settings() {
      return new double[] {1};
    }
  }

  /**
   * Images changed to raise their loss (Madry et al. 2018). A batch also holds where the change of
   * each image starts, an IMAGE.
   *
   * @param epsilon the largest change of a pixel, of 255
   * @param stepSize of one step of the attack, of 255
   * @param steps of the attack, from 1
   */
  record Adversarial(double epsilon, double stepSize, int steps) implements TrainingMethod {
    @Override
    public String id() {
      return "adversarial_training";
    }

    @Override
    public double[] settings() {
      return new double[] {epsilon, stepSize, steps};
    }
  }
}
