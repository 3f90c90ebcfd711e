package dev.hemlock.common.work;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.storage.InMemoryObjectStore;
import dev.hemlock.proto.run.v1.StageWorker;
import org.junit.jupiter.api.Test;

class WorkerListTest {
  private final InMemoryObjectStore store = new InMemoryObjectStore();
  private final Ledger ledger = new Ledger(store, "default", "trainingRuns", "train");
  private final WorkerList workers = new WorkerList(ledger);

  @Test
  void listsTheWorkersOfItsStageAsTheyLastShowedThemselves() {
    // Given
    new WorkerList(new Ledger(store, "default", "poisonings", "poison")).show("other", 1, 0);
    workers.show("b", 2, 0);
    workers.show("a", 1, 0);

    // When
    workers.show("b", 2, 1);

    // Then
    assertThat(workers.present()).extracting(StageWorker::getName).containsExactly("a", "b");
    assertThat(workers.present().get(1).getConcurrency()).isEqualTo(2);
    assertThat(workers.present().get(1).getInHand()).isEqualTo(1);
    assertThat(workers.present().get(1).getSeenTime().getSeconds()).isPositive();
  }

  @Test
  void listsNobodyWhereNobodyWorks() {
    assertThat(workers.present()).isEmpty();
  }
}
