package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.grpc.RemoteCalls;
import dev.hemlock.proto.evaluation.v1.DownloadPredictionsRequest;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.GetEvaluationRequest;
import dev.hemlock.proto.evaluation.v1.MutinyEvaluationServiceGrpc.MutinyEvaluationServiceStub;
import dev.hemlock.proto.evaluation.v1.PredictionKind;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.ScoreRule;
import dev.hemlock.proto.poison.v1.ScoredFlip;
import dev.hemlock.proto.run.v1.RunState;
import io.quarkus.grpc.GrpcClient;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.function.IntPredicate;

/** Reads what scoring models predict from the evaluation service. Blocking. */
@ApplicationScoped
public class RemoteEvaluations {
  private static final String SERVICE = "evaluation";
  private static final String FIELD = "spec.attack.scored_flip.evaluation";

  private final MutinyEvaluationServiceStub evaluations;

  /** Calls {@code evaluations}. */
  public RemoteEvaluations(@GrpcClient("evaluation") MutinyEvaluationServiceStub evaluations) {
    this.evaluations = evaluations;
  }

  /**
   * What the spec's scoring model gives for the samples of the source and the target class; nothing
   * if no model scores its attack.
   *
   * @throws HemlockException NOT_FOUND (no such evaluation), INVALID_ARGUMENT (of another snapshot or
   *     split), FAILED_PRECONDITION (not SUCCEEDED, or without features that the rule needs),
   *     UNAVAILABLE (the service is away)
   */
  ModelOutputs outputs(PoisoningSpec spec, LabelledSplit split) {
    if (!spec.getAttack().hasScoredFlip()) {
      return ModelOutputs.NONE;
    }
    ScoredFlip attack = spec.getAttack().getScoredFlip();
    Evaluation evaluation =
        RemoteCalls.await(
            SERVICE,
            RemoteCalls.inTenant(evaluations)
                .getEvaluation(
                    GetEvaluationRequest.newBuilder().setName(attack.getEvaluation()).build()));
    boolean features = attack.getRule() == ScoreRule.SCORE_RULE_NEAREST_TO_TARGET;
    requireFit(evaluation, split, features);
    Set<String> classes = Set.of(attack.getSourceClass(), attack.getTargetClass());
    return features
        ? download(
            evaluation,
            PredictionKind.PREDICTION_KIND_FEATURES,
            evaluation.getPredictions().getFeatureCount(),
            position -> classes.contains(split.className(position)))
        : download(
            evaluation,
            PredictionKind.PREDICTION_KIND_LOGITS,
            evaluation.getPredictions().getClassCount(),
            position -> split.className(position).equals(attack.getSourceClass()));
  }

  private ModelOutputs download(
      Evaluation evaluation, PredictionKind kind, int columns, IntPredicate wanted) {
    DownloadPredictionsRequest request =
        DownloadPredictionsRequest.newBuilder().setName(evaluation.getName()).setKind(kind).build();
    return RemoteCalls.await(
            SERVICE,
            RemoteCalls.inTenant(evaluations)
                .downloadPredictions(request)
                .collect()
                .in(
                    () -> new RowReader(columns, wanted),
                    (reader, response) -> reader.accept(response.getChunk())))
        .outputs();
  }

  private static void requireFit(Evaluation evaluation, LabelledSplit split, boolean features) {
    String name = evaluation.getName();
    if (!evaluation.getSpec().getSnapshot().equals(split.snapshot())
        || !evaluation.getSpec().getSplit().equals(split.split())) {
      throw HemlockException.invalidArgument(
              "%s is of split '%s' of %s, and the labels to flip are of split '%s' of %s; evaluate the scoring model on those"
                  .formatted(
                      name,
                      evaluation.getSpec().getSplit(),
                      evaluation.getSpec().getSnapshot(),
                      split.split(),
                      split.snapshot()))
          .with("evaluation", name)
          .violating(FIELD, "must be of the split that is poisoned");
    }
    RunState state = evaluation.getStatus().getState();
    if (state != RunState.RUN_STATE_SUCCEEDED) {
      throw HemlockException.failedPrecondition(
              "%s is %s and has no predictions; ask for it again or wait until it has SUCCEEDED"
                  .formatted(name, state.name().replace("RUN_STATE_", "")))
          .with("evaluation", name)
          .with("state", state.name());
    }
    if (features && evaluation.getPredictions().getFeatureCount() == 0) {
      throw HemlockException.failedPrecondition(
              "%s stored no features, which flips nearest to the target class need; ask for an evaluation with include_features"
                  .formatted(name))
          .with("evaluation", name);
    }
  }
}
