package dev.hemlock.cli;

import dev.hemlock.proto.dataset.v1.LabelReceipt;
import java.util.stream.Collectors;

/** What a receipt says, for the person who signs or reads it. */
final class AdmissionText {
  private static final int MOST_KINDS = 10;

  private AdmissionText() {}

  static String of(LabelReceipt receipt) {
    if (receipt.getParent().isEmpty()) {
      return "%s\n  all %d labels, root %s"
          .formatted(receipt.getSnapshot(), receipt.getSampleCount(), receipt.getLabelRoot());
    }
    String kinds =
        receipt.getChangesList().stream()
            .limit(MOST_KINDS)
            .map(
                change ->
                    "%s → %s %d"
                        .formatted(change.getFromClass(), change.getToClass(), change.getCount()))
            .collect(Collectors.joining(", "));
    return "%s\n  %d of %d labels differ from %s%s; %d of its samples are left out"
        .formatted(
            receipt.getSnapshot(),
            receipt.getChangeCount(),
            receipt.getSampleCount(),
            receipt.getParent(),
            kinds.isEmpty()
                ? ""
                : " (" + kinds + (receipt.getChangesCount() > MOST_KINDS ? ", …)" : ")"),
            receipt.getParentSampleCount() - receipt.getSampleCount());
  }
}
