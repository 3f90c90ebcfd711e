package dev.hemlock.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.hemlock.common.security.Role;
import dev.hemlock.common.security.TestIssuer;
import dev.hemlock.common.tls.TestCertificates;
import dev.hemlock.common.tls.Trust;
import dev.hemlock.embedded.EmbeddedBroker;
import dev.hemlock.embedded.EmbeddedStore;
import dev.hemlock.embedded.Loopback;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc.DatasetServiceBlockingStub;
import dev.hemlock.proto.dataset.v1.DeriveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.ListSnapshotsRequest;
import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.Budget;
import dev.hemlock.proto.poison.v1.CreatePoisoningRequest;
import dev.hemlock.proto.poison.v1.PoisonServiceGrpc;
import dev.hemlock.proto.poison.v1.PoisonServiceGrpc.PoisonServiceBlockingStub;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.TargetedFlip;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Services that are told a secret for every key that takes one, and log as much as they can, work and
 * fail; then everything that they have written or answered is searched for the secrets.
 */
class SecretsIT {
  private static final Path ROOT = SecuredHemlock.ROOT;
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String STORE_SECRET = "sentinel-store-5f1d";
  private static final String BROKER_SECRET = "sentinel-broker-77aa";
  private static final String CLIENT_SECRET = "sentinel-client-90c3";
  private static final String COLLECTOR_SECRET = "sentinel-collector-1b2e";
  private static final String WRONG_SECRET = "sentinel-wrong-c04d";
  private static final String GARBAGE_TOKEN = "sentinel-garbage.e30.token-8d2c";

  /** Where the secrets themselves lie; everything else below {@link #directory} is searched. */
  private static final String GIVEN = "given";

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path directory;

  private static final Map<String, String> SECRETS = new TreeMap<>();
  private static final List<String> ANSWERS = new ArrayList<>();
  private static final TestIssuer ISSUER = new TestIssuer();
  private static Path given;
  private static TestCertificates certificates;
  private static TestCertificates.Identity identity;
  private static EmbeddedStore store;
  private static EmbeddedBroker broker;
  private static HttpServer tokens;
  private static String callersToken;
  private static String snapshot;
  private static int datasetPort;
  private static int poisonPort;

  @BeforeAll
  static void workAndFail() throws Exception {
    prepare();
    try (JavaProcess dataset = start("dataset-service", "dataset", good(), Map.of());
        JavaProcess poison =
            start(
                "poison-service",
                "poison",
                good(),
                Map.of("quarkus.log.console.json.enabled", "true"))) {
      dataset.awaitOutput("started in");
      poison.awaitOutput("started in");
      work();
      workWithoutAToken();
      workWithATokenFromAFile();
      refuse();
      lookAround();
    }
    Map<String, String> wrongStore = good();
    wrongStore.put("HEMLOCK_STORAGE_SECRET_KEY", WRONG_SECRET);
    failToStart("wrong-store-secret", wrongStore);
    Map<String, String> noStore = good();
    noStore.put("HEMLOCK_STORAGE_ENDPOINT", "http://127.0.0.1:" + Loopback.portOrFree(0));
    failToStart("no-store", noStore);
    Map<String, String> wrongBroker = good();
    wrongBroker.put("HEMLOCK_KAFKA_PASSWORD", WRONG_SECRET);
    runUntil("wrong-broker-secret", wrongBroker, "topics not ready");
  }

  private static void prepare() throws Exception {
    given = Files.createDirectories(directory.resolve(GIVEN));
    certificates = new TestCertificates(given.resolve("certificates"));
    identity = certificates.issue("server");
    datasetPort = Loopback.portOrFree(0);
    poisonPort = Loopback.portOrFree(0);
    store =
        EmbeddedStore.start(
            directory.resolve("store"), Loopback.portOrFree(0), "hemlock", STORE_SECRET);
    broker = broker();
    String serviceToken = ISSUER.token("hemlock", "", Role.SERVICE);
    tokens = tokenEndpoint(serviceToken);
    ISSUER.saveKeys(given.resolve("keys.json"));
    Files.writeString(given.resolve("service.token"), serviceToken);
    SECRETS.put("store", STORE_SECRET);
    SECRETS.put("broker", BROKER_SECRET);
    SECRETS.put("client", CLIENT_SECRET);
    SECRETS.put("client, as it is sent", base64("hemlock:" + CLIENT_SECRET));
    SECRETS.put("collector", COLLECTOR_SECRET);
    SECRETS.put("wrong", WRONG_SECRET);
    SECRETS.put("wrong client, as it is sent", base64("hemlock:" + WRONG_SECRET));
    SECRETS.put("token that is none", GARBAGE_TOKEN);
    SECRETS.put("service token", signature(serviceToken));
    SECRETS.put("private key", Files.readAllLines(identity.key()).get(1));
  }

