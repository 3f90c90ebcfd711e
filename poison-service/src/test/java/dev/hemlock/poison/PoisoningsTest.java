package dev.hemlock.poison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.events.LocalEventFeed;
import dev.hemlock.common.events.RecordingPublisher;
import dev.hemlock.common.ledger.Ledger;
import dev.hemlock.common.ledger.RunEvents;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.InMemoryObjectStore;
import dev.hemlock.proto.poison.v1.Budget;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.ScoreRule;
import dev.hemlock.proto.run.v1.RunState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PoisoningsTest {
  @TempDir Path cache;

  private final InMemoryObjectStore store = new InMemoryObjectStore();
  private final FakeDatasetService dataset = new FakeDatasetService();
  private final FakeEvaluationService evaluation = new FakeEvaluationService();
  private final List<String> rung = new ArrayList<>();
  private Socket socket;
  private Poisonings poisonings;
  private PoisoningSpec spec;

  @BeforeEach
  void start() {
    BlobStore blobs = new BlobStore(store, cache);
    socket = new Socket(dataset, evaluation);
    Runs runs =
        new Runs(
            new Ledger(store, "default", PoisonStage.KIND, PoisonStage.NAME),
            new RunEvents(new RecordingPublisher()),
            (stage, name) -> rung.add(stage + " " + name),
            new LocalEventFeed());
    poisonings =
        new Poisonings(
            runs,
            new SnapshotLabels(socket.dataset(), blobs),
            new RemoteEvaluations(socket.evaluation()),
            new FlipManifests(store));
    spec = Zoo.catsToOwls(Zoo.addTo(dataset, blobs), 0.4);
  }

  @AfterEach
  void stop() {
    socket.close();
  }

  @Test
  void previewsWhatWouldBeFlippedWithoutAskingForIt() {
    Poisoning preview = poisonings.preview(spec);

    assertThat(preview.getStatus().getState()).isEqualTo(RunState.RUN_STATE_UNSPECIFIED);
    assertThat(preview.getFlipCount()).isPositive();
    assertThat(preview.getClassShare())
        .isEqualTo(preview.getFlipCount() / (double) preview.getEligibleCount());
    assertThat(store.list("default/runs/")).isEmpty();
    assertThat(rung).isEmpty();
    assertThat(poisonings.create(spec, "").name()).isEqualTo(preview.getName());
    assertThat(poisonings.preview(spec).getStatus().getState())
        .isEqualTo(RunState.RUN_STATE_QUEUED);
  }

  @Test
  void fillsInTheDefaultSplit() {
    RunView run = poisonings.create(spec.toBuilder().clearSplit().build(), "");

    assertThat(PoisoningMapper.poisoning(run).getSpec()).isEqualTo(spec);
    assertThat(rung).containsExactly("poison " + run.name());
  }

  @Test
  void asksOnceForEqualSpecs() {
    RunView first = poisonings.create(spec, "");
    RunView second = poisonings.create(spec, "");

    assertThat(second.name()).isEqualTo(first.name());
    assertThat(rung).hasSize(1);
  }

  @Test
  void refusedSpecsLeaveNothingBehind() {
    int objects = store.list("").size();
    PoisoningSpec unknown = spec.toBuilder().setAttack(Zoo.targetedFlip("cat", "emu")).build();

    assertThatThrownBy(() -> poisonings.create(unknown, "mine"))
        .hasMessageContaining("no class 'emu'");

    assertThat(store.list("")).hasSize(objects);
    assertThat(poisonings.create(spec, "mine").name()).startsWith("poisonings/");
  }

  @Test
  void asksOnceForSpecsThatDifferInOrderOnly() {
    RunView first =
        poisonings.create(spec.toBuilder().setAttack(Zoo.pairSwap("cat", "dog")).build(), "");
    RunView second =
        poisonings.create(spec.toBuilder().setAttack(Zoo.pairSwap("dog", "cat")).build(), "");

    assertThat(second.name()).isEqualTo(first.name());
  }

  @Test
  void refusesBudgetsAndListsThatDoNotFitUpFront() {
    PoisoningSpec swap =
        spec.toBuilder()
            .setAttack(Zoo.pairSwap("cat", "dog"))
            .setBudget(Budget.newBuilder().setCount(7))
            .build();
    PoisoningSpec missing =
        spec.toBuilder().setAttack(Zoo.explicitFlips(Zoo.flip(2, "cat", "owl"))).build();
    PoisoningSpec tooMany = spec.toBuilder().setBudget(Budget.newBuilder().setCount(21)).build();

    assertThatThrownBy(() -> poisonings.create(swap, ""))
        .hasMessageEndingWith("7 is no multiple of that; give a count of 8");
    assertThatThrownBy(() -> poisonings.create(missing, ""))
        .hasMessage("Sample 2 is not in this split; leave it out");
    assertThatThrownBy(() -> poisonings.create(tooMany, ""))
        .hasMessageEndingWith("give a count of at most 20");
  }

  @ParameterizedTest
  @MethodSource("unfitEvaluations")
  void refusesScoresThatDoNotFitUpFront(String split, RunState state, Reason reason, String why) {
    // Given
    String evaluated = evaluation.add(spec.getSnapshot(), split, Zoo.logits(), new float[0][]);
    evaluation.setState(evaluated, state);
    int objects = store.list("").size();

    // When
    assertThatThrownBy(() -> poisonings.create(nearest(evaluated), ""))
        .isInstanceOfSatisfying(
            HemlockException.class,
            e -> {
              // Then
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.getMessage()).startsWith(evaluated).endsWith(why);
            });
    assertThat(store.list("")).hasSize(objects);
  }

  static Stream<Arguments> unfitEvaluations() {
    return Stream.of(
        Arguments.of(
            "test",
            RunState.RUN_STATE_SUCCEEDED,
            Reason.INVALID_ARGUMENT,
            "evaluate the scoring model on those"),
        Arguments.of(
            "train",
            RunState.RUN_STATE_RUNNING,
            Reason.FAILED_PRECONDITION,
            "ask for it again or wait until it has SUCCEEDED"),
        Arguments.of(
            "train",
            RunState.RUN_STATE_SUCCEEDED,
            Reason.FAILED_PRECONDITION,
            "ask for an evaluation with include_features"));
  }

  @Test
  void refusesScoresOfAnotherSnapshot() {
    String evaluated =
        evaluation.add("snapshots/sha256:" + "1".repeat(64), "train", Zoo.logits(), Zoo.features());

    assertThatThrownBy(() -> poisonings.create(nearest(evaluated), ""))
        .hasMessageContaining("snapshots/sha256:111");
  }

  @Test
  void doesNotKnowAnEvaluationThatNobodyAskedFor() {
    assertThatThrownBy(() -> poisonings.create(nearest("evaluations/" + "0".repeat(64)), ""))
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
  }

  private PoisoningSpec nearest(String evaluated) {
    return spec.toBuilder()
        .setAttack(Zoo.scoredFlip("cat", "owl", ScoreRule.SCORE_RULE_NEAREST_TO_TARGET, evaluated))
        .build();
  }

  @Test
  void listsExplicitFlipsWithoutTheirList() {
    RunView run =
        poisonings.create(
            spec.toBuilder()
                .setAttack(Zoo.explicitFlips(Zoo.flip(1, "cat", "owl")))
                .clearBudget()
                .build(),
            "");

    assertThat(
            PoisoningMapper.poisoning(run).getSpec().getAttack().getExplicitFlips().getFlipsList())
        .hasSize(1);
    assertThat(PoisoningMapper.listed(run).getSpec().getAttack().getExplicitFlips().getFlipsList())
        .isEmpty();
    assertThat(PoisoningMapper.listed(run).getSpec().getAttack().hasExplicitFlips()).isTrue();
  }

  @Test
  void hasNoFlipsBeforeItSucceeds() {
    String name = poisonings.create(spec, "").name();

    assertThatThrownBy(() -> poisonings.flips(name, 0, ""))
        .isInstanceOfSatisfying(
            HemlockException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.FAILED_PRECONDITION))
        .hasMessageContaining("QUEUED");
  }

  @Test
  void cancelsOneThatWaits() {
    String name = poisonings.create(spec, "").name();

    RunView cancelled = poisonings.cancel(name);

    assertThat(cancelled.status().getState()).isEqualTo(RunState.RUN_STATE_CANCELLED);
  }
}
