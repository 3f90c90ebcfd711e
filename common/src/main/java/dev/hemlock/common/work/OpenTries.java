package dev.hemlock.common.work;

import com.google.protobuf.Timestamp;
import dev.hemlock.common.ledger.Claim;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.Ledger.Pending;
import dev.hemlock.common.ledger.RunFold;
import dev.hemlock.proto.run.v1.OpenTry;
import dev.hemlock.proto.run.v1.WorkState;
import java.time.Instant;
import java.util.Optional;

/** Tries that have not ended, as their ledger and the sweeper show them. */
record OpenTries(Ledger ledger, Sweeper sweeper) {
  /** A marked try; nothing if it has ended or was never begun. */
  Optional<OpenTry> of(Pending pending) {
    return ledger
        .look(pending.name())
        .filter(run -> run.tryNumber() == pending.tryNumber() && !run.ended())
        .map(run -> openTry(pending, run));
  }

  private OpenTry openTry(Pending pending, RunFold run) {
    OpenTry.Builder open =
        OpenTry.newBuilder()
            .setName(run.name())
            .setTry(run.tryNumber())
            .setState(WorkState.WORK_STATE_QUEUED)
            .setAskTime(timestamp(pending.since()));
    Optional<Claim> claim = run.givenUp() ? Optional.empty() : ledger.claim(run);
    claim.ifPresent(
        held -> {
          open.setWorker(held.worker().replaceFirst("/.*", ""));
          open.setState(
              sweeper.still(pending, run)
                  ? WorkState.WORK_STATE_STALLED
                  : WorkState.WORK_STATE_RUNNING);
          open.setHeartbeatTime(
              timestamp(run.heartbeatTime().orElse(run.claims().get(run.epoch()))));
        });
    return open.build();
  }

  static Timestamp timestamp(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }
}