  private static EmbeddedBroker broker() throws IOException {
    int port = Loopback.portOrFree(0);
    String listener = "SASL_PLAINTEXT://" + Loopback.HOST + ":" + port;
    return EmbeddedBroker.start(
        directory.resolve("kafka"),
        port,
        port,
        Map.of(
            "listeners",
            listener,
            "advertised.listeners",
            listener,
            "listener.security.protocol.map",
            "SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name",
            "SASL_PLAINTEXT",
            "sasl.enabled.mechanisms",
            "SCRAM-SHA-512",
            "sasl.mechanism.inter.broker.protocol",
            "SCRAM-SHA-512",
            "listener.name.sasl_plaintext.scram-sha-512.sasl.jaas.config",
            "org.apache.kafka.common.security.scram.ScramLoginModule required"
                + " username=\"hemlock\" password=\"%s\";".formatted(BROKER_SECRET)),
        List.of("SCRAM-SHA-512=[name=hemlock,password=%s]".formatted(BROKER_SECRET)));
  }

  private static HttpServer tokenEndpoint(String token) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(Loopback.HOST, 0), 0);
    String wanted = "Basic " + base64("hemlock:" + CLIENT_SECRET);
    server.createContext(
        "/token",
        exchange -> {
          boolean known = wanted.equals(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] answer =
              (known
                      ? "{\"access_token\":\"%s\",\"expires_in\":300}".formatted(token)
                      : "{\"error\":\"invalid_client\"}")
                  .getBytes(StandardCharsets.UTF_8);
          try (exchange) {
            exchange.sendResponseHeaders(known ? 200 : 401, answer.length);
            exchange.getResponseBody().write(answer);
          }
        });
    server.start();
    return server;
  }

  /** A configuration that works, as environment variables. */
  private static Map<String, String> good() {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("HEMLOCK_STORAGE_ENDPOINT", store.endpoint().toString());
    variables.put("HEMLOCK_STORAGE_SECRET_KEY", STORE_SECRET);
    variables.put("HEMLOCK_STORAGE_PATIENCE", "1S");
    variables.put("HEMLOCK_KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers());
    variables.put("HEMLOCK_KAFKA_SECURITY_PROTOCOL", "SASL_PLAINTEXT");
    variables.put("HEMLOCK_KAFKA_USERNAME", "hemlock");
    variables.put("HEMLOCK_KAFKA_PASSWORD", BROKER_SECRET);
    variables.put("HEMLOCK_AUTH_ISSUER", TestIssuer.ISSUER);
    variables.put("HEMLOCK_AUTH_KEYS", given.resolve("keys.json").toString());
    variables.put(
        "HEMLOCK_AUTH_SERVICE_TOKEN_URL",
        "http://" + Loopback.HOST + ":" + tokens.getAddress().getPort() + "/token");
    variables.put("HEMLOCK_AUTH_SERVICE_CLIENT_ID", "hemlock");
    variables.put("HEMLOCK_AUTH_SERVICE_CLIENT_SECRET", CLIENT_SECRET);
    variables.put("HEMLOCK_TLS_CERTIFICATE", identity.certificate().toString());
    variables.put("HEMLOCK_TLS_KEY", identity.key().toString());
    variables.put("HEMLOCK_TLS_AUTHORITIES", certificates.authority().toString());
    variables.put("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
    variables.put("OTEL_EXPORTER_OTLP_HEADERS", "authorization=" + COLLECTOR_SECRET);
    variables.put("QUARKUS_GRPC_CLIENTS_DATASET_HOST", Loopback.HOST);
    variables.put("QUARKUS_GRPC_CLIENTS_DATASET_PORT", Integer.toString(datasetPort));
    return variables;
  }

  private static JavaProcess start(
      String module, String name, Map<String, String> variables, Map<String, String> more)
      throws IOException {
    Map<String, String> properties = new LinkedHashMap<>();
    int port =
        switch (name) {
          case "dataset" -> datasetPort;
          case "poison" -> poisonPort;
          default -> Loopback.portOrFree(0);
        };
    properties.put("quarkus.http.port", Integer.toString(port));
    properties.put("hemlock.storage.cache-dir", directory.resolve(name + "-cache").toString());
    properties.put("quarkus.log.level", "DEBUG");
    properties.put("quarkus.log.category.\"dev.hemlock\".level", "TRACE");
    properties.put("quarkus.log.category.\"org.apache.kafka\".level", "DEBUG");
    properties.put("quarkus.log.file.enabled", "true");
    properties.put("quarkus.log.file.path", directory.resolve(name + "-file.log").toString());
    properties.putAll(more);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
    command.add("-jar");
    command.add(ROOT.resolve(module).resolve("target/quarkus-app/quarkus-run.jar").toString());
    return JavaProcess.start(command, variables, directory.resolve(name + ".log"));
  }

  private static void failToStart(String name, Map<String, String> variables) throws Exception {
    try (JavaProcess process = start("poison-service", name, variables, Map.of())) {
      assertThat(process.awaitExit(LIMIT)).as(process.output()).isNotZero();
    }
  }

  private static void runUntil(String name, Map<String, String> variables, String said)
      throws Exception {
    try (JavaProcess process = start("poison-service", name, variables, Map.of())) {
      process.awaitOutput(said);
    }
  }

  private static void work() throws Exception {
    Path caller = given.resolve("caller.token");
    ISSUER.save(caller, "alice", "acme", Role.VIEWER, Role.RUNNER, Role.RED_TEAM, Role.STEWARD);
    callersToken = Files.readString(caller);
    SECRETS.put("caller's token", signature(callersToken));
    snapshot =
        cli("import", caller, List.of("import", "--digits"))
            .replaceFirst("(?s).*(snapshots/sha256:[0-9a-f]{64}).*", "$1");
    cli(
        "poison",
        caller,
        List.of(
            "poison", "--snapshot", snapshot, "--source", "1", "--target", "7", "--ratio", "0.4"));
  }

  /** The service can't show the other one who it is. */
  private static void workWithoutAToken() throws Exception {
    Map<String, String> wrongClient = good();
    wrongClient.put("HEMLOCK_AUTH_SERVICE_CLIENT_SECRET", WRONG_SECRET);
    poison(
        "wrong-client-secret",
        wrongClient,
        (process, poisoning) -> {
          answer(poisoning);
          process.awaitOutput("the issuer gave this service no token");
        });
  }

  private static void workWithATokenFromAFile() throws Exception {
    Path file = given.resolve("service.token");
    Map<String, String> tokenFile = good();
    tokenFile.keySet().removeIf(key -> key.startsWith("HEMLOCK_AUTH_SERVICE_"));
    tokenFile.put("HEMLOCK_AUTH_SERVICE_TOKEN_FILE", file.toString());
    poison(
        "token-file",
        tokenFile,
        (process, poisoning) -> {
          poisoning.run();
          Files.writeString(file, GARBAGE_TOKEN);
          answer(poisoning);
        });
  }

  private interface Poisoning {
    void use(JavaProcess process, Runnable poisoning) throws Exception;
  }

  private static void poison(String name, Map<String, String> variables, Poisoning use)
      throws Exception {
    int port = Loopback.portOrFree(0);
    try (JavaProcess process =
        start("poison-service", name, variables, Map.of("quarkus.http.port", port + ""))) {
      process.awaitOutput("started in");
      ManagedChannel channel = channel(port);
      PoisonServiceBlockingStub stub =
          SecuredHemlock.with(callersToken, PoisonServiceGrpc.newBlockingStub(channel));
      AtomicInteger seed = new AtomicInteger(1);
      try {
        use.use(
            process,
            () ->
                stub.createPoisoning(
                    CreatePoisoningRequest.newBuilder()
                        .setSpec(
                            PoisoningSpec.newBuilder()
                                .setSnapshot(snapshot)
                                .setSeed(seed.incrementAndGet())
                                .setAttack(
                                    Attack.newBuilder()
                                        .setTargetedFlip(
                                            TargetedFlip.newBuilder()
                                                .setSourceClass("1")
                                                .setTargetClass("7")))
                                .setBudget(Budget.newBuilder().setClassShare(0.4)))
                        .build()));
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static ManagedChannel channel(int port) throws IOException {
    return Grpc.newChannelBuilder(
            Loopback.HOST + ":" + port,
            TlsChannelCredentials.newBuilder()
                .trustManager(certificates.authority().toFile())
                .build())
        .build();
  }

  private static String cli(String name, Path token, List<String> arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-jar");
    command.add(ROOT.resolve("deploy/cli/target/hemlock-cli.jar").toString());
    command.addAll(arguments);
    command.addAll(
        List.of("--address", Loopback.HOST + ":" + datasetPort, "--token-file", token.toString()));
    command.addAll(List.of("--service", "poison=" + Loopback.HOST + ":" + poisonPort));
    command.addAll(List.of("--authorities", certificates.authority().toString()));
    try (JavaProcess cli =
        JavaProcess.start(command, Map.of(), directory.resolve("cli-" + name + ".log"))) {
      assertThat(cli.awaitExit(LIMIT)).as(cli.output()).isZero();
      return cli.output();
    }
  }

  private static void refuse() throws Exception {
    List<String> bad = new ArrayList<>(List.of(GARBAGE_TOKEN));
    TestIssuer.flaws().forEach(flaw -> bad.add(ISSUER.token(flaw, "eve", "acme", Role.VIEWER)));
    bad.add(ISSUER.token("eve", "acme"));
    ManagedChannel channel = channel(datasetPort);
    try {
      for (String token : bad) {
        if (!signature(token).isEmpty()) {
          SECRETS.put("refused token " + bad.indexOf(token), signature(token));
        }
        DatasetServiceBlockingStub stub =
            SecuredHemlock.with(token, DatasetServiceGrpc.newBlockingStub(channel));
        answer(() -> stub.listSnapshots(ListSnapshotsRequest.getDefaultInstance()));
        answer(() -> stub.deriveSnapshot(DeriveSnapshotRequest.getDefaultInstance()));
      }
      Metadata noBearer = new Metadata();
      noBearer.put(
          Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER),
          "Basic " + GARBAGE_TOKEN);
      answer(
          () ->
              DatasetServiceGrpc.newBlockingStub(channel)
                  .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(noBearer))
                  .listSnapshots(ListSnapshotsRequest.getDefaultInstance()));
      DatasetServiceBlockingStub known =
          SecuredHemlock.with(callersToken, DatasetServiceGrpc.newBlockingStub(channel));
      answer(
          () ->
              known.getSnapshot(
                  GetSnapshotRequest.newBuilder()
                      .setName("snapshots/sha256:" + "0".repeat(64))
                      .build()));
    } finally {
      channel.shutdownNow();
    }
  }

  private static void answer(Runnable call) {
    try {
      call.run();
      throw new AssertionError("The call was not refused");
    } catch (StatusRuntimeException e) {
      ANSWERS.add(e.getStatus() + " " + e.getTrailers());
    }
  }

  private static void lookAround() throws Exception {
    for (int port : List.of(datasetPort, poisonPort)) {
      for (String path : List.of("/q/metrics", "/q/health", "/q/info", "/q/", "/")) {
        HttpResponse<String> answer =
            Trust.of(Optional.of(certificates.authority()))
                .http()
                .send(
                    HttpRequest.newBuilder(
                            URI.create("https://" + Loopback.HOST + ":" + port + path))
                        .build(),
                    HttpResponse.BodyHandlers.ofString());
        ANSWERS.add(path + " " + answer.headers().map() + " " + answer.body());
      }
    }
  }

  @AfterAll
  static void stop() throws Exception {
    tokens.stop(0);
    broker.close();
    store.close();
  }

  @Test
  void saysMuch() throws IOException {
    assertThat(Files.readString(directory.resolve("poison-file.log"))).contains(" DEBUG ");
    assertThat(Files.readString(directory.resolve("dataset.log")))
        .contains("hemlock.audit")
        .contains("outcome=UNAUTHENTICATED");
    assertThat(Files.readString(directory.resolve("wrong-store-secret.log")))
        .contains("refused the credentials");
    assertThat(Files.readString(directory.resolve("no-store.log")))
        .contains("waiting for the object store");
    assertThat(ANSWERS).anyMatch(answer -> answer.startsWith("/q/metrics"));
  }

  @Test
  void writesNoSecretAnywhere() throws IOException {
    List<String> leaks = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file :
          files.filter(Files::isRegularFile).filter(path -> !path.startsWith(given)).toList()) {
        find(Files.readString(file, StandardCharsets.ISO_8859_1), directory.relativize(file) + "")
            .forEach(leaks::add);
      }
    }

    assertThat(leaks).isEmpty();
  }

  @Test
  void answersNoSecret() {
    assertThat(ANSWERS.stream().flatMap(answer -> find(answer, "answer").stream())).isEmpty();
  }

  private static List<String> find(String text, String where) {
    return SECRETS.entrySet().stream()
        .filter(secret -> text.contains(secret.getValue()))
        .map(
            secret ->
                "%s in %s: %s".formatted(secret.getKey(), where, around(text, secret.getValue())))
        .toList();
  }

  private static String around(String text, String secret) {
    int at = text.indexOf(secret);
    return text.substring(Math.max(0, at - 200), Math.min(text.length(), at + secret.length()));
  }

  /** What only the holder of a token knows; tokens are told apart by what they say. */
  private static String signature(String token) {
    return token.substring(token.lastIndexOf('.') + 1);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
