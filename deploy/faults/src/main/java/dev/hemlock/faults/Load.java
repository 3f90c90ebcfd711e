package dev.hemlock.faults;

import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.GetSnapshotStatisticsRequest;
import dev.hemlock.proto.evaluation.v1.ListEvaluationsRequest;
import dev.hemlock.proto.evaluation.v1.ListExperimentsRequest;
import dev.hemlock.proto.poison.v1.ListPoisoningsRequest;
import dev.hemlock.proto.training.v1.EpochMetrics;
import dev.hemlock.proto.training.v1.GetTrainingRunRequest;
import dev.hemlock.proto.training.v1.ListTrainingRunsRequest;
import dev.hemlock.proto.training.v1.TrainingRun;
import io.grpc.StatusRuntimeException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Asks one instance of each service for a mix of calls, and has three workers drain a queue:
 * {@code Load [SECONDS [RUNS]]}.
 */
public final class Load {
  private static final PrintStream OUT = System.out;
  private static final int CALLERS = 8;
  private static final int LEAST_CALLS_A_SECOND = 500;
  private static final long LOOK_MILLIS = 1_000;
  private static final int WORKERS = 3;
  private static final Duration DRAIN_LIMIT = Duration.ofMinutes(20);

  private final Cluster cluster;
  private final Api api;
  private final Work work;

  private Load(Cluster cluster, Api api, Work work) {
    this.cluster = cluster;
    this.api = api;
    this.work = work;
  }

  /** Exits with 0 if no call failed and no run was lost or doubled. */
  public static void main(String... words) throws Exception {
    int seconds = words.length > 0 ? Integer.parseInt(words[0]) : 60;
    int runs = words.length > 1 ? Integer.parseInt(words[1]) : 1_000;
    Path root = Path.of(System.getProperty("hemlock.root", ".")).toAbsolutePath().normalize();
    Path directory = Files.createTempDirectory("hemlock-load");
    boolean good;
    try (Cluster cluster = new Cluster(root, directory, Setup.production(WORKERS));
        Api api = new Api(cluster)) {
      cluster.start();
      Work work = Work.prepare(api);
      new Oracle(cluster).awaitEnd(List.of(work.experiment()), Cluster.PATIENCE);
      Load load = new Load(cluster, api, work);
      good = load.drain(runs) & load.call(Duration.ofSeconds(seconds));
    }
    Cluster.erase(directory);
    System.exit(good ? 0 : 1);
  }

  private boolean drain(int runs) throws Exception {
    Oracle oracle = new Oracle(cluster);
    Program workers = cluster.program(Service.SECOND_TRAINER);
    workers.stop();
    try (Topics topics = new Topics(cluster, Topics.facts())) {
      Instant subscribed = Instant.now();
      long before = cluster.storeRequests();
      long begin = System.nanoTime();
      List<String> names = createAll(runs);
      double creating = (System.nanoTime() - begin) / 1e9;
      long created = cluster.storeRequests();
      workers.start();
      boolean all = Await.holds(DRAIN_LIMIT, this::drained);
      long ended = cluster.storeRequests();
      oracle.awaitEnd(names, Cluster.PATIENCE);
      Verdict verdict = oracle.judge(names, topics, subscribed);
      OUT.printf(
          "%d runs created in %.1f s and drained by %d workers: %d lost, %d doubled, %d wrong; store"
              + " requests a run: %.1f to create it, %.1f to work on it%n",
          runs,
          creating,
          WORKERS,
          verdict.lost(),
          verdict.doubled(),
          verdict.wrong(),
          (double) (created - before) / runs,
          (double) (ended - created) / runs);
      printHalves(oracle, names);
      verdict.complaints().forEach(OUT::println);
      return all && verdict.lost() + verdict.doubled() + verdict.wrong() == 0;
    }
  }

  /** By the store's clock; in the first half the processes still compile themselves. */
  private void printHalves(Oracle oracle, List<String> names) throws Exception {
    Map<String, Instant> times = cluster.bucket().times(Run.PREFIX + "trainingRuns/");
    Map<String, Instant> ends = new HashMap<>();
    Instant begin = Instant.MAX;
    for (Map.Entry<String, Instant> object : times.entrySet()) {
      String name = Run.nameOf(object.getKey());
      Instant time = object.getValue();
      if (object.getKey().endsWith("/terminal")) {
        ends.put(name, time);
      } else if (object.getKey().contains("/claims/") && names.contains(name)) {
        begin = time.isBefore(begin) ? time : begin;
      }
    }
    List<String> inOrder = names.stream().sorted(Comparator.comparing(ends::get)).toList();
    int middle = names.size() / 2;
    for (List<String> half :
        List.of(inOrder.subList(0, middle), inOrder.subList(middle, names.size()))) {
      Instant end = ends.get(half.get(half.size() - 1));
      double seconds = Duration.between(begin, end).toMillis() / 1e3;
      double training = trainingSeconds(oracle, half);
      OUT.printf(
          "%d runs in %.1f s; a run: %.0f ms of training, %.0f ms of worker time beside it%n",
          half.size(),
          seconds,
          1e3 * training / half.size(),
          1e3 * (WORKERS * seconds - training) / half.size());
      begin = end;
    }
  }

