package dev.hemlock.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** What an injection has to work with, and what it tells the oracle. */
final class Round {
  private final Cluster cluster;
  private final Api api;
  private final Work work;
  private final Random random;
  private final boolean fast;
  private final Set<String> asked = new TreeSet<>();
  private final List<String> complaints = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private int injected;
  private long mended = System.nanoTime();
  private String reason = "";
  private Instant factsFrom = Instant.EPOCH;

  Round(Cluster cluster, Api api, Work work, Random random, boolean fast) {
    this.cluster = cluster;
    this.api = api;
    this.work = work;
    this.random = random;
    this.fast = fast;
  }

  Cluster cluster() {
    return cluster;
  }

  Api api() {
    return api;
  }

  Work work() {
    return work;
  }

  Random random() {
    return random;
  }

  /** Asks for one of each kind of work; returns the slow training's name. */
  String ask() throws InterruptedException {
    List<String> names = work.ask();
    asked.addAll(names);
    return names.get(0);
  }

  void asked(String name) {
    asked.add(name);
  }

  Collection<String> asked() {
    return asked;
  }

  /** A time that is cut to a sixth in the fast selection. */
  Duration seconds(int seconds) {
    return fast ? Duration.ofMillis(seconds * 1000L / 6) : Duration.ofSeconds(seconds);
  }

  void pause(Duration duration) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }

  /** Waits until a training has so many checkpoints. */
  void awaitCheckpoints(String run, int count) throws InterruptedException {
    Await.until(Cluster.PATIENCE, run + " saves checkpoints", () -> manifests(run).size() >= count);
  }

  /** The manifests of the checkpoints that are there. */
  List<String> manifests(String run) throws Exception {
    return cluster.bucket().keys(Run.PREFIX + run + "/stages/train/checkpoints/").stream()
        .filter(key -> key.endsWith("/manifest"))
        .toList();
  }

  /** The claims of a training, the newest last. */
  List<String> claims(String run) throws Exception {
    return List.copyOf(cluster.bucket().keys(Run.PREFIX + run + "/stages/train/claims/"));
  }

  /** The process that holds a training's newest claim. */
  Service claimant(String run) throws Exception {
    List<String> claims = claims(run);
    String claim =
        new String(
            cluster.bucket().read(claims.get(claims.size() - 1)),
            java.nio.charset.StandardCharsets.UTF_8);
    for (Service service : List.of(Service.TRAINER, Service.SECOND_TRAINER)) {
      if (claim.contains("-" + cluster.program(service).pid() + "-")) {
        return service;
      }
    }
    throw new IllegalStateException("Nobody here made " + claim);
  }

  Path arm(String failpoint) throws Exception {
    return Files.createFile(cluster.failpoints().resolve(failpoint));
  }

  /** Counts a fault that happened. */
  void injected(int times) {
    injected += times;
  }

  int injected() {
    return injected;
  }

  /** Says that nothing is broken any more, from where the recovery is timed. */
  void mended() {
    mended = System.nanoTime();
  }

  Duration sinceMended() {
    return Duration.ofNanos(System.nanoTime() - mended);
  }

  /** Says that the broker has lost all that was told so far. */
  void factsLost() {
    factsFrom = Instant.now();
  }

  /** From when on what is told must be there in the end. */
  Instant factsFrom() {
    return factsFrom;
  }

  /** Says why the fault could not be injected. */
  void impossible(String why) {
    reason = why;
  }

  String reason() {
    return reason;
  }

  /** Says that something is wrong that the oracle can't see. */
  void complain(String complaint) {
    complaints.add("wrong: " + complaint);
  }

  List<String> complaints() {
    return complaints;
  }

  /** Says what was measured beside the oracle's figures. */
  void remark(String remark) {
    remarks.add(remark);
  }

  List<String> remarks() {
    return remarks;
  }
}
