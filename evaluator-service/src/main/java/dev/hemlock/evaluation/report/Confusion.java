package dev.hemlock.evaluation.report;

import dev.hemlock.proto.evaluation.v1.PairMember;
import java.util.List;
import java.util.stream.LongStream;

/** Confusion counts, row = true class, column = predicted class, summed over seeds. */
record Confusion(long[][] counts) {
  static Confusion sum(List<PairMember> members, int classes) {
    long[][] counts = new long[classes][classes];
    for (PairMember member : members) {
      for (int t = 0; t < Math.min(classes, member.getConfusionCount()); t++) {
        List<Integer> row = member.getConfusion(t).getCountsList();
        for (int p = 0; p < Math.min(classes, row.size()); p++) {
          counts[t][p] += row.get(p);
        }
      }
    }
    return new Confusion(counts);
  }

  int size() {
    return counts.length;
  }

  long count(int truth, int predicted) {
    return counts[truth][predicted];
  }

  long support(int truth) {
    return LongStream.of(counts[truth]).sum();
  }

  /** P(predicted | true), 0 for a class without samples. */
  double share(int truth, int predicted) {
    long support = support(truth);
    return support == 0 ? 0 : (double) count(truth, predicted) / support;
  }
}
