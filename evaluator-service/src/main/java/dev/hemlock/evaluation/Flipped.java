package dev.hemlock.evaluation;

import dev.hemlock.proto.evaluation.v1.FlippedLabels;
import dev.hemlock.proto.poison.v1.Poisoning;

/**
 * A budget in its three forms.
 *
 * @param count labels flipped, from 0
 * @param classShare their share of the samples of the classes that the attack flips labels of
 * @param splitShare their share of all samples of the train split
 */
public record Flipped(int count, double classShare, double splitShare) {
  /** No label at all. */
  public static final Flipped NONE = new Flipped(0, 0, 0);

  static Flipped of(FlippedLabels labels) {
    return new Flipped(labels.getCount(), labels.getClassShare(), labels.getSplitShare());
  }

  static Flipped of(Poisoning poisoning) {
    return new Flipped(
        poisoning.getFlipCount(), poisoning.getClassShare(), poisoning.getSplitShare());
  }
}
