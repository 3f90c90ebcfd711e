package dev.hemlock.common.work;

import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.Ledger.Seen;
import dev.hemlock.proto.run.v1.StageWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** The processes that take work of one stage, as each shows itself at its sweeps. Advisory. */
record WorkerList(Ledger ledger) {
  /** Three sweeps. */
  private static final Duration PRESENT = Duration.ofMinutes(2);

  private static final Duration REMEMBERED = Duration.ofHours(1);

  /** Shows one, and drops those that are long gone. */
  void show(String name, int concurrency, int inHand) {
    StageWorker worker =
        StageWorker.newBuilder()
            .setName(name)
            .setConcurrency(concurrency)
            .setInHand(inHand)
            .build();
    ledger.show(name, ProtoJson.bytes(worker));
    List<Seen> seen = ledger.workers();
    Instant old = latest(seen).minus(REMEMBERED);
    seen.stream()
        .filter(one -> one.time().isBefore(old))
        .forEach(one -> ledger.forget(one.worker()));
  }

  /** Those that were seen not long before the one seen last, by name. */
  List<StageWorker> present() {
    List<Seen> seen = ledger.workers();
    Instant old = latest(seen).minus(PRESENT);
    return seen.stream()
        .filter(one -> !one.time().isBefore(old))
        .flatMap(
            one ->
                ledger.shown(one.worker()).stream()
                    .map(shown -> ProtoJson.parse(shown, StageWorker.newBuilder()))
                    .map(worker -> worker.setSeenTime(OpenTries.timestamp(one.time())).build()))
        .toList();
  }

  private static Instant latest(List<Seen> seen) {
    return seen.stream().map(Seen::time).max(Comparator.naturalOrder()).orElse(Instant.EPOCH);
  }
}
