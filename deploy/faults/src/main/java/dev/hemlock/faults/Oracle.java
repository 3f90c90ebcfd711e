package dev.hemlock.faults;

import dev.hemlock.common.storage.Digest;
import dev.hemlock.proto.run.v1.RunState;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;

/** Looks into the store, the topics and the processes, past the services, and judges a round. */
final class Oracle {
  private static final int MOST_THREADS = 250;
  private static final int MOST_HEAP_MEGABYTES = 256;
  private static final Pattern WRITE_ONCE =
      Pattern.compile(".*/(spec|result|terminal|cancel|requested|claims/[0-9]+|attempts/[0-9]+)");
  private static final Pattern NAMED_BY_DIGEST =
      Pattern.compile("default/(?:blobs/sha256/[0-9a-f]{2}|snapshots|flips)/([0-9a-f]{64})");

  private final Cluster cluster;
  private final Bucket bucket;
  private final Map<String, String> reference = new HashMap<>();

  Oracle(Cluster cluster) {
    this.cluster = cluster;
    this.bucket = cluster.bucket();
  }

  /** Remembers what the runs that are there gave; they ran without a fault. */
  void learn() throws Exception {
    for (Run run : runs().values()) {
      if (run.state(bucket) != RunState.RUN_STATE_SUCCEEDED) {
        throw new IllegalStateException(run.name() + " failed without a fault");
      }
      reference.put(run.name(), run.facts(bucket));
    }
  }

  Map<String, Run> runs() throws Exception {
    Map<String, Set<String>> keys = new TreeMap<>();
    for (String key : bucket.keys(Run.PREFIX)) {
      keys.computeIfAbsent(Run.nameOf(key), name -> new TreeSet<>()).add(key);
    }
    Map<String, Run> runs = new TreeMap<>();
    keys.forEach((name, of) -> runs.put(name, new Run(name, of)));
    return runs;
  }

  /** Waits until every accepted run has ended and nothing is left to do for any. */
  boolean awaitEnd(Collection<String> asked, Duration limit) throws InterruptedException {
    return Await.holds(limit, () -> ended(asked) && bucket.keys("default/pending/").isEmpty());
  }

  /** Whether what was asked for, and all that came of it, has ended. */
  boolean ended(Collection<String> asked) throws Exception {
    Map<String, Run> runs = runs();
    return runs.keySet().containsAll(asked)
        && runs.values().stream().allMatch(run -> run.terminalKey().isPresent());
  }

  /**
   * Judges what was asked for since the store was wiped.
   *
   * @param factsFrom every end from then on must have been told
   */
  Verdict judge(Collection<String> asked, Topics topics, Instant factsFrom) throws Exception {
    List<String> complaints = new ArrayList<>();
    Map<String, Run> runs = runs();
    Set<String> accepted = new TreeSet<>(asked);
    runs.values().stream().filter(Run::accepted).map(Run::name).forEach(accepted::add);
    int lost = 0;
    int wrong = 0;
    for (String name : accepted) {
      Run run = runs.get(name);
      if (run == null || run.terminalKey().isEmpty()) {
        lost++;
        complaints.add("lost: " + name + (run == null ? "" : " " + run.keys()));
      } else {
        List<String> faults = results(run);
        wrong += faults.size();
        complaints.addAll(faults);
      }
    }
    Topics.Told told = topics.told();
    List<String> untold = untold(runs.values(), told, bucket.times(Run.PREFIX), factsFrom);
    lost += untold.size();
    complaints.addAll(untold);
    List<String> stray = new ArrayList<>(leftBehind(runs.values()));
    stray.addAll(strayLetters(told));
    wrong += stray.size();
    complaints.addAll(stray);
    List<String> damaged = damaged();
    List<String> doubled = new ArrayList<>(writtenTwice());
    doubled.addAll(told.contradictions());
    complaints.addAll(damaged);
    complaints.addAll(doubled);
    int heap = heapMegabytes();
    int threads = threads();
    if (heap > MOST_HEAP_MEGABYTES || threads > MOST_THREADS) {
      wrong++;
      complaints.add("unbounded: " + heap + " MB heap, " + threads + " threads");
    }
    return new Verdict(
        accepted.size(), lost, doubled.size(), wrong + damaged.size(), heap, threads, complaints);
  }

