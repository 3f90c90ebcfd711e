package dev.hemlock.evaluation;

import dev.hemlock.evaluation.Summary.Collateral;
import dev.hemlock.evaluation.statistics.PValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What one arm showed, one sentence each: effect, break-even budget, collateral, accuracy. */
final class VerdictSentences {
  private VerdictSentences() {}

  /**
   * @param summary of the first budget
   * @param classNames by class index
   */
  static List<String> of(
      Summary summary, DoseResponseCurve curve, ArmWords words, List<String> classNames) {
    List<String> sentences = new ArrayList<>();
    sentences.add(VerdictSentence.ofEffect(summary, words));
    sentences.add(BreakEvenSentence.of(curve));
    if (summary.flipped().count() > 0 && summary.seedCount() > 1) {
      collateral(summary, classNames).ifPresent(sentences::add);
      sentences.add(VerdictSentence.ofAccuracy(summary));
    }
    return List.copyOf(sentences);
  }

  private static Optional<String> collateral(Summary summary, List<String> classNames) {
    List<String> hit =
        summary.collateral().stream()
            .filter(c -> c.adjustedPValue() < PValue.LEVEL && c.recallDrop().estimate() > 0)
            .map(c -> "\"" + classNames.get(c.classIndex()) + "\"")
            .toList();
    int others = summary.collateral().size();
    return summary
        .worstCollateral()
        .map(
            worst ->
                (hit.isEmpty()
                        ? "No other class was shown to lose recall"
                        : "Recall also fell for " + String.join(", ", hit))
                    + largest(worst, others, classNames));
  }

  private static String largest(Collateral worst, int others, List<String> classNames) {
    return String.format(
        " (%s): the largest mean drop is %s percentage points, of \"%s\" (95 %% interval %s%s).",
        others == 1 ? "1 class tested" : others + " classes tested together, Holm at 5 %",
        Percent.points(worst.recallDrop().estimate()),
        classNames.get(worst.classIndex()),
        Percent.interval(worst.recallDrop()),
        others == 1 ? "" : ", which holds for all of them at once");
  }
}
