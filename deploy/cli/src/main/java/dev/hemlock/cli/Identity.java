package dev.hemlock.cli;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who calls, and over what kind of connection.
 *
 * @param token holds a bearer token; read at each call, so that whoever renews it replaces the file
 * @param tls whether connections are encrypted
 * @param authorities whose certificates servers may have; empty: Java's
 * @param certificate the client's own; with {@code key}
 */
record Identity(
    Optional<Path> token,
    boolean tls,
    Optional<Path> authorities,
    Optional<Path> certificate,
    Optional<Path> key) {
  static final Identity NONE =
      new Identity(Optional.empty(), false, Optional.empty(), Optional.empty(), Optional.empty());

  private static final Metadata.Key<String> AUTHORIZATION =
      Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> TRACEPARENT =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

  /** The trace that whoever starts this command has it belong to. */
  private static final Optional<String> TRACE =
      Optional.ofNullable(System.getenv("TRACEPARENT"))
          .filter(text -> text.matches("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"));

  Identity {
    if (certificate.isPresent() != key.isPresent()) {
      throw new CliException("Give --client-certificate and --client-key together.");
    }
  }

  ChannelCredentials credentials() {
    if (!tls) {
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
    try {
      if (authorities.isPresent()) {
        builder.trustManager(authorities.get().toFile());
      }
      if (certificate.isPresent()) {
        builder.keyManager(certificate.get().toFile(), key.orElseThrow().toFile());
      }
    } catch (IOException e) {
      throw new CliException("Could not read the certificates: " + e.getMessage(), e);
    }
    return builder.build();
  }

  /** Refuses to send a token to another machine where others could read it. */
  void requireSafe(String address) {
    if (token.isPresent() && !tls && !HostPort.isLoopback(address)) {
      throw new CliException(
          "A token is not sent to %s without TLS; add --tls, or --authorities for authorities of your own."
              .formatted(address));
    }
  }

  ClientInterceptor interceptor() {
    return new ClientInterceptor() {
      @Override
      public <Q, P> ClientCall<Q, P> interceptCall(
          MethodDescriptor<Q, P> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
          @Override
          public void start(Listener<P> answers, Metadata headers) {
            token.ifPresent(file -> headers.put(AUTHORIZATION, "Bearer " + read(file)));
            TRACE.ifPresent(trace -> headers.put(TRACEPARENT, trace));
            super.start(answers, headers);
          }
        };
      }
    };
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).trim();
    } catch (IOException e) {
      throw new CliException("Could not read the token from " + file + ": " + e.getMessage(), e);
    }
  }
}
