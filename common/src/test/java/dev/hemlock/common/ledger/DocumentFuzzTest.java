package dev.hemlock.common.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.Struct;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.fuzz.Mutants;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.Digest;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * What the store holds of a run and of a snapshot's labels. The first byte of an input says as what
 * the rest is read.
 */
class DocumentFuzzTest {
  private static final Set<Reason> REFUSALS = Set.of(Reason.INVALID_ARGUMENT, Reason.DATA_LOSS);

  @Test
  void holdsForDamagedInputs() {
    Mutants.run(DocumentFuzzTest.class, 1000, this::holds);
  }

  /** A document is refused, or read again from what it is written as. */
  @FuzzTest
  void holds(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] rest = Arrays.copyOfRange(input, 1, input.length);
    try {
      switch (input[0]) {
        case 'c' -> same(rest, Claim::parse, Claim::toJson);
        case 'a' -> same(rest, Attempt::parse, Attempt::toJson);
        case 't' -> same(rest, Terminal::parse, Terminal::toJson);
        case 'h' -> heartbeat(rest);
        case 'l' -> assertThat(LabelBlob.encode(LabelBlob.decode(rest))).isEqualTo(rest);
        case 's' -> assertThat(SelectionBlob.encode(SelectionBlob.decode(rest))).isEqualTo(rest);
        case 'd' ->
            assertThat(Digest.parse(new String(rest, UTF_8)).toString().getBytes(UTF_8))
                .isEqualTo(rest);
        default -> canonical(rest);
      }
    } catch (HemlockException e) {
      if (!REFUSALS.contains(e.reason())) {
        throw e;
      }
    }
  }

  private static <T> void same(byte[] bytes, Function<byte[], T> read, Function<T, byte[]> write) {
    T document = read.apply(bytes);
    assertThat(read.apply(write.apply(document))).isEqualTo(document);
  }

  private static void heartbeat(byte[] bytes) {
    Heartbeat heartbeat = Heartbeat.parse(bytes);
    Heartbeat again = Heartbeat.parse(heartbeat.toBytes());
    assertThat(again.counter()).isEqualTo(heartbeat.counter());
    assertThat(again.share()).isEqualTo(heartbeat.share());
    assertThat(again.document().orElse(null)).isEqualTo(heartbeat.document().orElse(null));
  }

  private static void canonical(byte[] json) {
    Struct document = ProtoJson.parse(json, Struct.newBuilder()).build();
    byte[] canonical = CanonicalJson.of(document);
    Struct again = ProtoJson.parse(canonical, Struct.newBuilder()).build();
    assertThat(CanonicalJson.of(again)).isEqualTo(canonical);
    assertThat(CanonicalJson.of(new String(canonical, UTF_8))).isEqualTo(canonical);
  }
}
