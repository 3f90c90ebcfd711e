package dev.hemlock.standalone;

import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.hemlock.common.security.Role;
import dev.hemlock.common.security.TestIssuer;
import dev.hemlock.common.tls.TestCertificates;
import dev.hemlock.embedded.Loopback;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.evaluation.v1.CertificationServiceGrpc;
import dev.hemlock.proto.evaluation.v1.DetectionServiceGrpc;
import dev.hemlock.proto.evaluation.v1.EvaluationServiceGrpc;
import dev.hemlock.proto.evaluation.v1.ExperimentServiceGrpc;
import dev.hemlock.proto.poison.v1.PoisonServiceGrpc;
import dev.hemlock.proto.training.v1.TrainingServiceGrpc;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The embedded default in a process of its own that wants tokens and talks TLS. */
final class SecuredHemlock implements AutoCloseable {
  static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

  private final Path directory;
  private final TestIssuer issuer = new TestIssuer();
  private final TestCertificates certificates;
  private final TestCertificates.Identity client;
  private final int port = Loopback.portOrFree(0);
  private final JavaProcess process;
  private final ManagedChannel channel;

  SecuredHemlock(Path directory, Map<String, String> more) throws Exception {
    this.directory = Files.createDirectories(directory);
    certificates = new TestCertificates(directory.resolve("certificates"));
    client = certificates.issue("client");
    Map<String, String> settings = identity(directory, issuer, certificates);
    settings.putAll(more);
    process =
        JavaProcess.jar(
                ROOT.resolve("deploy/standalone/target/quarkus-app/quarkus-run.jar"),
                settings,
                List.of("--data-dir", data().toString(), "--grpc-port", Integer.toString(port)),
                directory.resolve("hemlock.log"))
            .awaitOutput("READY grpc=");
    channel = channel(tls().build());
  }

  /** What a process is told that wants tokens and talks TLS; the files for it go into a directory. */
  static Map<String, String> identity(
      Path directory, TestIssuer issuer, TestCertificates certificates) throws Exception {
    TestCertificates.Identity server = certificates.issue("server");
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("hemlock.auth.issuer", TestIssuer.ISSUER);
    settings.put("hemlock.auth.keys", issuer.saveKeys(directory.resolve("keys.json")).toString());
    settings.put(
        "hemlock.auth.service.token-file",
        issuer.save(directory.resolve("service.token"), "hemlock", "", Role.SERVICE).toString());
    settings.put("hemlock.tls.certificate", server.certificate().toString());
    settings.put("hemlock.tls.key", server.key().toString());
    settings.put("hemlock.tls.authorities", certificates.authority().toString());
    return settings;
  }

  Path data() {
    return directory.resolve("data");
  }

  String log() {
    return process.output();
  }

  TestIssuer issuer() {
    return issuer;
  }

  TestCertificates.Identity client() {
    return client;
  }

  Path authority() {
    return certificates.authority();
  }

  String address() {
    return Loopback.HOST + ":" + port;
  }

  TlsChannelCredentials.Builder tls() throws Exception {
    return TlsChannelCredentials.newBuilder().trustManager(authority().toFile());
  }

  /** One connection; the caller closes it. */
  ManagedChannel channel(ChannelCredentials credentials) {
    return Grpc.newChannelBuilder(address(), credentials).build();
  }

  /** A connection without a client certificate. */
  Channel channel() {
    return channel;
  }

  /** A stub whose calls carry a token. */
  static <S extends AbstractStub<S>> S with(String token, S stub) {
    Metadata headers = new Metadata();
    headers.put(AUTHORIZATION, "Bearer " + token);
    return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  /** Every RPC of the contract that names something. */
  static List<MethodDescriptor> rpcs() {
    return Stream.of(
            DatasetServiceGrpc.getServiceDescriptor(),
            PoisonServiceGrpc.getServiceDescriptor(),
            TrainingServiceGrpc.getServiceDescriptor(),
            EvaluationServiceGrpc.getServiceDescriptor(),
            DetectionServiceGrpc.getServiceDescriptor(),
            CertificationServiceGrpc.getServiceDescriptor(),
            ExperimentServiceGrpc.getServiceDescriptor())
        .map(service -> (ProtoFileDescriptorSupplier) service.getSchemaDescriptor())
        .flatMap(file -> file.getFileDescriptor().getServices().stream())
        .flatMap(service -> service.getMethods().stream())
        .toList();
  }

  /** Runs the command line as a caller. */
  JavaProcess cli(String name, Path token, List<String> arguments) throws Exception {
    List<String> words = new java.util.ArrayList<>(arguments);
    words.addAll(
        List.of(
            "--address",
            address(),
            "--token-file",
            token.toString(),
            "--authorities",
            authority().toString(),
            "--client-certificate",
            client.certificate().toString(),
            "--client-key",
            client.key().toString()));
    return JavaProcess.jar(
        ROOT.resolve("deploy/cli/target/hemlock-cli.jar"),
        Map.of(),
        words,
        directory.resolve(name + ".log"));
  }

  @Override
  public void close() throws Exception {
    channel.shutdownNow();
    process.close();
  }
}
