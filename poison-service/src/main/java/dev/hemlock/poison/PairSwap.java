package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Exchanges labels between two classes: as many flips from the one to the other as back, so that no
 * class changes its size and checks of the label distribution see nothing. Within each class the
 * samples are chosen uniformly without replacement, independently of the other class.
 *
 * <p>The exchange of cat and dog within the asymmetric noise of Patrini et al., <i>Making Deep
 * Neural Networks Robust to Label Noise: A Loss Correction Approach</i> (CVPR 2017), with equal
 * counts instead of equal probabilities.
 *
 * @param first index of one class
 * @param second index of the other
 */
public record PairSwap(int first, int second) implements Attack {
  /**
   * Refuses a swap that changes nothing.
   *
   * @throws HemlockException INVALID_ARGUMENT if both classes are the same
   */
  public PairSwap {
    if (first == second) {
      throw HemlockException.invalidArgument(
              "Both classes of the swap are the same, so that no label would change; choose two different classes")
          .violating("spec.attack.pair_swap", "first_class and second_class must differ");
    }
  }

  /** One flip of each class in turn, as many as the smaller class has samples. */
  @Override
  public List<LabelFlip> candidates(Labels labels, Seed seed) {
    List<LabelFlip> there = new TargetedFlip(first, second).candidates(labels, seed);
    List<LabelFlip> back = new TargetedFlip(second, first).candidates(labels, seed);
    return IntStream.range(0, Math.min(there.size(), back.size()))
        .boxed()
        .flatMap(i -> Stream.of(there.get(i), back.get(i)))
        .toList();
  }

  @Override
  public int unit() {
    return 2;
  }
}
