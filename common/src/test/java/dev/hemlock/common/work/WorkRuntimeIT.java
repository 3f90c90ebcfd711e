package dev.hemlock.common.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.ledger.RunView;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.proto.run.v1.RunState;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(EmbeddedBackends.class)
class WorkRuntimeIT {
  @Inject RunsFactory factory;
  @Inject @org.eclipse.microprofile.health.Readiness Readiness readiness;

  /** A stage as a service has it. */
  @Singleton
  static class EchoStage implements Stage {
    @Override
    public String kind() {
      return "echoes";
    }

    @Override
    public String name() {
      return "echo";
    }

    @Override
    public byte[] run(Work work) {
      return work.spec();
    }
  }

  @Test
  void servesAStageBean() {
    Runs runs = factory.of("echoes", "echo");
    String first = runs.create("{\"n\":0}".getBytes(UTF_8), "").name();
    runs.watch(first).collect().last().await().atMost(Duration.ofSeconds(20));

    List<Long> millis = new ArrayList<>();
    List<RunState> states =
        IntStream.rangeClosed(1, 30)
            .mapToObj(
                number -> {
                  long begin = System.nanoTime();
                  String name = runs.create(("{\"n\":" + number + "}").getBytes(UTF_8), "").name();
                  RunView end =
                      runs.watch(name).collect().last().await().atMost(Duration.ofSeconds(20));
                  millis.add((System.nanoTime() - begin) / 1_000_000);
                  return end.status().getState();
                })
            .toList();
    System.out.println("one run after the other over S3 and Kafka, ms: " + millis);

    assertThat(states).containsOnly(RunState.RUN_STATE_SUCCEEDED);
    assertThat(readiness.call().getStatus()).isEqualTo(Status.UP);
  }
}
