package dev.hemlock.evaluation;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Per-class figures as in scikit-learn's {@code precision_recall_fscore_support} with {@code
 * zero_division=0}.
 *
 * @param precision 0 to 1
 * @param recall 0 to 1
 * @param f1 0 to 1
 * @param support samples of the class
 */
public record ClassMetrics(
    String className, double precision, double recall, double f1, int support) {

  /** One entry a class, in the order of {@code classNames}, which name the matrix's classes. */
  public static List<ClassMetrics> of(ConfusionMatrix confusion, List<String> classNames) {
    return IntStream.range(0, confusion.classCount())
        .mapToObj(
            c ->
                new ClassMetrics(
                    classNames.get(c),
                    confusion.precision(c),
                    confusion.recall(c),
                    confusion.f1(c),
                    confusion.support(c)))
        .toList();
  }
}
