package dev.hemlock.faults;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Breaks a running Hemlock, fault by fault, and prints what became of the runs. */
public final class Faults {
  private static final PrintStream OUT = System.out;

  private final Options options;
  private final Cluster cluster;
  private final Api api;
  private final Oracle oracle;
  private final Random random;
  private Work work;
  private Set<String> base;

  private Faults(Options options, Cluster cluster) {
    this.options = options;
    this.cluster = cluster;
    this.api = new Api(cluster);
    this.oracle = new Oracle(cluster);
    this.random = new Random(options.seed());
  }

  /** Exits with 0 if nothing was lost, doubled or wrong, with 1 if something was, else with 2. */
  public static void main(String... words) throws Exception {
    List<String> arguments = List.of(words);
    if (arguments.contains("--help")) {
      OUT.print(Options.USAGE);
      return;
    }
    try {
      if (arguments.contains("--list")) {
        Catalogue.of(Options.parse(List.of())).forEach(fault -> OUT.println(fault.name()));
        return;
      }
      System.exit(run(Options.parse(arguments), Path.of(System.getProperty("hemlock.root", "."))));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
  }

  /** Runs the chosen faults; returns the exit status. */
  static int run(Options options, Path root) throws Exception {
    List<Fault> faults = Catalogue.of(options);
    Path directory = Files.createTempDirectory("hemlock-faults");
    OUT.println("seed " + options.seed() + ", data and logs in " + directory);
    boolean clean = false;
    Cluster cluster = new Cluster(root.toAbsolutePath().normalize(), directory, Setup.quick());
    Thread closing = new Thread(cluster::close);
    Runtime.getRuntime().addShutdownHook(closing);
    try {
      clean = new Faults(options, cluster).run(faults);
    } finally {
      Runtime.getRuntime().removeShutdownHook(closing);
      cluster.close();
      if (clean && !options.keep()) {
        Cluster.erase(directory);
      }
    }
    return clean ? 0 : 1;
  }

  private boolean run(List<Fault> faults) throws Exception {
    cluster.start();
    work = Work.prepare(api);
    base = cluster.bucket().keys("");
    learn();
    OUT.println(Table.HEAD);
    List<Row> rows = new ArrayList<>();
    for (Fault fault : faults) {
      Row row = run(fault);
      rows.add(row);
      OUT.println(Table.line(row));
      row.remarks().forEach(OUT::println);
      row.complaints().forEach(OUT::println);
    }
    if (options.json().isPresent()) {
      Files.writeString(options.json().get(), Table.json(options.seed(), rows));
    }
    api.close();
    return rows.stream().allMatch(Row::isClean);
  }

  /** Runs everything once without a fault. */
  private void learn() throws Exception {
    long begin = System.nanoTime();
    List<String> names = work.rehearse();
    if (!oracle.awaitEnd(names, Cluster.PATIENCE.multipliedBy(3))) {
      throw new IllegalStateException("The work did not end though nothing was broken");
    }
    oracle.learn();
    OUT.printf("without a fault: %.1f s%n%n", (System.nanoTime() - begin) / 1e9);
  }

  private Row run(Fault fault) throws Exception {
    Row row = new Row(fault.name());
    for (Injection injection : fault.rounds()) {
      cluster.awaitReady();
      cluster.bucket().wipe(base);
      Round round = new Round(cluster, api, work, random, options.fast());
      try (Topics topics = new Topics(cluster, Topics.facts())) {
        injection.inject(round);
        oracle.awaitEnd(round.asked(), Cluster.PATIENCE);
        Duration recovery = round.sinceMended();
        cluster.awaitReady();
        row.add(round, oracle.judge(round.asked(), topics, round.factsFrom()), recovery);
      } catch (Exception e) {
        row.broken(e);
        // Otherwise its leftovers would spoil the next round.
        oracle.awaitEnd(round.asked(), Cluster.PATIENCE);
      }
    }
    return row;
  }
}
