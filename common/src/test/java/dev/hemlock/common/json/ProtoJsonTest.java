package dev.hemlock.common.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.RunStatus;
import org.junit.jupiter.api.Test;

class ProtoJsonTest {
  @Test
  void printsZerosAndEnumNamesButNoUnsetMessages() {
    String json = ProtoJson.print(RunStatus.getDefaultInstance());

    assertThat(json).isEqualTo("{\"state\":\"RUN_STATE_UNSPECIFIED\",\"progress\":0.0,\"try\":0}");
  }

  @Test
  void passesOverFieldsItDoesNotKnow() {
    byte[] json = "{\"state\":\"RUN_STATE_RUNNING\",\"fromTheFuture\":{\"a\":1}}".getBytes(UTF_8);

    RunStatus status = ProtoJson.parse(json, RunStatus.newBuilder()).build();

    assertThat(status.getState()).isEqualTo(RunState.RUN_STATE_RUNNING);
  }

  @Test
  void keepsTheDetailsOfAnError() {
    RunStatus failed =
        RunStatus.newBuilder()
            .setError(
                Status.newBuilder()
                    .setCode(3)
                    .addDetails(Any.pack(ErrorInfo.newBuilder().setReason("X").build())))
            .build();

    RunStatus read = ProtoJson.parse(ProtoJson.bytes(failed), RunStatus.newBuilder()).build();

    assertThat(read).isEqualTo(failed);
  }

  @Test
  void refusesWhatIsNotTheMessage() {
    assertThatThrownBy(() -> ProtoJson.parse("{\"state\":{}}", RunStatus.newBuilder()))
        .hasMessageContaining("hemlock.run.v1.RunStatus")
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_ARGUMENT));
  }
}
