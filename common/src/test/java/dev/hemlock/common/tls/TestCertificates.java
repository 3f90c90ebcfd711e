package dev.hemlock.common.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A certificate authority of a test, and certificates for loopback that it has signed; by keytool. */
public final class TestCertificates {
  private static final String PASSWORD = "password";
  private static final Base64.Encoder PEM =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private final Path directory;

  /** Makes the authority. */
  public TestCertificates(Path directory) throws Exception {
    this.directory = Files.createDirectories(directory);
    keytool("ca", "-genkeypair", "-keyalg", "EC", "-dname", "CN=Test authority", "-ext", "bc:c");
    keytool("ca", "-exportcert", "-rfc", "-file", authority().toString());
  }

  /** A certificate with its chain, and its key, as PEM files. */
  public record Identity(Path certificate, Path key) {}

  /** The authority's certificate. */
  public Path authority() {
    return directory.resolve("ca.pem");
  }

  /** An identity for servers and clients on loopback. */
  public Identity issue(String name) throws Exception {
    Path request = directory.resolve(name + ".csr");
    Path signed = directory.resolve(name + ".crt");
    keytool(name, "-genkeypair", "-keyalg", "EC", "-dname", "CN=" + name);
    keytool(name, "-certreq", "-file", request.toString());
    keytool(
        "ca",
        "-gencert",
        "-rfc",
        "-infile",
        request.toString(),
        "-outfile",
        signed.toString(),
        "-ext",
        "san=dns:localhost,ip:127.0.0.1");
    Path certificate = directory.resolve(name + ".pem");
    Files.writeString(certificate, Files.readString(signed) + Files.readString(authority()));
    return new Identity(certificate, key(name));
  }

  private Path key(String name) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(store(name).toFile(), PASSWORD.toCharArray());
    byte[] key = store.getKey(name, PASSWORD.toCharArray()).getEncoded();
    return Files.writeString(
        directory.resolve(name + ".key"),
        "-----BEGIN PRIVATE KEY-----\n"
            + PEM.encodeToString(key)
            + "\n-----END PRIVATE KEY-----\n");
  }

  private Path store(String name) {
    return directory.resolve(name + ".p12");
  }

  private void keytool(String alias, String command, String... options) throws Exception {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    words.addAll(List.of(command, "-alias", alias, "-keystore", store(alias).toString()));
    words.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    words.addAll(List.of(options));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(output);
    }
  }
}
