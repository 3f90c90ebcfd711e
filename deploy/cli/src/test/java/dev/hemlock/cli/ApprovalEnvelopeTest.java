package dev.hemlock.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.util.JsonFormat;
import dev.hemlock.proto.dataset.v1.ClassChange;
import dev.hemlock.proto.dataset.v1.LabelReceipt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApprovalEnvelopeTest {
  private static final String HEX = "0".repeat(63) + "1";

  @TempDir Path folder;

  @Test
  void signsWhatTheReceiptSays() throws Exception {
    // Given
    KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Path file = key(Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded()));
    LabelReceipt receipt =
        LabelReceipt.newBuilder()
            .setSnapshot("snapshots/sha256:" + HEX)
            .setChangeCount(3)
            .addChanges(ClassChange.newBuilder().setFromClass("cat").setToClass("dog").setCount(3))
            .build();

    // When
    JsonObject envelope =
        JsonParser.parseString(ApprovalEnvelope.sign(receipt, SigningKey.read(file)))
            .getAsJsonObject();

    // Then
    byte[] payload = Base64.getDecoder().decode(envelope.get("payload").getAsString());
    Signature signature = Signature.getInstance("Ed25519");
    signature.initVerify(pair.getPublic());
    signature.update(
        ("DSSEv1 28 application/vnd.in-toto+json " + payload.length + " ").getBytes(UTF_8));
    signature.update(payload);
    assertThat(
            signature.verify(
                Base64.getDecoder()
                    .decode(
                        envelope
                            .getAsJsonArray("signatures")
                            .get(0)
                            .getAsJsonObject()
                            .get("sig")
                            .getAsString())))
        .isTrue();
    JsonObject statement = JsonParser.parseString(new String(payload, UTF_8)).getAsJsonObject();
    assertThat(statement.get("_type").getAsString()).isEqualTo("https://in-toto.io/Statement/v1");
    assertThat(statement.getAsJsonArray("subject").get(0).toString())
        .isEqualTo(
            "{\"name\":\"snapshots/sha256:%s\",\"digest\":{\"sha256\":\"%s\"}}"
                .formatted(HEX, HEX));
    LabelReceipt.Builder predicate = LabelReceipt.newBuilder();
    JsonFormat.parser().merge(statement.get("predicate").toString(), predicate);
    assertThat(predicate.build()).isEqualTo(receipt);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "c2VjcmV0", "MC4CAQAwBQYDK2VwBCIEIA=="})
  void refusesWhatIsNoKeyWithoutShowingIt(String content) throws Exception {
    Path file = key(content);

    assertThatThrownBy(() -> SigningKey.read(file))
        .hasMessageContaining("holds no Ed25519 private key")
        .hasNoCause()
        .extracting(Throwable::getMessage)
        .satisfies(
            message ->
                assertThat(content.isEmpty() || !message.toString().contains(content)).isTrue());
  }

  private Path key(String content) throws Exception {
    return Files.writeString(
        folder.resolve("key.pem"),
        "-----BEGIN PRIVATE KEY-----\n" + content + "\n-----END PRIVATE KEY-----\n");
  }
}
