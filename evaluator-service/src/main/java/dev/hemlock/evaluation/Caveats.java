package dev.hemlock.evaluation;

import dev.hemlock.evaluation.statistics.PValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What an experiment assumes and does not claim, one sentence each. */
public final class Caveats {
  private static final int FEW_SEEDS = 10;

  private Caveats() {}

  /**
   * How the flipped samples vary between the training seeds.
   *
   * @param attacks labels of all attacks
   * @param fixed of those that flip the same samples at every seed: chosen flips, or a single seed
   * @param poisonSeeds of every pair of one attack and budget
   */
  public record Choices(List<String> attacks, List<String> fixed, List<Integer> poisonSeeds) {}

  /**
   * @param testCount samples of the test split
   * @param sourceCount samples of the source class in it
   * @param choices of the flipped samples
   * @param mixedPairs pairs whose two models were trained in different environments
   * @param summaries one a ratio, with equal pair counts
   */
  public static List<String> of(
      int testCount,
      int sourceCount,
      String source,
      Choices choices,
      int mixedPairs,
      List<Summary> summaries) {
    int seeds = summaries.get(0).seedCount();
    int draws = summaries.get(0).pairCount() / seeds;
    List<String> caveats =
        new ArrayList<>(measured(testCount, sourceCount, source, summaries.get(0)));
    caveats.add(intervals(seeds));
    if (seeds > 1) {
      caveats.addAll(choices(choices, draws));
      tests(summaries.get(0)).forEach(caveats::add);
      if (summaries.stream().anyMatch(Caveats::withoutWidth)) {
        caveats.add(
            "Where every pair gave the same difference the interval has no width, and understates"
                + " the uncertainty.");
      }
    }
    caveats.add(
        "The clean and the poisoned model of a pair share initial weights, sample order and"
            + " augmentation; they differ in the flipped labels"
            + environments(mixedPairs));
    caveats.add(
        "Models are evaluated after their last epoch; none was chosen by its score on the test"
            + " split.");
    return List.copyOf(caveats);
  }

  /**
   * The same for predictions of models that were trained elsewhere.
   *
   * @param testCount samples that were predicted
   * @param sourceCount samples of the source class among them
   */
  public static List<String> unverified(
      int testCount, int sourceCount, String source, Summary summary) {
    List<String> caveats = new ArrayList<>();
    caveats.add(
        "Pairing unverified: the models were trained elsewhere. Nothing shows that the two of a pair"
            + " share initial weights, sample order and augmentation, that they differ in labels"
            + " only, or which epoch was predicted with; what differs between them may come from"
            + " any of these.");
    caveats.add(
        "Labels, data and predictions are taken as given; only the true labels come from the"
            + " snapshot.");
    caveats.addAll(measured(testCount, sourceCount, source, summary));
    caveats.add(intervals(summary.pairCount()));
    if (summary.pairCount() > 1) {
      caveats.addAll(tests(summary));
    }
    return List.copyOf(caveats);
  }

  /**
   * What is to be added where defences are compared.
   *
   * @param recipe label of the recipe that stands for no defence
   * @param count how many there are
   */
  static List<String> ofDefences(String recipe, int count) {
    return List.of(
        String.format(
            "Defences are compared with the models of the recipe \"%s\", which share their seeds and"
                + " their poisoned data. The share removed is a ratio of means with Fieller's interval;"
                + " it is left out where the undefended excess is not shown to be above 0.",
            recipe),
        count > 1
            ? String.format(
                "The p values of the %d defences are adjusted together at each attack and budget"
                    + " (Holm); their intervals each stand alone, and that of whichever defence looks"
                    + " best is too favourable for having been chosen.",
                count)
            : "The p value and the intervals of the defence stand alone at each attack and budget.",
        "Attacks do not know of the defences; one that does may succeed more often. Training seconds"
            + " are those of this machine and of what else it did.");
  }

