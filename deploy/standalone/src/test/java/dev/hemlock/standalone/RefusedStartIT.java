package dev.hemlock.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.security.TestIssuer;
import dev.hemlock.common.tls.TestCertificates;
import dev.hemlock.embedded.EmbeddedStore;
import dev.hemlock.embedded.Loopback;
import io.grpc.Grpc;
import io.grpc.Server;
import io.grpc.TlsServerCredentials;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Starts a service that callers on other machines could reach, each time with one thing amiss: that
 * it ends, and the sentence that says what to set. {@code -Dhemlock.docs=write} writes what was seen
 * into docs/bad-input.md.
 */
class RefusedStartIT {
  private static final Path BUILT =
      SecuredHemlock.ROOT.resolve("poison-service/target/quarkus-app");
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final Pattern REFUSAL = Pattern.compile("HemlockException: (.*)");
  private static final String RULE = "hemlock.poison.v1.PoisonService/ListFlips";

  /** One line of the table; a setting without a value is taken away. */
  private record Row(String configuration, String named, Path application, String... settings) {}

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path directory;

  private static final Map<String, String> GOOD = new LinkedHashMap<>();
  private static EmbeddedStore store;
  private static Server strangersStore;

  private final List<Row> rows = new ArrayList<>();

  @BeforeAll
  static void prepare() throws Exception {
    store =
        EmbeddedStore.start(
            directory.resolve("store"), Loopback.portOrFree(0), "operator", "operator-secret");
    TestCertificates.Identity stranger =
        new TestCertificates(directory.resolve("strangers")).issue("store");
    strangersStore =
        Grpc.newServerBuilderForPort(
                0,
                TlsServerCredentials.create(
                    stranger.certificate().toFile(), stranger.key().toFile()))
            .build()
            .start();
    GOOD.put("quarkus.http.host", "0.0.0.0");
    GOOD.put("hemlock.storage.endpoint", store.endpoint().toString());
    GOOD.put("hemlock.storage.access-key", "operator");
    GOOD.put("hemlock.storage.secret-key", "operator-secret");
    GOOD.put("hemlock.storage.cache-dir", directory.resolve("cache").toString());
    GOOD.put("hemlock.kafka.bootstrap-servers", Loopback.HOST + ":" + Loopback.portOrFree(0));
    GOOD.putAll(
        SecuredHemlock.identity(
            directory, new TestIssuer(), new TestCertificates(directory.resolve("certificates"))));
  }

  @AfterAll
  static void stop() throws Exception {
    strangersStore.shutdownNow();
    store.close();
  }

  @Test
  void startsWithNothingAmiss() throws Exception {
    try (JavaProcess process = start("good", BUILT)) {
      process.awaitOutput("started in");
    }
  }

  @Test
  void endsWithASentenceThatNamesWhatToSet() throws Exception {
    // Given
    callers();
    others();
    identity();
    Path lacking = withoutRule(RULE);
    rows.add(new Row("An RPC without a rule", RULE, lacking));

    // When
    List<String> wrong = new ArrayList<>();
    StringBuilder part = new StringBuilder("\n| Configuration | Message |\n| --- | --- |\n");
    for (Row row : rows) {
      part.append("| %s | %s |\n".formatted(row.configuration(), refusal(row, wrong)));
    }

    // Then
    assertThat(wrong).isEmpty();
    BadInputPage.hold(RefusedStartIT.class, part.toString());
  }

  private void callers() throws IOException {
    row(
        "Beyond loopback without an issuer",
        "hemlock.auth.issuer",
        "hemlock.auth.issuer",
        "hemlock.auth.service.token-file");
    row(
        "Beyond loopback without a certificate",
        "hemlock.tls.certificate",
        "hemlock.tls.certificate");
    Path file =
        Files.writeString(
            directory.resolve("tls.properties"),
            Stream.of("hemlock.tls.certificate", "hemlock.tls.key")
                .map(key -> key + "=" + GOOD.get(key) + "\n")
                .collect(Collectors.joining()));
    row(
        "A certificate in a file where the server does not look for it",
        "hemlock.tls.certificate",
        "hemlock.tls.certificate",
        "hemlock.tls.key",
        "smallrye.config.locations=" + file);
  }