  private boolean drained() throws Exception {
    Thread.sleep(LOOK_MILLIS);
    return cluster.bucket().keys("default/pending/").isEmpty();
  }

  private List<String> createAll(int runs) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    List<Future<String>> answers = new ArrayList<>();
    for (int seed = 1_000; seed < 1_000 + runs; seed++) {
      int one = seed;
      answers.add(threads.submit(() -> work.train(work.trivial(one), "")));
    }
    List<String> names = new ArrayList<>();
    for (Future<String> answer : answers) {
      names.add(answer.get());
    }
    threads.shutdown();
    return names;
  }

  private double trainingSeconds(Oracle oracle, List<String> names) throws Exception {
    Map<String, Run> runs = oracle.runs();
    double seconds = 0;
    for (String name : names) {
      byte[] result = cluster.bucket().read(runs.get(name).resultKeys().get(0));
      seconds +=
          ProtoJson.parse(result, TrainingRun.newBuilder()).getEpochsList().stream()
              .mapToDouble(EpochMetrics::getSeconds)
              .sum();
    }
    return seconds;
  }

  private boolean call(Duration least) throws Exception {
    String run = work.train(work.trivial(1_000), "");
    Map<String, Runnable> calls = new TreeMap<>();
    calls.put(
        "GetSnapshot",
        () ->
            api.datasets()
                .getSnapshot(GetSnapshotRequest.newBuilder().setName(work.digits()).build()));
    calls.put(
        "GetSnapshotStatistics",
        () ->
            api.datasets()
                .getSnapshotStatistics(
                    GetSnapshotStatisticsRequest.newBuilder().setName(work.digits()).build()));
    calls.put(
        "GetTrainingRun",
        () ->
            api.trainings()
                .getTrainingRun(GetTrainingRunRequest.newBuilder().setName(run).build()));
    calls.put(
        "ListTrainingRuns",
        () ->
            api.trainings()
                .listTrainingRuns(ListTrainingRunsRequest.newBuilder().setPageSize(1).build()));
    calls.put("CreateTrainingRun, known", () -> create());
    calls.put(
        "ListPoisonings",
        () -> api.poisonings().listPoisonings(ListPoisoningsRequest.getDefaultInstance()));
    calls.put(
        "ListEvaluations",
        () ->
            api.evaluations()
                .listEvaluations(ListEvaluationsRequest.newBuilder().setPageSize(2).build()));
    calls.put(
        "ListExperiments",
        () -> api.experiments().listExperiments(ListExperimentsRequest.getDefaultInstance()));
    return call(calls, least);
  }

  private void create() {
    try {
      work.train(work.trivial(1_000), "");
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean call(Map<String, Runnable> calls, Duration least) throws Exception {
    List<String> names = List.copyOf(calls.keySet());
    Map<String, ConcurrentLinkedQueue<Long>> micros = new TreeMap<>();
    names.forEach(name -> micros.put(name, new ConcurrentLinkedQueue<>()));
    AtomicInteger made = new AtomicInteger();
    AtomicInteger failed = new AtomicInteger();
    long begin = System.nanoTime();
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    List<Future<?>> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(
          threads.submit(
              () -> {
                while (made.get() < LEAST_CALLS_A_SECOND * least.toSeconds()
                    || System.nanoTime() - begin < least.toNanos()) {
                  String name = names.get(made.getAndIncrement() % names.size());
                  long start = System.nanoTime();
                  try {
                    calls.get(name).run();
                    micros.get(name).add((System.nanoTime() - start) / 1_000);
                  } catch (StatusRuntimeException e) {
                    failed.incrementAndGet();
                    OUT.println(name + " failed: " + e.getStatus());
                  }
                }
              }));
    }
    for (Future<?> caller : callers) {
      caller.get();
    }
    threads.shutdown();
    double seconds = (System.nanoTime() - begin) / 1e9;
    OUT.printf(
        "%n%d calls by %d callers in %.0f s (%.0f a second), %d failed%n%n",
        made.get(), CALLERS, seconds, made.get() / seconds, failed.get());
    OUT.println("| Call | Calls | 50 % | 90 % | 99 % | 99.9 % |\n|---|--:|--:|--:|--:|--:|");
    micros.forEach((name, all) -> OUT.println(line(name, all)));
    return failed.get() == 0;
  }

  private static String line(String name, ConcurrentLinkedQueue<Long> micros) {
    long[] sorted = micros.stream().mapToLong(Long::longValue).sorted().toArray();
    double[] shares = {0.5, 0.9, 0.99, 0.999};
    String percentiles =
        String.join(
            " | ",
            Arrays.stream(shares)
                .mapToObj(share -> sorted[(int) (share * (sorted.length - 1))] / 1e3)
                .map(millis -> "%.1f ms".formatted(millis))
                .toList());
    return "| %s | %d | %s |".formatted(name, sorted.length, percentiles);
  }
}
