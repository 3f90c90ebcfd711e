package dev.hemlock.common.tls;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;

/** Certificates of this process, in PEM files. */
@ConfigMapping(prefix = "hemlock.tls")
public interface TlsConfig {
  /** The certificate of this process and what leads to its authority. */
  Optional<Path> certificate();

  /** Its private key, PKCS #8. */
  Optional<Path> key();

  /** The authorities that this process trusts, instead of Java's. */
  Optional<Path> authorities();

  /** Whether clients must show a certificate of one of the authorities. */
  @WithDefault("optional")
  ClientCertificates clientCertificates();

  /** Whether this process may talk without TLS to other machines, since something else encrypts. */
  @WithDefault("refused")
  Plaintext plaintext();

  /** What becomes of unencrypted connections beyond loopback. */
  enum Plaintext {
    /** The process does not start. */
    REFUSED,
    /** A service mesh or a tunnel encrypts. */
    ALLOWED
  }

  /** What clients must show. */
  enum ClientCertificates {
    /** One that is shown must be good. */
    OPTIONAL,
    /** Every RPC needs a good one. */
    REQUIRED
  }
}
