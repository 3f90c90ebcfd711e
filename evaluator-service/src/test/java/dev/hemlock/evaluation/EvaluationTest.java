package dev.hemlock.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.events.Topics;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.evaluation.v1.CompareEvaluationsRequest;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.EvaluationSpec;
import dev.hemlock.proto.evaluation.v1.PairComparison;
import dev.hemlock.proto.evaluation.v1.PredictionKind;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.training.v1.TrainingSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTest {
  private static final String POISONED = "snapshots/sha256:" + "a".repeat(64);

  @TempDir Path cache;
  private Lab lab;

  @BeforeEach
  void open() throws IOException {
    lab = new Lab(cache);
  }

  @AfterEach
  void close() {
    lab.close();
  }

  @Test
  void storesLogitsAndScoresThem() {
    Evaluation evaluation = evaluated(train(POISONED, 1), false);

    assertThat(evaluation.getSpec().getSplit()).isEqualTo("test");
    assertThat(evaluation.getMetrics().getAccuracy()).isEqualTo(27.0 / 30);
    assertThat(evaluation.getMetrics().getPerClass(1).getRecall()).isEqualTo(0.7);
    assertThat(evaluation.getPredictions().getFeatureCount()).isZero();
    ByteBuffer logits = stored(evaluation.getName(), PredictionKind.PREDICTION_KIND_LOGITS);
    assertThat(logits.remaining()).isEqualTo(30 * 3 * Float.BYTES);
    assertThat(logits.getFloat()).isEqualTo(5);
    assertThat(logits.getFloat()).isZero();
    lab.finishWork();
    assertThat(lab.published.ids(Topics.RESULTS))
        .containsExactly(evaluation.getName() + "/succeeded");
  }

  @Test
  void storesFeaturesWhenAskedFor() {
    Evaluation evaluation = evaluated(train(FakeServices.SNAPSHOT, 1), true);

    assertThat(evaluation.getPredictions().getFeatureCount()).isEqualTo(2);
    assertThat(stored(evaluation.getName(), PredictionKind.PREDICTION_KIND_FEATURES).remaining())
        .isEqualTo(30 * 2 * Float.BYTES);
  }

  @Test
  void saysHowToGetFeaturesThatWereNotStored() {
    Evaluation evaluation = evaluated(train(FakeServices.SNAPSHOT, 1), false);

    assertThatThrownBy(
            () ->
                lab.evaluations.predictions(
                    evaluation.getName(), PredictionKind.PREDICTION_KIND_FEATURES))
        .hasMessageContaining("ask for an evaluation with include_features");
  }

  @Test
  void refusesATrainingThatHasNotEnded() {
    lab.services.trainings.hold(run -> true);
    String training = train(FakeServices.SNAPSHOT, 1);

    assertThatThrownBy(() -> evaluated(training, false))
        .isInstanceOfSatisfying(
            HemlockException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.FAILED_PRECONDITION))
        .hasMessageContaining("is RUNNING and has no model; wait until it has SUCCEEDED");
  }

  @Test
  void refusesASplitThatIsNotThere() {
    EvaluationSpec spec =
        EvaluationSpec.newBuilder()
            .setTrainingRun(train(FakeServices.SNAPSHOT, 1))
            .setSnapshot(FakeServices.SNAPSHOT)
            .setSplit("holdout")
            .build();

    assertThatThrownBy(() -> lab.evaluations.create(spec))
        .isInstanceOfSatisfying(
            HemlockException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_ARGUMENT))
        .hasMessageContaining("no split \"holdout\"; choose one of test, train");
  }

  @Test
  void comparesThePairOfOneSeed() {
    String clean = evaluated(train(FakeServices.SNAPSHOT, 2), false).getName();
    String poisoned = evaluated(train(POISONED, 2), false).getName();

    PairComparison comparison = lab.evaluations.compare(comparison(clean, poisoned));

    assertThat(comparison.getEffect().getExcessAttackSuccessRate()).isEqualTo(0.4);
    assertThat(comparison.getEffect().getWorstCollateral().getClassName()).isEqualTo("0");
    assertThat(comparison.getStreamDigest()).startsWith("sha256:");
  }

  @Test
  void refusesToCompareRunsWhoseStreamDigestsDiffer() {
    String clean = evaluated(train(FakeServices.SNAPSHOT, 1), false).getName();
    String poisoned = evaluated(train(POISONED, 2), false).getName();

    assertThatThrownBy(() -> lab.evaluations.compare(comparison(clean, poisoned)))
        .isInstanceOfSatisfying(
            HemlockException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.FAILED_PRECONDITION);
              assertThat(e.getMessage())
                  .contains(
                      e.metadata().get("cleanStreamDigest"),
                      e.metadata().get("poisonedStreamDigest"));
            });
  }

  private String train(String snapshot, int seed) {
    return lab.services
        .trainings
        .create(TrainingSpec.newBuilder().setSnapshot(snapshot).setSeed(seed).build())
        .getName();
  }

  private Evaluation evaluated(String training, boolean features) {
    Evaluation asked =
        lab.evaluations.create(
            EvaluationSpec.newBuilder()
                .setTrainingRun(training)
                .setSnapshot(FakeServices.SNAPSHOT)
                .setIncludeFeatures(features)
                .build());
    Evaluation ended =
        lab.evaluations
            .watch(asked.getName())
            .collect()
            .last()
            .await()
            .atMost(Duration.ofSeconds(30));
    assertThat(ended.getStatus().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED);
    return ended;
  }

  private ByteBuffer stored(String evaluation, PredictionKind kind) {
    return ByteBuffer.wrap(
            lab.blobs.get(Tenant.current(), lab.evaluations.predictions(evaluation, kind)))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private static CompareEvaluationsRequest comparison(String clean, String poisoned) {
    return CompareEvaluationsRequest.newBuilder()
        .setClean(clean)
        .setPoisoned(poisoned)
        .setSourceClass("1")
        .setTargetClass("7")
        .build();
  }
}
