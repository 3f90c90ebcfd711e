package dev.hemlock.evaluation.certification;

import java.util.stream.IntStream;

/**
 * What each model of an ensemble reads each sample as, and what follows: the class with the most
 * votes is predicted, the lowest index of equals. A flipped training label changes one partition, and
 * so the votes of its models at most; certificates count how many partitions must change before a
 * prediction can.
 *
 * @param byModel for each model, the class index of every sample
 * @param classCount from 2
 */
@SuppressWarnings("ArrayRecordComponent")
public record Votes(Aggregation aggregation, int[][] byModel, int classCount) {
  public Votes {
    if (byModel.length != aggregation.count()) {
      throw new IllegalArgumentException(
          byModel.length + " models vote, not " + aggregation.count());
    }
  }

  /** Samples. */
  public int sampleCount() {
    return byModel[0].length;
  }

  /** How many models vote for each class. */
  public int[] counts(int sample) {
    int[] counts = new int[classCount];
    for (int[] votes : byModel) {
      counts[votes[sample]]++;
    }
    return counts;
  }

  /** The predicted class. */
  public int prediction(int sample) {
    int[] counts = counts(sample);
    int best = 0;
    for (int c = 1; c < classCount; c++) {
      if (counts[c] > counts[best]) {
        best = c;
      }
    }
    return best;
  }

  /**
   * The largest number of changed partitions for which the prediction provably stays. With one shift
   * it is ⌊(n₁ − n₂ − [c₂ &lt; c₁]) / 2⌋ for the most dangerous rival c₂ and can't be larger: one more
   * partition, and votes exist that change the prediction.
   *
   * @return from 0
   */
  public int radius(int sample) {
    int[] counts = counts(sample);
    int predicted = prediction(sample);
    return IntStream.range(0, classCount)
        .filter(rival -> rival != predicted)
        .map(rival -> lead(sample, counts, predicted, rival))
        .min()
        .orElseThrow();
  }

  /**
   * A number of changed partitions for which the sample provably isn't predicted as the target: some
   * class stays ahead of it, or there are too few votes to move. With one shift it can't be larger.
   *
   * @return from 0; -1 if the target is predicted as it is
   */
  public int radius(int sample, int target) {
    int[] counts = counts(sample);
    return IntStream.range(0, classCount)
        .filter(other -> other != target)
        .map(other -> lead(sample, counts, other, target))
        .reduce(Math.floorDiv(votesNeeded(counts, target) - 1, aggregation.spread()), Math::max);
  }

  /**
   * How many partitions may change before a rival can get ahead of a class (Wang et al.): each can
   * narrow the gap by 1 + [votes for the class] − [votes for the rival] a model that it is for, and the
   * worst are counted first.
   *
   * @return from 0; -1 if the rival is ahead as it is
   */
  private int lead(int sample, int[] counts, int ahead, int rival) {
    int gap = counts[ahead] - counts[rival] - (rival < ahead ? 1 : 0);
    if (gap < 0) {
      return -1;
    }
    int[] partitionsByHarm = partitionsByHarm(sample, ahead, rival);
    int changed = 0;
    for (int harm = partitionsByHarm.length - 1; harm > 0; harm--) {
      int affordable = Math.min(partitionsByHarm[harm], gap / harm);
      changed += affordable;
      gap -= affordable * harm;
      if (affordable < partitionsByHarm[harm]) {
        break;
      }
    }
    return changed;
  }

  private int[] partitionsByHarm(int sample, int ahead, int rival) {
    int[] partitions = new int[2 * aggregation.spread() + 1];
    for (int partition = 0; partition < aggregation.count(); partition++) {
      int harm = 0;
      for (int which = 0; which < aggregation.spread(); which++) {
        int vote = byModel[aggregation.model(partition, which)][sample];
        harm += 1 + (vote == ahead ? 1 : 0) - (vote == rival ? 1 : 0);
      }
      partitions[harm]++;
    }
    return partitions;
  }

  /** The fewest votes that must go over to a class to have it predicted. */
  private static int votesNeeded(int[] counts, int target) {
    int moved = 0;
    while (surplus(counts, target, moved) > moved) {
      moved++;
    }
    return moved;
  }

  /** Votes that the other classes have too many if some went over to the target. */
  private static int surplus(int[] counts, int target, int moved) {
    int surplus = 0;
    for (int c = 0; c < counts.length; c++) {
      if (c != target) {
        surplus += Math.max(0, counts[c] - (counts[target] + moved) + (c < target ? 1 : 0));
      }
    }
    return surplus;
  }
}
