package dev.hemlock.common.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.RunStatus;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalJsonTest {
  private static Struct struct(Map<String, Double> fields) {
    Struct.Builder struct = Struct.newBuilder();
    fields.forEach(
        (name, number) ->
            struct.putFields(name, Value.newBuilder().setNumberValue(number).build()));
    return struct.build();
  }

  private static String canonical(double number) {
    return new String(CanonicalJson.of("[" + number + "]"), UTF_8).replaceAll("[\\[\\]]", "");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, 0",
    "1, 1",
    "0.4, 0.4",
    "0.001, 0.001",
    "1e-7, 1e-7",
    "1e21, 1e+21",
    "100000000000000000000, 100000000000000000000",
    "4.9e-324, 5e-324",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "9007199254740993, 9007199254740992",
    "333333333.33333329, 333333333.3333333"
  })
  void printsNumbersAsEcmaScriptDoes(double number, String expected) {
    assertThat(canonical(number)).isEqualTo(expected);
  }

  @Property
  void keepsEveryFiniteDouble(@ForAll double number) {
    assertThat(Double.parseDouble(canonical(number))).isEqualTo(number == 0 ? 0.0 : number);
  }

  @Property
  void isAFixedPoint(@ForAll @Size(max = 8) Map<String, Double> fields) {
    byte[] once = CanonicalJson.of(struct(fields));

    assertThat(CanonicalJson.of(new String(once, UTF_8))).isEqualTo(once);
  }

  @Property
  void readsBackToAnEqualMessage(@ForAll @Size(max = 8) Map<String, Double> fields) {
    Struct struct = struct(fields);

    Struct read = ProtoJson.parse(CanonicalJson.of(struct), Struct.newBuilder()).build();

    assertThat(CanonicalJson.digest(read)).isEqualTo(CanonicalJson.digest(struct));
  }

  @Test
  void sortsMembersAndPrintsZeros() {
    RunStatus status = RunStatus.newBuilder().setState(RunState.RUN_STATE_QUEUED).build();

    String json = new String(CanonicalJson.of(status), UTF_8);

    assertThat(json).isEqualTo("{\"progress\":0,\"state\":\"RUN_STATE_QUEUED\",\"try\":0}");
    assertThat(CanonicalJson.digest(status)).isEqualTo(Digest.of(json.getBytes(UTF_8)));
  }

  @Test
  void refusesWhatIsNotJson() {
    assertThatThrownBy(() -> CanonicalJson.of("{\"a\":")).isInstanceOf(HemlockException.class);
  }
}
