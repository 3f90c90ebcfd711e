package dev.hemlock.faults;

import java.util.List;

/**
 * What the oracle says of a round.
 *
 * @param accepted runs that were accepted
 * @param lost accepted runs that did not end in time
 * @param doubled what was decided twice: write-once objects written again, one try with two ends
 * @param wrong results that differ from the fault-free ones, and bytes that don't match their digest
 * @param heapMegabytes the largest heap in use after a collection, of any service
 * @param threads the most live threads of any service
 * @param complaints what was wrong, in words
 */
record Verdict(
    int accepted,
    int lost,
    int doubled,
    int wrong,
    int heapMegabytes,
    int threads,
    List<String> complaints) {
  Verdict {
    complaints = List.copyOf(complaints);
  }
}
