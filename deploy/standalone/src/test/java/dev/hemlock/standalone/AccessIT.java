package dev.hemlock.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hemlock.common.grpc.RawBytes;
import dev.hemlock.common.security.AccessTable;
import dev.hemlock.common.security.Role;
import dev.hemlock.common.security.TestIssuer;
import dev.hemlock.common.security.TestIssuer.Flaw;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.ListSnapshotsRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every RPC of the contract, as every role, with every kind of token, against a whole Hemlock over
 * TLS. {@code -Dhemlock.docs=write} writes what was seen to docs/access.md.
 */
class AccessIT {
  private static final Path TABLE = SecuredHemlock.ROOT.resolve("docs/access.md");
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> TENANT =
      Metadata.Key.of("hemlock-tenant", Metadata.ASCII_STRING_MARSHALLER);

  private static final Set<String> RUN_NOTHING =
      Set.of(
          "hemlock.evaluation.v1.ExperimentService/PlanExperiment",
          "hemlock.evaluation.v1.ExperimentService/JudgeHarm");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path directory;

  private static SecuredHemlock hemlock;

  @BeforeAll
  static void start() throws Exception {
    hemlock = new SecuredHemlock(directory.resolve("hemlock"), Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    hemlock.close();
  }

  @Test
  void knowsEveryRpcOfTheContract() throws Exception {
    assertThat(AccessTable.load().rpcs())
        .filteredOn(rpc -> rpc.startsWith("hemlock."))
        .containsExactlyInAnyOrderElementsOf(contract());
  }

  @Test
  void asksForTheRedTeamWhereverAdmissionCanBeBypassed() {
    List<String> forgotten =
        SecuredHemlock.rpcs().stream()
            .filter(rpc -> canBypass(rpc.getInputType()))
            .map(rpc -> rpc.getService().getFullName() + "/" + rpc.getName())
            .filter(
                rpc -> {
                  AccessTable.Rule rule = AccessTable.load().rule(rpc).orElseThrow();
                  return !rule.fields().containsKey("spec.red_team") && !RUN_NOTHING.contains(rpc);
                })
            .toList();

    assertThat(forgotten).isEmpty();
  }

  private static boolean canBypass(Descriptor request) {
    FieldDescriptor spec = request.findFieldByName("spec");
    return spec != null && spec.getMessageType().findFieldByName("red_team") != null;
  }

  @Test
  void letsNobodyInWithoutAGoodToken() {
    Map<String, String> bad = new LinkedHashMap<>();
    for (Role role : Role.values()) {
      for (Flaw flaw : TestIssuer.flaws()) {
        bad.put(
            "as %s with a token %s".formatted(role.id(), flaw),
            hemlock.issuer().token(flaw, "eve", "acme", role));
      }
    }
    List<String> holes = new ArrayList<>();
    for (String rpc : AccessTable.load().rpcs()) {
      boolean open = AccessTable.load().rule(rpc).orElseThrow().anybody();
      if (!open && call(rpc, null) != Status.Code.UNAUTHENTICATED) {
        holes.add(rpc + " without a token");
      }
      bad.forEach(
          (how, token) -> {
            Status.Code code = call(rpc, token);
            if (open ? refused(code) : code != Status.Code.UNAUTHENTICATED) {
              holes.add("%s %s: %s".formatted(rpc, how, code));
            }
          });
    }

    assertThat(holes).isEmpty();
  }

  @Test
  void letsEachRoleDoWhatTheTableSaysAndNothingElse() throws IOException {
    StringBuilder seen = new StringBuilder();
    for (String rpc : AccessTable.load().rpcs()) {
      seen.append("| `").append(rpc).append("` |");
      for (Role role : Role.values()) {
        Status.Code code = call(rpc, hemlock.issuer().token("alice", "acme", role));
        assertThat(code).as("%s as %s", rpc, role.id()).isNotEqualTo(Status.Code.UNAUTHENTICATED);
        seen.append(refused(code) ? "   |" : " ✓ |");
      }
      assertThat(call(rpc, hemlock.issuer().token("nobody", "acme")))
          .as("%s without a role", rpc)
          .isIn(expectedWithoutRole(rpc));
      seen.append('\n');
    }

    String document = Files.exists(TABLE) ? Files.readString(TABLE) : "";
    String generated = page(seen.toString());
    if ("write".equals(System.getProperty("hemlock.docs"))) {
      Files.writeString(TABLE, generated);
    } else {
      assertThat(document)
          .as("docs/access.md; -Dhemlock.docs=write writes it")
          .isEqualTo(generated);
    }
  }

  private static Set<Status.Code> expectedWithoutRole(String rpc) {
    return AccessTable.load().rule(rpc).orElseThrow().anybody()
        ? Set.of(Status.Code.OK, Status.Code.NOT_FOUND, Status.Code.DEADLINE_EXCEEDED)
        : Set.of(Status.Code.PERMISSION_DENIED);
  }

  @Test
  void answersNothingButTls13() throws Exception {
    assertThat(handshake("TLSv1.3")).isEqualTo("TLSv1.3");
    assertThatThrownBy(() -> handshake("TLSv1.2")).isInstanceOf(SSLHandshakeException.class);
    ManagedChannel plain = hemlock.channel(InsecureChannelCredentials.create());
    try {
      assertThatThrownBy(
              () ->
                  SecuredHemlock.with(
                          hemlock.issuer().token("alice", "acme", Role.VIEWER),
                          DatasetServiceGrpc.newBlockingStub(plain))
                      .withDeadlineAfter(20, TimeUnit.SECONDS)
                      .listSnapshots(ListSnapshotsRequest.getDefaultInstance()))
          .satisfies(
              failure ->
                  assertThat(Status.fromThrowable(failure).getCode())
                      .isEqualTo(Status.Code.UNAVAILABLE));
    } finally {
      plain.shutdownNow();
    }
  }

  private static String handshake(String protocol) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(hemlock.authority())) {
      store.setCertificateEntry(
          "ca", java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    String[] address = hemlock.address().split(":", 2);
    try (SSLSocket socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(address[0], Integer.parseInt(address[1]))) {
      socket.setEnabledProtocols(new String[] {protocol});
      socket.startHandshake();
      return socket.getSession().getProtocol();
    }
  }

  private static boolean refused(Status.Code code) {
    return code == Status.Code.PERMISSION_DENIED || code == Status.Code.UNAUTHENTICATED;
  }

  /** Sends an empty request, and waits for the status. */
  private static Status.Code call(String rpc, String token) {
    MethodDescriptor<byte[], byte[]> method =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setFullMethodName(rpc)
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setRequestMarshaller(new RawBytes())
            .setResponseMarshaller(new RawBytes())
            .build();
    ClientCall<byte[], byte[]> call =
        hemlock
            .channel()
            .newCall(method, CallOptions.DEFAULT.withDeadlineAfter(10, TimeUnit.SECONDS));
    Metadata headers = new Metadata();
    if (token != null) {
      headers.put(AUTHORIZATION, "Bearer " + token);
    }
    headers.put(TENANT, "acme");
    CompletableFuture<Status.Code> code = new CompletableFuture<>();
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(byte[] message) {
            // It got in; streams that go on need not be waited for.
            code.complete(Status.Code.OK);
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            code.complete(status.getCode());
          }
        },
        headers);
    call.request(1);
    call.sendMessage(new byte[0]);
    call.halfClose();
    Status.Code seen = code.join();
    call.cancel("seen", null);
    return seen;
  }

  private static Set<String> contract() throws IOException {
    FileDescriptorSet image =
        FileDescriptorSet.parseFrom(
            Files.readAllBytes(SecuredHemlock.ROOT.resolve("proto/hemlock.binpb")));
    Set<String> rpcs = new TreeSet<>();
    for (FileDescriptorProto file : image.getFileList()) {
      if (file.getPackage().startsWith("hemlock.")) {
        file.getServiceList()
            .forEach(
                service ->
                    service
                        .getMethodList()
                        .forEach(
                            method ->
                                rpcs.add(
                                    file.getPackage()
                                        + "."
                                        + service.getName()
                                        + "/"
                                        + method.getName())));
      }
    }
    return rpcs;
  }

  private static String page(String rows) {
    return """
    # Who may call what

    Made by `AccessIT`, which calls every RPC of the contract over TLS as every role; ✓: let in. The rules are `proto/src/main/resources/hemlock/access.properties`. Without a token, and with one that has expired, is for another audience, of another issuer, unsigned (`alg=none`), signed with another key or with a shared secret, every RPC but health checks answers `UNAUTHENTICATED`, whatever the role. [security.md](security.md) says what the roles are for.

    Some fields need a role more: `CreateTrainingRun` with `spec.red_team` needs `red-team` (or `service`), and so do `CreateExperiment`, `CreateDetection` and `CreateCertification` with `spec.red_team` and `CreateDetection` with `spec.oracle`.

    | RPC | viewer | runner | red-team | steward | admin | service |
    |---|---|---|---|---|---|---|
    %s\
    """
        .formatted(rows);
  }
}
