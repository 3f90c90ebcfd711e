package dev.hemlock.common.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.events.EventFeed;
import dev.hemlock.common.events.LocalEventFeed;
import dev.hemlock.common.events.RecordingPublisher;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.InMemoryObjectStore;
import dev.hemlock.common.storage.Page;
import dev.hemlock.common.storage.StoredObject;
import dev.hemlock.common.work.CountingStore;
import dev.hemlock.proto.run.v1.RunState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunsTest {
  private static final byte[] SPEC = "{\"seed\":1}".getBytes(UTF_8);
  private static final byte[] RESULT = "{\"accuracy\":1}".getBytes(UTF_8);

  private final InMemoryObjectStore store = new InMemoryObjectStore();
  private final Ledger ledger = new Ledger(store, "default", "trainingRuns", "train");
  private final RecordingPublisher events = new RecordingPublisher();
  private final LocalEventFeed feed = new LocalEventFeed();
  private final List<String> rings = new ArrayList<>();
  private final Runs runs =
      new Runs(ledger, new RunEvents(events), (stage, name) -> rings.add(stage + " " + name), feed);
  private final String name = "trainingRuns/" + Digest.of(SPEC).hex();

  private void claim(int epoch, int tryNumber, int firstEpoch) {
    assertThat(ledger.claim(name, epoch, new Claim(tryNumber, firstEpoch, "w", Instant.now())))
        .isTrue();
  }

  @Test
  void newRunIsQueuedAndRungForOnce() {
    RunView run = runs.create(SPEC, "");
    runs.create(SPEC, "");

    assertThat(run.name()).isEqualTo(name);
    assertThat(run.spec()).isEqualTo(SPEC);
    assertThat(run.status().getState()).isEqualTo(RunState.RUN_STATE_QUEUED);
    assertThat(run.status().getTry()).isEqualTo(1);
    assertThat(run.status().hasCreateTime()).isTrue();
    assertThat(run.status().hasStartTime()).isFalse();
    assertThat(rings).containsExactly("train " + name);
    assertThat(events.ids(Topics.EVENTS)).containsExactly(name + "/1/QUEUED");
    assertThat(ledger.pending()).extracting(Ledger.Pending::name).containsExactly(name);
  }

  @Test
  void refusesAnotherRunBeyondTheTenantsQuotaAndAnswersForThoseThereAre() {
    Runs bounded =
        new Runs(
            () -> ledger,
            new RunEvents(events),
            (stage, run) -> rings.add(stage + " " + run),
            feed,
            OptionalInt.of(1));
    byte[] other = "{\"seed\":2}".getBytes(UTF_8);
    bounded.create(SPEC, "first");
    List<String> before = keys();

    // When
    HemlockException refusal =
        catchThrowableOfType(HemlockException.class, () -> bounded.create(other, "second"));

    // Then
    assertThat(refusal.reason()).isEqualTo(Reason.THROTTLED);
    assertThat(refusal)
        .hasMessage(
            "The tenant default has 1 trainingRuns that wait or run, and hemlock.work.train.quota"
                + " allows 1; wait until one has ended, or cancel one");
    assertThat(keys()).isEqualTo(before);
    assertThat(bounded.create(SPEC, "first").status().getState())
        .isEqualTo(RunState.RUN_STATE_QUEUED);
    assertThat(bounded.preview(other).status().getState())
        .isEqualTo(RunState.RUN_STATE_UNSPECIFIED);
    bounded.cancel(name);
    assertThat(bounded.create(other, "second").status().getState())
        .isEqualTo(RunState.RUN_STATE_QUEUED);
    assertThatThrownBy(() -> bounded.create(SPEC, "first")).hasMessageContaining("quota");
  }

  @Test
  void asksTheStoreForTheSameWhateverAnotherTenantHas() {
    // Given
    List<String> alone = requestsForARun(new InMemoryObjectStore());
    Ledger acme = new Ledger(store, "acme", "trainingRuns", "train");
    new Runs(acme, new RunEvents(events), (stage, run) -> {}, feed).create(SPEC, "monday");
    acme.commit(name, RESULT);

    // When
    List<String> beside = requestsForARun(store);

    // Then
    assertThat(beside).isEqualTo(alone).allMatch(request -> request.contains(" umbra/"));
    assertThat(requestsForARun(store)).isNotEqualTo(alone);
  }

  /** What umbra asks the store for when it asks for a run within its quota. */
  private List<String> requestsForARun(InMemoryObjectStore store) {
    CountingStore counting = new CountingStore(store);
    Runs umbra =
        new Runs(
            () -> new Ledger(counting, "umbra", "trainingRuns", "train"),
            new RunEvents(events),
            (stage, run) -> {},
            feed,
            OptionalInt.of(1));
    assertThat(umbra.create(SPEC, "monday").status().getState())
        .isEqualTo(RunState.RUN_STATE_QUEUED);
    return counting.requests();
  }

  private List<String> keys() {
    return store.list("").stream().map(StoredObject::key).toList();
  }

  @Test
  void claimedRunIsRunningAndShowsItsProgress() {
    runs.create(SPEC, "");
    claim(1, 1, 1);
    ledger.beat(name, 1, new Heartbeat(7, 0.25, Optional.of("{\"epoch\":\n2}".getBytes(UTF_8))));

    RunView run = runs.get(name);

    assertThat(run.status().getState()).isEqualTo(RunState.RUN_STATE_RUNNING);
    assertThat(run.status().hasStartTime()).isTrue();
    assertThat(run.status().getProgress()).isEqualTo(0.25);
    assertThat(run.progress().orElseThrow()).asString(UTF_8).isEqualTo("{\"epoch\":\n2}");
  }

  @Test
  void previewsARunWithoutAskingForIt() {
    RunView unknown = runs.preview(SPEC);
    runs.create(SPEC, "");

    assertThat(unknown.name()).isEqualTo(name);
    assertThat(unknown.status().getState()).isEqualTo(RunState.RUN_STATE_UNSPECIFIED);
    assertThat(runs.preview(SPEC).status().getState()).isEqualTo(RunState.RUN_STATE_QUEUED);
  }

  @Test
  void listsTheRunsThatWaitForAWorker() {
    assertThat(runs.queued()).isEmpty();
    runs.create(SPEC, "");
    assertThat(runs.queued()).extracting(RunView::name).containsExactly(name);
    claim(1, 1, 1);
    assertThat(runs.queued()).isEmpty();
  }

  @Test
  void resultWithoutTerminalIsNotYetSucceeded() {
    runs.create(SPEC, "");
    claim(1, 1, 1);
    ledger.commit(name, RESULT);

    assertThat(runs.get(name).status().getState()).isEqualTo(RunState.RUN_STATE_RUNNING);
    ledger.end(name, 1, Terminal.succeeded());
    RunView run = runs.get(name);
    assertThat(run.status().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(run.result().orElseThrow()).isEqualTo(RESULT);
    assertThat(run.status().getProgress()).isEqualTo(1);
    assertThat(run.status().hasEndTime()).isTrue();
  }

  @Test
  void failureCarriesItsReason() {
    runs.create(SPEC, "");
    claim(1, 1, 1);
    ledger.end(
        name,
        1,
        Terminal.failed(
            HemlockException.failedPrecondition("Split test is empty.").with("split", "test")));

    RunView run = runs.get(name);

    assertThat(run.status().getState()).isEqualTo(RunState.RUN_STATE_FAILED);
    assertThat(run.status().getError().getCode()).isEqualTo(9);
    assertThat(run.status().getError().getMessage()).isEqualTo("Split test is empty.");
    assertThat(run.status().getError().getDetailsCount()).isEqualTo(1);
  }

  @Test
  void askingAgainAfterFailureOpensTheNextTryAndKeepsEpochsGrowing() {
    runs.create(SPEC, "");
    claim(1, 1, 1);
    ledger.end(name, 1, Terminal.failed(HemlockException.internal("x")));

    RunView again = runs.create(SPEC, "");
    RunView queued = runs.get(name);
    claim(2, 2, 2);

    assertThat(again.status().getTry()).isEqualTo(2);
    assertThat(queued.status().getState()).isEqualTo(RunState.RUN_STATE_QUEUED);
    assertThat(queued.status().hasStartTime()).isFalse();
    assertThat(runs.get(name).status().getState()).isEqualTo(RunState.RUN_STATE_RUNNING);
    assertThat(rings).hasSize(2);
  }

  @Test
  void nextTryOfARunWithAResultSucceedsAtOnce() {
    runs.create(SPEC, "");
    ledger.commit(name, RESULT);
    ledger.end(name, 1, Terminal.cancelled());

    RunView again = runs.create(SPEC, "");

    assertThat(again.status().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(again.status().getTry()).isEqualTo(2);
    assertThat(rings).hasSize(2);
    assertThat(ledger.pending()).extracting(Ledger.Pending::tryNumber).contains(2);
  }

  @Test
  void askingAgainForAWaitingRunBringsItBackToTheSweepers() {
    // Given
    String name = runs.create(SPEC, "").name();
    ledger.unmark(name, 1);

    // When
    runs.create(SPEC, "");

    // Then
    assertThat(ledger.pending()).extracting(Ledger.Pending::name).containsExactly(name);
  }

  @Test
  void finishedRunIsNotAskedForAgain() {
    runs.create(SPEC, "");
    ledger.commit(name, RESULT);
    ledger.end(name, 1, Terminal.succeeded());

    assertThat(runs.create(SPEC, "").status().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    assertThat(rings).hasSize(1);
  }

  @Test
  void cancelEndsAWaitingRunAtOnce() {
    runs.create(SPEC, "");

    RunView cancelled = runs.cancel(name);

    assertThat(cancelled.status().getState()).isEqualTo(RunState.RUN_STATE_CANCELLED);
    assertThat(ledger.pending()).isEmpty();
    assertThat(events.ids(Topics.EVENTS)).endsWith(name + "/1/CANCELLED");
  }

  @Test
  void cancelLeavesARunningRunToItsWorker() {
    runs.create(SPEC, "");
    claim(1, 1, 1);

    RunView asked = runs.cancel(name);

    assertThat(asked.status().getState()).isEqualTo(RunState.RUN_STATE_RUNNING);
    assertThat(ledger.look(name).orElseThrow().cancelRequested()).isTrue();
  }

  @Test
  void cancelOfAnEndedRunChangesNothing() {
    runs.create(SPEC, "");
    ledger.commit(name, RESULT);
    ledger.end(name, 1, Terminal.succeeded());

    assertThat(runs.cancel(name).status().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
  }

  @Test
  void aStoresTemporaryFilesAreOverlooked() {
    runs.create(SPEC, "");
    String prefix = "default/runs/" + name + "/";
    for (String key :
        List.of(
            prefix + "stages/train/claims/00000001",
            prefix + "stages/train/heartbeat/00000001",
            prefix + "stages/train/attempts/00000001",
            prefix + "stages/train/checkpoints/00000001/00000001/manifest",
            prefix + "stages/train/result",
            prefix + "tries/00000001/terminal",
            prefix + "tries/00000001/cancel",
            prefix + "tries/00000002/requested",
            "default/pending/train/" + Digest.of(SPEC).hex() + "/00000002")) {
      store.create(key + "-055ed66b-8e25-403e-a67d-49ab3e614c88", SPEC);
    }

    assertThat(runs.get(name).status().getState()).isEqualTo(RunState.RUN_STATE_QUEUED);
    assertThat(runs.get(name).status().getTry()).isEqualTo(1);
    assertThat(ledger.look(name).orElseThrow().epoch()).isZero();
    assertThat(ledger.pending()).hasSize(1);
  }

  @Test
  void oneEndOfATryWins() {
    runs.create(SPEC, "");

    Terminal first = ledger.end(name, 1, Terminal.cancelled());
    Terminal second = ledger.end(name, 1, Terminal.succeeded());

    assertThat(first).isEqualTo(second).isEqualTo(Terminal.cancelled());
  }

  @Test
  void requestIdStaysWithItsSpec() {
    runs.create(SPEC, "monday");

    assertThat(runs.create(SPEC, "monday").name()).isEqualTo(name);
    assertThatThrownBy(() -> runs.create(RESULT, "monday"))
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ALREADY_EXISTS));
  }

  @Test
  void unknownNamesAreNotFound() {
    assertThatThrownBy(() -> runs.get(name))
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
    assertThatThrownBy(() -> runs.get("trainingRuns/../../evaluations/x"))
        .isInstanceOf(HemlockException.class);
  }

  @Test
  void listsPageByPageInTheOrderOfNames() {
    List<String> names =
        IntStream.range(0, 5)
            .mapToObj(seed -> runs.create(("{\"seed\":" + seed + "}").getBytes(UTF_8), "").name())
            .sorted()
            .toList();

    List<String> listed = new ArrayList<>();
    String token = "";
    do {
      Page<RunView> page = runs.list(2, token);
      page.items().forEach(run -> listed.add(run.name()));
      token = page.nextToken();
    } while (!token.isEmpty());

    assertThat(listed).isEqualTo(names);
  }

  @ParameterizedTest
  @ValueSource(strings = {"garbage", "../../evaluations", "\0", "<Prefix>", "0"})
  void refusesPageTokensOfNoPage(String token) {
    assertThatThrownBy(() -> runs.list(2, token))
        .isInstanceOfSatisfying(
            HemlockException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.INVALID_ARGUMENT);
              assertThat(e.violations().get(0).field()).isEqualTo("page_token");
            });
  }

  @Test
  void watchShowsThePresentStateThenEachChangeAndEnds() throws Exception {
    runs.create(SPEC, "");
    CompletableFuture<Void> first = new CompletableFuture<>();
    CompletableFuture<List<RunState>> seen =
        runs.watch(name)
            .invoke(run -> first.complete(null))
            .map(run -> run.status().getState())
            .collect()
            .asList()
            .ifNoItem()
            .after(Duration.ofSeconds(10))
            .fail()
            .subscribeAsCompletionStage();
    first.get(10, TimeUnit.SECONDS);

    runs.cancel(name);
    feed.tell(new EventFeed.Event("default", "id", RunEvents.STATE_TYPE, name, new byte[0]));

    assertThat(seen.get(10, TimeUnit.SECONDS))
        .containsExactly(RunState.RUN_STATE_QUEUED, RunState.RUN_STATE_CANCELLED);
  }

  @Test
  void watchOfAnUnknownRunFails() {
    assertThatThrownBy(
            () -> runs.watch(name).collect().asList().await().atMost(Duration.ofSeconds(10)))
        .isInstanceOf(HemlockException.class);
  }
}
