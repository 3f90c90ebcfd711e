package dev.hemlock.dataset.admission;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.hemlock.common.error.HemlockException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionFormatsTest {
  @TempDir Path folder;

  @Test
  void hashesTreesAsRfc9162Says() throws IOException {
    try (Reader reader =
        new InputStreamReader(
            Objects.requireNonNull(getClass().getResourceAsStream("merkle.json")), UTF_8)) {
      for (JsonElement each : JsonParser.parseReader(reader).getAsJsonArray()) {
        List<byte[]> leaves = new ArrayList<>();
        each.getAsJsonObject()
            .getAsJsonArray("leaves")
            .forEach(leaf -> leaves.add(leaf.getAsString().getBytes(UTF_8)));
        assertThat(MerkleTree.root(leaves).hex())
            .isEqualTo(each.getAsJsonObject().get("root").getAsString());
      }
    }
  }

  @Test
  void signsTypeAndPayloadAsDsseSays() {
    Envelope envelope = new Envelope("hello world".getBytes(UTF_8), List.of(new byte[64]));

    assertThat(new String(envelope.signedBytes(), UTF_8))
        .isEqualTo("DSSEv1 28 application/vnd.in-toto+json 11 hello world");
  }

  @Test
  void readsBothKindsOfBase64() {
    byte[] payload = {(byte) 0xfb, (byte) 0xff, 0};
    String url = Base64.getUrlEncoder().encodeToString(payload);

    assertThat(Envelope.parse(envelope(url)).payload()).isEqualTo(payload);
    assertThat(Envelope.parse(envelope(Base64.getEncoder().encodeToString(payload))).payload())
        .isEqualTo(payload);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{}",
        "null",
        "{\"payloadType\":\"text/plain\",\"payload\":\"\",\"signatures\":[]}",
        "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"\",\"signatures\":[]}",
        "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"*\",\"signatures\":[{\"sig\":\"\"}]}",
        "{\"payloadType\":\"application/vnd.in-toto+json\",\"signatures\":[{}]}",
        "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"\",\"signatures\":{\"sig\":\"\"}}",
        "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"\",\"signatures\":\"AAAA\"}",
        "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"\",\"signatures\":[\"AAAA\"]}",
        "{\"payloadType\":[],\"payload\":\"\",\"signatures\":[{\"sig\":\"\"}]}",
        "rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcA"
      })
  void refusesWhatIsNoEnvelope(String json) {
    assertThatThrownBy(() -> Envelope.parse(json))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("no DSSE envelope of an approval");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{\"subject\":[]}",
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"x\",\"subject\":[{\"digest\":{\"sha256\":\"0\"}}],\"predicate\":{}}"
      })
  void refusesWhatIsNoApproval(String json) {
    assertThatThrownBy(() -> Statement.parse(json.getBytes(UTF_8)))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("no in-toto statement of an approval");
  }

  @Test
  void refusesNestingWithoutEnd() {
    assertThatThrownBy(() -> Envelope.parse("[".repeat(1_000_000)))
        .hasMessageContaining("no DSSE envelope of an approval");
    assertThatThrownBy(() -> Statement.parse("{\"a\":".repeat(200_000).getBytes(UTF_8)))
        .hasMessageContaining("no in-toto statement of an approval");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 63, 64, 65, 128, 100_000})
  void takesNoBytesForASignature(int length) throws Exception {
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getEncoder()
                .encodeToString(
                    KeyPairGenerator.getInstance("Ed25519")
                        .generateKeyPair()
                        .getPublic()
                        .getEncoded())
            + "\n-----END PUBLIC KEY-----\n";
    AuthorisedKeys keys = AuthorisedKeys.read(Files.writeString(folder.resolve("key.pem"), pem));
    byte[] ones = new byte[length];
    Arrays.fill(ones, (byte) 0xff);

    assertThat(keys.signers(new Envelope(new byte[3], List.of(new byte[length], ones)))).isEmpty();
  }

  @Test
  void refusesFilesWithoutPublicKeys() throws IOException {
    Path file = Files.writeString(folder.resolve("keys.pem"), "-----BEGIN PRIVATE KEY-----");
    Path rsa =
        Files.writeString(
            folder.resolve("rsa.pem"),
            "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAL==\n-----END PUBLIC KEY-----\n");

    assertThatThrownBy(() -> AuthorisedKeys.read(file))
        .hasMessageContaining("must hold Ed25519 public keys as PEM");
    assertThatThrownBy(() -> AuthorisedKeys.read(rsa))
        .hasMessageContaining("must hold Ed25519 public keys as PEM");
    assertThatThrownBy(() -> AuthorisedKeys.read(folder.resolve("none.pem")))
        .hasMessageContaining("none.pem must hold Ed25519 public keys as PEM");
  }

  private static String envelope(String payload) {
    return "{\"payloadType\":\"application/vnd.in-toto+json\",\"payload\":\"%s\",\"signatures\":[{\"sig\":\"AAAA\"}]}"
        .formatted(payload);
  }
}