  private void others() {
    row(
        "A store on another machine without TLS",
        "hemlock.storage.endpoint",
        "hemlock.storage.endpoint=http://store.example.org:9000");
    row(
        "A store whose certificate nobody vouches for",
        "hemlock.tls.authorities",
        "hemlock.storage.endpoint=https://%s:%d"
            .formatted(Loopback.HOST, strangersStore.getPort()));
    row(
        "The default secret of the store beyond loopback",
        "hemlock.storage.secret-key",
        "hemlock.storage.secret-key");
    row(
        "A broker on another machine without TLS",
        "hemlock.kafka.security-protocol",
        "hemlock.kafka.bootstrap-servers=kafka.example.org:9092");
    row(
        "SASL without a user",
        "hemlock.kafka.username",
        "hemlock.kafka.security-protocol=SASL_SSL");
    row(
        "SASL without a password",
        "hemlock.kafka.password",
        "hemlock.kafka.security-protocol=SASL_SSL",
        "hemlock.kafka.username=hemlock");
    row(
        "SASL with another mechanism than Hemlock's",
        "hemlock.kafka.sasl-mechanism",
        "hemlock.kafka.security-protocol=SASL_SSL",
        "hemlock.kafka.sasl-mechanism=GSSAPI");
    row(
        "Another service on another machine without TLS",
        "quarkus.grpc.clients.dataset.host",
        "quarkus.http.host=127.0.0.1",
        "hemlock.tls.certificate",
        "quarkus.grpc.clients.dataset.host=dataset.example.org");
  }

  private void identity() {
    row(
        "An issuer without TLS",
        "hemlock.auth.issuer",
        "hemlock.auth.issuer=http://issuer.example.org");
    row(
        "Keys of the issuer without TLS",
        "hemlock.auth.keys",
        "hemlock.auth.keys=http://issuer.example.org/keys");
    row(
        "Tokens of this service without TLS",
        "hemlock.auth.service.token-url",
        "hemlock.auth.service.token-url=http://issuer.example.org/token");
    row(
        "An issuer, and nothing to show to other services",
        "hemlock.auth.service.token-file",
        "hemlock.auth.service.token-file");
    row(
        "An issuer whose keys can't be read",
        "hemlock.auth.keys",
        "hemlock.auth.keys=/nowhere/keys.json");
    row(
        "Failpoints, which tests use, beyond loopback",
        "hemlock.failpoints",
        "hemlock.failpoints=" + directory);
  }

  private void row(String configuration, String named, String... settings) {
    rows.add(new Row(configuration, named, BUILT, settings));
  }

  private static String refusal(Row row, List<String> wrong) throws Exception {
    String name = row.configuration().replaceAll("[^A-Za-z]+", "-");
    try (JavaProcess process = start(name, row.application(), row.settings())) {
      int code = process.awaitExit(LIMIT);
      Matcher refusal = REFUSAL.matcher(process.output());
      if (code == 0 || !refusal.find() || !refusal.group(1).contains(row.named())) {
        wrong.add("%s ends with %d: %s".formatted(row.configuration(), code, process.output()));
        return "";
      }
      return refusal
          .group(1)
          .replace(directory.toString(), "…")
          .replaceAll(Loopback.HOST + ":\\d+", Loopback.HOST + ":…")
          .replace("|", "\\|");
    }
  }

  private static JavaProcess start(String name, Path application, String... changes)
      throws IOException {
    Map<String, String> settings = new LinkedHashMap<>(GOOD);
    settings.put("quarkus.http.port", Integer.toString(Loopback.portOrFree(0)));
    for (String change : changes) {
      int value = change.indexOf('=');
      if (value < 0) {
        settings.remove(change);
      } else {
        settings.put(change.substring(0, value), change.substring(value + 1));
      }
    }
    return JavaProcess.jar(
        application.resolve("quarkus-run.jar"),
        settings,
        List.of(),
        directory.resolve(name + ".log"));
  }

  /** The service as it would be built with a contract that lacks one rule. */
  private static Path withoutRule(String rpc) throws IOException {
    Path copy = directory.resolve("quarkus-app");
    try (Stream<Path> files = Files.walk(BUILT)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(BUILT.relativize(file).toString()));
      }
    }
    Path contract;
    try (Stream<Path> libraries = Files.list(copy.resolve("lib/main"))) {
      contract =
          libraries
              .filter(file -> file.getFileName().toString().startsWith("dev.hemlock.hemlock-proto"))
              .findFirst()
              .orElseThrow();
    }
    try (FileSystem jar = FileSystems.newFileSystem(contract)) {
      Path table = jar.getPath("hemlock/access.properties");
      List<String> rules = Files.readAllLines(table);
      assertThat(rules).anyMatch(rule -> rule.startsWith(rpc));
      Files.write(table, rules.stream().filter(rule -> !rule.startsWith(rpc)).toList());
    }
    return copy;
  }
}
