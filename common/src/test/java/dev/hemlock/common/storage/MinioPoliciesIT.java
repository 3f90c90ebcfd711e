package dev.hemlock.common.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.tls.TestCertificates;
import dev.hemlock.common.tls.Trust;
import io.minio.credentials.AssumeRoleProvider;
import io.minio.credentials.Provider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The policies of deploy/policies/s3 on a real MinIO over TLS, whose authority is a test's own. */
class MinioPoliciesIT {
  private static final Path POLICIES = Path.of("../deploy/policies/s3");
  private static final byte[] BYTES = "bytes".getBytes(UTF_8);

  @TempDir static Path directory;
  private static MinioServer server;
  private static Trust trust;
  private static ObjectStore root;

  @BeforeAll
  static void start() throws Exception {
    Optional<Path> program = MinioServer.program();
    assumeTrue(program.isPresent(), "needs MinIO: deploy/tools/install minio");
    Path certificates = directory.resolve("certificates");
    TestCertificates authority = new TestCertificates(certificates);
    TestCertificates.Identity identity = authority.issue("minio");
    Files.copy(identity.certificate(), certificates.resolve("public.crt"));
    Files.copy(identity.key(), certificates.resolve("private.key"));
    trust = Trust.of(Optional.of(authority.authority()));
    server =
        MinioServer.start(
            program.get(),
            Files.createDirectories(directory.resolve("data")),
            Optional.of(certificates));
    root =
        StorageStart.connect(
            Stores.config(
                server.endpoint(), MinioServer.ACCESS_KEY, MinioServer.SECRET_KEY, "hemlock"),
            trust,
            Duration.ofSeconds(30));
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  /** The store as the user of a service sees it: with temporary credentials cut to its policy. */
  private static ObjectStore as(String service) throws Exception {
    OkHttpClient http = HttpClients.forStore(trust, Duration.ofSeconds(30));
    Provider credentials =
        new AssumeRoleProvider(
            server.endpoint().toString(),
            MinioServer.ACCESS_KEY,
            MinioServer.SECRET_KEY,
            3600,
            Files.readString(POLICIES.resolve(service + ".json")),
            "us-east-1",
            null,
            null,
            null,
            http);
    return new MinioObjectStore(
        server.endpoint(), "us-east-1", credentials, "hemlock", trust, Duration.ofSeconds(30));
  }

  @Test
  void refusesAStoreOfAnotherAuthority() throws Exception {
    assertThatThrownBy(
            () ->
                StorageStart.connect(
                    Stores.config(
                        server.endpoint(),
                        MinioServer.ACCESS_KEY,
                        MinioServer.SECRET_KEY,
                        "hemlock"),
                    Trust.of(Optional.empty()),
                    Duration.ofSeconds(30)))
        .hasMessageContaining("set hemlock.tls.authorities");
  }

  @ParameterizedTest
  @CsvSource({"dataset", "poison", "trainer", "evaluator", "collector"})
  void letsEveryServiceStart(String service) throws Exception {
    ObjectStore store = as(service);

    assertThatCode(() -> ConditionalWriteProbe.run(store, "MinIO")).doesNotThrowAnyException();
    assertThat(store.exists("ready")).isFalse();
    assertThat(store.folders("", "", 10).items()).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "dataset,blobs/sha256/aa/1",
    "dataset,snapshots/1",
    "dataset,provenance/1",
    "dataset,approvals/1/2",
    "poison,flips/1",
    "poison,runs/poisonings/1/spec",
    "poison,requests/poisonings/1",
    "trainer,blobs/sha256/aa/2",
    "trainer,runs/trainingRuns/1/stages/train/result",
    "evaluator,runs/experiments/1/spec",
    "evaluator,runs/detections/1/spec",
    "evaluator,interest/trainingRuns/1/2"
  })
  void letsAServiceWriteItsOwn(String service, String key) throws Exception {
    ObjectStore store = as(service);

    assertThat(store.create("acme/" + key, BYTES)).isTrue();
    assertThat(store.read("acme/" + key)).contains(BYTES);
  }

  @ParameterizedTest
  @CsvSource({
    "dataset,flips/9",
    "dataset,runs/trainingRuns/9/spec",
    "poison,snapshots/9",
    "poison,runs/trainingRuns/9/stages/train/result",
    "trainer,snapshots/9",
    "trainer,flips/9",
    "trainer,runs/poisonings/9/spec",
    "evaluator,flips/9",
    "evaluator,snapshots/9",
    "evaluator,runs/trainingRuns/9/stages/train/result",
    "collector,flips/9",
    "collector,runs/experiments/9/spec"
  })
  void refusesAServiceWhatIsNotItsOwn(String service, String key) throws Exception {
    ObjectStore store = as(service);

    assertThatThrownBy(() -> store.create("acme/" + key, BYTES))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("hemlock.storage.access-key");
    assertThat(root.exists("acme/" + key)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"dataset", "trainer", "evaluator"})
  void readsFlipsToNobodyButThePoisonService(String service) throws Exception {
    root.overwrite("acme/flips/secret", BYTES);

    assertThatThrownBy(() -> as(service).read("acme/flips/secret"))
        .isInstanceOf(HemlockException.class);
    assertThat(as("poison").read("acme/flips/secret")).contains(BYTES);
  }

  @ParameterizedTest
  @CsvSource({"dataset", "poison", "trainer", "evaluator"})
  void deletesNoBlobButForTheCollector(String service) throws Exception {
    root.overwrite("acme/blobs/sha256/bb/" + service, BYTES);

    assertThatThrownBy(() -> as(service).delete("acme/blobs/sha256/bb/" + service))
        .isInstanceOf(HemlockException.class);
    as("collector").delete("acme/blobs/sha256/bb/" + service);

    assertThat(root.exists("acme/blobs/sha256/bb/" + service)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "poison,pending/poison/1/00000001",
    "trainer,pending/train/1/00000001",
    "trainer,runs/trainingRuns/1/stages/train/checkpoints/00000001/00000002/weights",
    "evaluator,runs/experiments/1/stages/experiment/checkpoints/00000001/00000002/manifest",
    "evaluator,interest/trainingRuns/1/2",
    "evaluator,workers/detect/somebody"
  })
  void letsAServiceForgetWhatIsAdvisory(String service, String key) throws Exception {
    ObjectStore store = as(service);
    store.overwrite("acme/" + key, BYTES);

    store.delete("acme/" + key);

    assertThat(store.exists("acme/" + key)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "trainer,runs/trainingRuns/5/spec",
    "poison,flips/5",
    "evaluator,runs/experiments/5/stages/experiment/result"
  })
  void letsNoServiceDeleteWhatDecides(String service, String key) throws Exception {
    ObjectStore store = as(service);
    store.create("acme/" + key, BYTES);

    assertThatThrownBy(() -> store.delete("acme/" + key)).isInstanceOf(HemlockException.class);
    assertThat(root.exists("acme/" + key)).isTrue();
  }
}
