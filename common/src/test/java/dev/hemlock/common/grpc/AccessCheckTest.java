package dev.hemlock.common.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.security.Access;
import dev.hemlock.common.tls.TlsConfig;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AccessCheckTest {
  private static final TlsConfig CERTIFIED =
      Access.tls(Map.of("hemlock.tls.certificate", "tls.crt", "hemlock.tls.key", "tls.key"));

  @Test
  void refusesACertificateThatTheServerWouldNotShow() {
    assertThatThrownBy(() -> AccessCheck.requireEncryption(CERTIFIED, Optional.of("enabled")))
        .hasMessageContaining("nothing would be encrypted")
        .hasMessageContaining("config/application.properties");
  }

  @Test
  void takesAServerThatAnswersNothingElseOrHasNoCertificate() {
    assertThatCode(() -> AccessCheck.requireEncryption(CERTIFIED, Optional.of("disabled")))
        .doesNotThrowAnyException();
    assertThatCode(
            () -> AccessCheck.requireEncryption(Access.tls(Map.of()), Optional.of("enabled")))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dataset", "poison", "training", "evaluation"})
  void refusesToCallAnotherMachineWithoutACertificate(String peer) {
    String key = "quarkus.grpc.clients." + peer + ".host";
    Map<String, String> settings = Map.of(key, peer + ".example.org");

    assertThatThrownBy(() -> peers(Map.of(), settings))
        .isInstanceOfSatisfying(
            HemlockException.class,
            refusal -> assertThat(refusal.reason()).isEqualTo(Reason.FAILED_PRECONDITION))
        .hasMessageStartingWith(
            key + " is " + peer + ".example.org, and nothing would be encrypted")
        .hasMessageContaining("set hemlock.tls.certificate and hemlock.tls.key");
  }

  @Test
  void callsThisMachineOrWithACertificateOrThroughAMesh() {
    Map<String, String> near = Map.of("quarkus.grpc.clients.dataset.host", "localhost");
    Map<String, String> far = Map.of("quarkus.grpc.clients.dataset.host", "dataset.example.org");

    assertThatCode(() -> peers(Map.of(), near)).doesNotThrowAnyException();
    assertThatCode(
            () -> AccessCheck.requireEncryptedPeers(CERTIFIED, key -> Optional.of("example.org")))
        .doesNotThrowAnyException();
    assertThatCode(() -> peers(Map.of("hemlock.tls.plaintext", "allowed"), far))
        .doesNotThrowAnyException();
  }

  private static void peers(Map<String, String> tls, Map<String, String> settings) {
    AccessCheck.requireEncryptedPeers(
        Access.tls(tls), key -> Optional.ofNullable(settings.get(key)));
  }

  @Test
  void refusesAnRpcWithoutARule() {
    BindableService known = new DatasetServiceGrpc.DatasetServiceImplBase() {};

    assertThatCode(() -> AccessCheck.requireRules(List.of(known))).doesNotThrowAnyException();
    assertThatThrownBy(
            () -> AccessCheck.requireRules(List.of(known, offering("DropEverything", "Ask"))))
        .isInstanceOf(HemlockException.class)
        .hasMessage(
            "hemlock/access.properties says for no role that it may call"
                + " [hemlock.odd.v1.OddService/Ask, hemlock.odd.v1.OddService/DropEverything]");
  }

  private static BindableService offering(String... methods) {
    ServerServiceDefinition.Builder service =
        ServerServiceDefinition.builder("hemlock.odd.v1.OddService");
    for (String method : methods) {
      service.addMethod(
          MethodDescriptor.newBuilder(new RawBytes(), new RawBytes())
              .setType(MethodDescriptor.MethodType.UNARY)
              .setFullMethodName("hemlock.odd.v1.OddService/" + method)
              .build(),
          (call, headers) -> new ServerCall.Listener<>() {});
    }
    return service::build;
  }
}