  private static List<String> measured(
      int testCount, int sourceCount, String source, Summary summary) {
    return List.of(
        String.format(
            "All figures are conditional on this test set of %d images; the intervals cover the"
                + " choice of seeds, not the choice of test images%s.",
            testCount,
            summary.excessOverImages().isPresent() ? ", except the one that says so" : ""),
        String.format(
            "The attack success rate is measured on the %d test images of class \"%s\", so one"
                + " image is %s percentage points.",
            sourceCount, source, Percent.points(1.0 / sourceCount)));
  }

  private static List<String> tests(Summary summary) {
    List<String> caveats = new ArrayList<>();
    int others = summary.collateral().size();
    caveats.add(
        others > 1
            ? String.format(
                "The recall drops of the %d other classes are tested together at each budget: their"
                    + " intervals hold at once (Bonferroni), their p values are adjusted (Holm)."
                    + " Every other interval and test stands alone, and but for the band behind the"
                    + " break-even budget none is corrected for looking at several budgets or attacks.",
                others)
            : "Each interval and test stands alone; but for the band behind the break-even budget they"
                + " are not corrected for looking at several figures, budgets or attacks.");
    double smallest = summary.excessTest().smallestPValue();
    if (smallest >= PValue.LEVEL) {
      caveats.add(
          String.format(
              "A sign-flip test over %d training seeds can not give a p value below %s, so only the assumption"
                  + " of normal figures can show an effect; from six on it can do so by itself.",
              summary.seedCount(), PValue.number(smallest)));
    }
    caveats.add(
        String.format(
            "Accuracy is called preserved only where two one-sided t tests (TOST) at 5 %% show that"
                + " its mean over seeds moved by less than %s percentage points, the margin in the"
                + " spec.",
            Percent.exactPoints(summary.accuracyEquivalence().margin())));
    return caveats;
  }

  private static String intervals(int seeds) {
    if (seeds == 1) {
      return "A single training seed gives no interval; the bounds shown are the whole range a figure can"
          + " take.";
    }
    return String.format(
        "Intervals are two-sided 95 %% t intervals over %d training seeds, and assume that the figures are"
            + " about normal over seeds%s.",
        seeds, seeds < FEW_SEEDS ? ", which so few cannot show" : "");
  }

  private static List<String> choices(Choices choices, int draws) {
    List<String> caveats = new ArrayList<>();
    if (!choices.fixed().isEmpty()) {
      boolean all = choices.fixed().size() == choices.attacks().size();
      caveats.add(
          String.format(
              "All pairs%s share one choice of flipped images at each budget, so the intervals do not"
                  + " cover that choice.",
              all ? "" : " of the attack " + String.join(", ", choices.fixed())));
    }
    if (choices.fixed().size() < choices.attacks().size()) {
      caveats.add(poisonSeeds(choices.poisonSeeds(), draws));
    }
    return caveats;
  }

  private static String poisonSeeds(List<Integer> poisonSeeds, int draws) {
    if (Set.copyOf(poisonSeeds).size() < poisonSeeds.size()) {
      return "Some pairs share a poison seed, so the intervals cover the choice of flipped images only"
          + " in part.";
    }
    return draws > 1
        ? String.format(
            "Each training seed counts once, with the mean over its %d poison seeds, so the intervals"
                + " cover both kinds of seed.",
            draws)
        : "Training seed and poison seed vary together from pair to pair, so the intervals cover"
            + " both and tell neither apart.";
  }

  private static String environments(int mixedPairs) {
    return mixedPairs == 0
        ? " only."
        : String.format(
            ", and in %d %s also in the machine, settings or versions they were trained with, whose"
                + " rounding differs.",
            mixedPairs, mixedPairs == 1 ? "pair" : "pairs");
  }

  private static boolean withoutWidth(Summary summary) {
    return summary.flipped().count() > 0
        && Stream.of(
                summary.excessAttackSuccessRate(),
                summary.sourceRecallDrop(),
                summary.targetPrecisionDrop(),
                summary.accuracyDrop())
            .anyMatch(estimate -> !estimate.hasWidth());
  }
}