  /** Ends that nobody was told of. */
  private List<String> untold(
      Collection<Run> runs, Topics.Told told, Map<String, Instant> times, Instant from)
      throws Exception {
    List<String> untold = new ArrayList<>();
    for (Run run : runs) {
      for (String key : run.terminalKeys()) {
        String one = run.name() + "/" + Run.tryOf(key);
        String state = Run.stateAt(bucket, key).name().substring("RUN_STATE_".length());
        if (times.get(key).isBefore(from)) {
          continue;
        }
        if (!told.ends().contains(one + "/" + state)) {
          untold.add("lost: nobody was told of " + one + "/" + state);
        }
        if (state.equals("FAILED") && !told.dead().contains(one + "/dead")) {
          untold.add("lost: " + one + " failed and is no dead letter");
        }
      }
    }
    return untold;
  }

  /** Dead letters of tries that did not fail. */
  private static List<String> strayLetters(Topics.Told told) {
    return told.dead().stream()
        .map(letter -> letter.substring(0, letter.lastIndexOf('/')))
        .filter(one -> !told.ends().contains(one + "/FAILED"))
        .map(one -> "wrong: " + one + " is a dead letter and did not fail")
        .toList();
  }

  /** Markers of tries that are over, and checkpoints of runs that have succeeded. */
  private List<String> leftBehind(Collection<Run> runs) throws Exception {
    List<String> left = new ArrayList<>();
    bucket.keys("default/pending/").forEach(key -> left.add("wrong: " + key + " was left behind"));
    for (Run run : runs) {
      if (run.terminalKey().isPresent() && run.state(bucket) == RunState.RUN_STATE_SUCCEEDED) {
        run.keys().stream()
            .filter(key -> key.contains("/checkpoints/"))
            .forEach(key -> left.add("wrong: " + key + " was left behind"));
      }
    }
    return left;
  }

  private List<String> results(Run run) throws Exception {
    List<String> complaints = new ArrayList<>();
    if (run.resultKeys().size() != 1) {
      return List.of("wrong: " + run.name() + " ended " + run.terminal(bucket));
    }
    if (run.state(bucket) != RunState.RUN_STATE_SUCCEEDED) {
      complaints.add("wrong: " + run.name() + " ended " + run.terminal(bucket));
    }
    String expected = reference.get(run.name());
    if (expected == null && !reference.isEmpty()) {
      complaints.add("wrong: without a fault there is no " + run.name());
    }
    if (expected != null && !expected.equals(run.facts(bucket))) {
      complaints.add("wrong: " + run.name() + " gave another result than without the fault");
    }
    for (String hex : run.blobs(bucket).toList()) {
      String key = "default/blobs/sha256/" + hex.substring(0, 2) + "/" + hex;
      if (bucket.keys(key).isEmpty()) {
        complaints.add("wrong: " + run.name() + " names the missing blob " + hex);
      }
    }
    return complaints;
  }

  /** Reads everything that is named by its digest. */
  private List<String> damaged() throws Exception {
    List<String> damaged = new ArrayList<>();
    for (String key : bucket.keys("default/")) {
      Matcher named = NAMED_BY_DIGEST.matcher(key);
      if (named.matches() && !Digest.of(content(key)).hex().equals(named.group(1))) {
        damaged.add("wrong: the bytes of " + key + " don't match");
      }
    }
    return damaged;
  }

  /** What a digest is of; flip manifests are compressed. */
  private byte[] content(String key) throws Exception {
    byte[] bytes = bucket.read(key);
    if (!key.startsWith("default/flips/")) {
      return bytes;
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
    }
  }

  private List<String> writtenTwice() throws Exception {
    List<String> twice = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Bucket.Version version : bucket.versions(Run.PREFIX)) {
      boolean first = version.deleted() || seen.add(version.key());
      if (!first && WRITE_ONCE.matcher(version.key()).matches()) {
        twice.add("doubled: " + version.key() + " was written twice");
      }
    }
    return twice;
  }

  private int heapMegabytes() throws Exception {
    double most = 0;
    for (Service service : Service.values()) {
      collect(cluster.program(service).pid());
      most =
          Math.max(
              most, Metrics.sum(cluster.metrics(service), "jvm_memory_used_bytes{area=\"heap\""));
    }
    return (int) (most / (1 << 20));
  }

  private static void collect(long pid) throws Exception {
    new ProcessBuilder(
            java.nio.file.Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
            Long.toString(pid),
            "GC.run")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private int threads() throws Exception {
    double most = 0;
    for (Service service : Service.values()) {
      most = Math.max(most, Metrics.sum(cluster.metrics(service), "jvm_threads_live_threads"));
    }
    return (int) most;
  }
}
