package dev.hemlock.common.work;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.events.RecordingPublisher;
import dev.hemlock.common.ledger.Attempt;
import dev.hemlock.common.ledger.Claim;
import dev.hemlock.common.ledger.Heartbeat;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunEvents;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.storage.InMemoryObjectStore;
import dev.hemlock.proto.run.v1.OpenTry;
import dev.hemlock.proto.run.v1.WorkState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenTriesTest {
  private static final byte[] SPEC = "{\"seed\":1}".getBytes(UTF_8);

  private final InMemoryObjectStore store = new InMemoryObjectStore();
  private final RecordingPublisher events = new RecordingPublisher();
  private final LocalWork local = new LocalWork(store, events);
  private final Ledger ledger = local.ledger("trainingRuns", "train");
  private final Runs runs = local.runs("trainingRuns", "train");
  private final Sweeper sweeper = new Sweeper(ledger, (stage, run) -> {}, new RunEvents(events));
  private final String name = ledger.name(SPEC);

  @AfterEach
  void stop() {
    local.close();
  }

  @Test
  void showsWhatWaits() {
    runs.create(SPEC, "");
    sweeper.sweep();

    assertThat(open().getState()).isEqualTo(WorkState.WORK_STATE_QUEUED);
    assertThat(open().getName()).isEqualTo(name);
    assertThat(open().getTry()).isEqualTo(1);
    assertThat(open().getWorker()).isEmpty();
    assertThat(open().hasHeartbeatTime()).isFalse();
    assertThat(sweeper.queued()).isEqualTo(1);
    assertThat(sweeper.stalled()).isZero();
  }

  @Test
  void showsWhoWorks() {
    runs.create(SPEC, "");
    claim(1, "7-abc/def");
    sweeper.sweep();
    ledger.beat(name, 1, new Heartbeat(1, 0, Optional.empty()));
    sweeper.sweep();

    assertThat(open().getState()).isEqualTo(WorkState.WORK_STATE_RUNNING);
    assertThat(open().getWorker()).isEqualTo("7-abc");
    assertThat(open().hasHeartbeatTime()).isTrue();
    assertThat(sweeper.queued()).isZero();
    assertThat(sweeper.stalled()).isZero();
  }

  @Test
  void showsAWorkerWithoutASignOfLifeUntilAnotherTakesOver() {
    // Given
    runs.create(SPEC, "");
    claim(1, "dead/1");

    // When
    sweeper.sweep();
    sweeper.sweep();

    // Then
    assertThat(open().getState()).isEqualTo(WorkState.WORK_STATE_STALLED);
    assertThat(sweeper.stalled()).isEqualTo(1);
    claim(2, "new/1");
    assertThat(open().getState()).isEqualTo(WorkState.WORK_STATE_RUNNING);
    assertThat(open().getWorker()).isEqualTo("new");
  }

  @Test
  void showsWhatWasHandedBackAsWaiting() {
    runs.create(SPEC, "");
    claim(1, "leaving/1");
    ledger.giveUp(name, 1, new Attempt(Attempt.Cause.HANDED_BACK, "shutdown"));
    sweeper.sweep();

    assertThat(open().getState()).isEqualTo(WorkState.WORK_STATE_QUEUED);
    assertThat(sweeper.queued()).isEqualTo(1);
  }

  @Test
  void showsNothingThatHasEnded() {
    runs.create(SPEC, "");
    Ledger.Pending pending = ledger.pending().get(0);
    runs.cancel(name);

    assertThat(new OpenTries(ledger, sweeper).of(pending)).isEmpty();
  }

  private void claim(int epoch, String worker) {
    ledger.claim(name, epoch, new Claim(1, 1, worker, Instant.now()));
  }

  private OpenTry open() {
    List<Ledger.Pending> pending = ledger.pending();
    assertThat(pending).hasSize(1);
    return new OpenTries(ledger, sweeper).of(pending.get(0)).orElseThrow();
  }
}
