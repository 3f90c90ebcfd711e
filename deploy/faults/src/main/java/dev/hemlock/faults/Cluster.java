package dev.hemlock.faults;

import dev.hemlock.common.failpoint.Failpoint;
import dev.hemlock.embedded.Loopback;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Hemlock as it is deployed: each service a process, a Kafka broker, MinIO, and toxiproxy between.
 * A service that dies is started again.
 */
final class Cluster implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final String USER = "hemlock-faults";
  private static final String SECRET = "hemlock-faults-secret";

  private static final Duration ANSWER = Duration.ofSeconds(10);

  /** Short, since a service that is not leaving yet asks a store that may hang. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  /** MinIO renews its figures every ten seconds. */
  private static final long COUNTING_MILLIS = 11_000;

  private static final String READY = "/q/health/ready";
  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private final Path root;
  private final Setup setup;
  private final Path directory;
  private final Map<Service, Program> services = new EnumMap<>(Service.class);
  private final Map<Service, Integer> ports = new EnumMap<>(Service.class);
  private final int storePort = Loopback.portOrFree(0);
  private final Bucket bucket =
      new Bucket(URI.create("http://127.0.0.1:" + storePort), USER, SECRET);
  private final int storeProxy = Loopback.portOrFree(0);
  private final int brokerPort = Loopback.portOrFree(0);
  private final int brokerProxy = Loopback.portOrFree(0);
  private final int toxiproxyPort = Loopback.portOrFree(0);
  private final Program store;
  private final Program broker;
  private final Program toxiproxy;
  private final Disk storeDisk;
  private final Disk scratch;
  private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor();
  private Link storeLink;
  private Link brokerLink;

  /**
   * A cluster; {@link #start()} starts it.
   *
   * @param root the project's folder, built
   * @param directory for data and logs
   */
  Cluster(Path root, Path directory, Setup setup) throws IOException {
    this.root = root;
    this.setup = setup;
    this.directory = directory;
    Files.createDirectories(failpoints());
    storeDisk = Disk.of(directory.resolve("store"), 768);
    scratch = Disk.of(directory.resolve("scratch"), 64);
    store =
        program(
            "minio",
            List.of(
                root.resolve("deploy/.bin/minio").toString(),
                "server",
                "--quiet",
                "--address",
                "127.0.0.1:" + storePort,
                "--console-address",
                "127.0.0.1:" + Loopback.portOrFree(0),
                storeDisk.folder().resolve("data").toString()),
            Map.of(
                "MINIO_ROOT_USER",
                USER,
                "MINIO_ROOT_PASSWORD",
                SECRET,
                "MINIO_PROMETHEUS_AUTH_TYPE",
                "public"));
    broker =
        program(
            "broker",
            java(
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                Broker.class.getName(),
                brokerDirectory().toString(),
                Integer.toString(brokerPort),
                Integer.toString(brokerProxy)),
            Map.of());
    toxiproxy =
        program(
            "toxiproxy",
            List.of(
                root.resolve("deploy/.bin/toxiproxy").toString(),
                "-host",
                "127.0.0.1",
                "-port",
                Integer.toString(toxiproxyPort)),
            Map.of("LOG_LEVEL", "error"));
    for (Service service : Service.values()) {
      ports.put(service, Loopback.portOrFree(0));
    }
    for (Service service : Service.values()) {
      services.put(service, program(service.label(), command(service), Map.of()));
    }
  }

  private Program program(String name, List<String> command, Map<String, String> environment) {
    return new Program(name, command, environment, directory.resolve(name + ".log"));
  }

  private List<String> command(Service service) throws IOException {
    List<String> words = new ArrayList<>();
    words.add("-Xmx384m");
    words.addAll(setup.java());
    Map<String, String> properties = new TreeMap<>(setup.settings());
    properties.put(Failpoint.PROPERTY, failpoints().toString());
    properties.put("quarkus.http.port", Integer.toString(ports.get(service)));
    properties.put("hemlock.storage.endpoint", "http://127.0.0.1:" + storeProxy);
    properties.put("hemlock.storage.access-key", USER);
    properties.put("hemlock.storage.secret-key", SECRET);
    properties.put("hemlock.storage.patience", "240S");
    properties.put("hemlock.kafka.bootstrap-servers", "127.0.0.1:" + brokerProxy);
    int trainings = service == Service.SECOND_TRAINER ? setup.second() : setup.first();
    properties.put("hemlock.work.train.concurrency", Integer.toString(trainings));
    Path temporary =
        service.module().equals("trainer-service")
            ? scratch.folder().resolve(service.label())
            : directory.resolve("tmp").resolve(service.label());
    Files.createDirectories(temporary);
    properties.put("java.io.tmpdir", temporary.toString());
    properties.put("hemlock.storage.cache-dir", temporary.resolve("cache").toString());
    peer(properties, "dataset", Service.DATASET);
    peer(properties, "poison", Service.POISON);
    peer(properties, "training", Service.TRAINER);
    peer(properties, "evaluation", Service.EVALUATOR);
    properties.forEach((key, value) -> words.add("-D" + key + "=" + value));
    words.add("-jar");
    words.add(
        root.resolve(service.module()).resolve("target/quarkus-app/quarkus-run.jar").toString());
    return java(words.toArray(String[]::new));
  }

  private void peer(Map<String, String> properties, String client, Service service) {
    properties.put("quarkus.grpc.clients." + client + ".host", "127.0.0.1");
    properties.put(
        "quarkus.grpc.clients." + client + ".port", Integer.toString(ports.get(service)));
  }

  private static List<String> java(String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(words));
    return command;
  }

  void start() throws Exception {
    toxiproxy.start();
    store.start();
    broker.start();
    awaitOk(toxiproxyPort, "/version");
    awaitOk(storePort, "/minio/health/ready");
    URI control = URI.create("http://127.0.0.1:" + toxiproxyPort);
    storeLink = Link.open(control, "store", storeProxy, storePort);
    brokerLink = Link.open(control, "broker", brokerProxy, brokerPort);
    bucket().create();
    // The first one makes the topics; the others needn't race for it.
    services.values().forEach(Program::start);
    awaitReady();
    keeper.scheduleWithFixedDelay(
        () -> services.values().forEach(Program::restartIfDead), 100, 100, TimeUnit.MILLISECONDS);
  }

  /** Waits until every service says it is ready. */
  void awaitReady() throws InterruptedException {
    for (Service service : Service.values()) {
      awaitOk(ports.get(service), READY);
    }
  }

  private static void awaitOk(int port, String path) throws InterruptedException {
    Await.until(
        PATIENCE, port + path + " answers", () -> get(port, path, ANSWER).statusCode() == 200);
  }

  private static HttpResponse<String> get(int port, String path, Duration limit)
      throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(limit)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** The status with which a service says whether it takes work; 0 if it doesn't answer. */
  int readiness(Service service) throws InterruptedException {
    try {
      return get(ports.get(service), READY, LOOK).statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  /** The metrics of a service in Prometheus' text format. */
  String metrics(Service service) throws Exception {
    return get(ports.get(service), "/q/metrics", ANSWER).body();
  }

  /** How many requests the store has answered; waits until it has counted the latest. */
  long storeRequests() throws Exception {
    Thread.sleep(COUNTING_MILLIS);
    return (long)
        Metrics.sum(
            get(storePort, "/minio/v2/metrics/cluster", ANSWER).body(), "minio_s3_requests_total");
  }

  Program program(Service service) {
    return services.get(service);
  }

  int port(Service service) {
    return ports.get(service);
  }

  Program store() {
    return store;
  }

  Program broker() {
    return broker;
  }

  Disk storeDisk() {
    return storeDisk;
  }

  Disk scratch() {
    return scratch;
  }

  Path storeData() {
    return storeDisk.folder().resolve("data").resolve(Bucket.NAME);
  }

  Link storeLink() {
    return storeLink;
  }

  Link brokerLink() {
    return brokerLink;
  }

  String brokerAddress() {
    return "127.0.0.1:" + brokerProxy;
  }

  Path brokerDirectory() {
    return directory.resolve("kafka");
  }

  Path failpoints() {
    return directory.resolve("failpoints");
  }

  Path directory() {
    return directory;
  }

  /** The store past the proxy. */
  Bucket bucket() {
    return bucket;
  }

  /** Forgets what services keep of blobs on their disks. */
  void emptyCaches() throws IOException {
    for (Path temporary : List.of(scratch.folder(), directory.resolve("tmp"))) {
      Files.walkFileTree(temporary, new CacheEraser());
    }
  }

  static void erase(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static final class CacheEraser extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (file.getFileName().toString().matches("[0-9a-f]{64}")) {
        Files.delete(file);
      }
      return FileVisitResult.CONTINUE;
    }
  }

  @Override
  public void close() {
    keeper.shutdownNow();
    services.values().forEach(Program::stop);
    broker.stop();
    store.stop();
    toxiproxy.stop();
    storeDisk.unmount();
    scratch.unmount();
  }
}
