package dev.hemlock.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** One line of the table: all rounds of one fault. */
final class Row {
  private final String fault;
  private final List<Duration> recoveries = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();
  private int injected;
  private boolean idle;
  private int accepted;
  private int lost;
  private int doubled;
  private int wrong;
  private int heapMegabytes;
  private int threads;
  private final List<String> remarks = new ArrayList<>();
  private String note = "";

  Row(String fault) {
    this.fault = fault;
  }

  void add(Round round, Verdict verdict, Duration recovery) {
    injected += round.injected();
    if (round.injected() == 0) {
      idle = true;
      complaints.add("not injected: " + (round.reason().isEmpty() ? fault : round.reason()));
    }
    accepted += verdict.accepted();
    lost += verdict.lost();
    doubled += verdict.doubled();
    wrong += verdict.wrong() + round.complaints().size();
    heapMegabytes = Math.max(heapMegabytes, verdict.heapMegabytes());
    threads = Math.max(threads, verdict.threads());
    complaints.addAll(verdict.complaints());
    complaints.addAll(round.complaints());
    remarks.addAll(round.remarks());
    note = round.reason();
    recoveries.add(recovery);
  }

  /** A round that could not be finished counts as wrong. */
  void broken(Exception failure) {
    wrong++;
    complaints.add("wrong: the round broke off: " + failure);
  }

  /** Whether every round broke what it says, and nothing was lost, doubled or wrong. */
  boolean isClean() {
    return !idle && lost == 0 && doubled == 0 && wrong == 0;
  }

  String fault() {
    return fault;
  }

  int injected() {
    return injected;
  }

  int accepted() {
    return accepted;
  }

  int lost() {
    return lost;
  }

  int doubled() {
    return doubled;
  }

  int wrong() {
    return wrong;
  }

  int heapMegabytes() {
    return heapMegabytes;
  }

  int threads() {
    return threads;
  }

  List<String> complaints() {
    return complaints;
  }

  List<String> remarks() {
    return remarks;
  }

  String note() {
    return note;
  }

  double medianSeconds() {
    List<Duration> sorted = new ArrayList<>(recoveries);
    Collections.sort(sorted);
    return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2).toMillis() / 1e3;
  }

  double longestSeconds() {
    return recoveries.stream().mapToLong(Duration::toMillis).max().orElse(0) / 1e3;
  }
}
