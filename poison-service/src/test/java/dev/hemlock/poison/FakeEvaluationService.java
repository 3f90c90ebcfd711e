package dev.hemlock.poison;

import com.google.protobuf.ByteString;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.proto.evaluation.v1.DownloadPredictionsRequest;
import dev.hemlock.proto.evaluation.v1.DownloadPredictionsResponse;
import dev.hemlock.proto.evaluation.v1.Evaluation;
import dev.hemlock.proto.evaluation.v1.EvaluationServiceGrpc;
import dev.hemlock.proto.evaluation.v1.EvaluationSpec;
import dev.hemlock.proto.evaluation.v1.GetEvaluationRequest;
import dev.hemlock.proto.evaluation.v1.PredictionKind;
import dev.hemlock.proto.run.v1.RunState;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Evaluations in memory whose predictions come in chunks that cut through rows and floats. */
class FakeEvaluationService extends EvaluationServiceGrpc.EvaluationServiceImplBase {
  private static final int CHUNK = 5;

  private final Map<String, Evaluation> evaluations = new ConcurrentHashMap<>();
  private final Map<String, float[][]> logits = new ConcurrentHashMap<>();
  private final Map<String, float[][]> features = new ConcurrentHashMap<>();

  /** Adds a SUCCEEDED one; without features if they have no rows. */
  String add(String snapshot, String split, float[][] logitRows, float[][] featureRows) {
    Evaluation.Builder evaluation =
        Evaluation.newBuilder()
            .setSpec(
                EvaluationSpec.newBuilder()
                    .setSnapshot(snapshot)
                    .setSplit(split)
                    .setIncludeFeatures(featureRows.length > 0));
    evaluation.getStatusBuilder().setState(RunState.RUN_STATE_SUCCEEDED);
    evaluation
        .getPredictionsBuilder()
        .setSampleCount(logitRows.length)
        .setClassCount(logitRows[0].length)
        .setFeatureCount(featureRows.length == 0 ? 0 : featureRows[0].length);
    String name = "evaluations/" + CanonicalJson.digest(evaluation).toString().substring(7);
    evaluations.put(name, evaluation.setName(name).build());
    logits.put(name, logitRows);
    features.put(name, featureRows);
    return name;
  }

  /** Changes the state of one. */
  void setState(String name, RunState state) {
    Evaluation.Builder changed = evaluations.get(name).toBuilder();
    changed.getStatusBuilder().setState(state);
    evaluations.put(name, changed.build());
  }

  @Override
  public void getEvaluation(GetEvaluationRequest request, StreamObserver<Evaluation> response) {
    Evaluation evaluation = evaluations.get(request.getName());
    if (evaluation == null) {
      response.onError(
          Status.NOT_FOUND
              .withDescription("there is no " + request.getName())
              .asRuntimeException());
      return;
    }
    response.onNext(evaluation);
    response.onCompleted();
  }

  @Override
  public void downloadPredictions(
      DownloadPredictionsRequest request, StreamObserver<DownloadPredictionsResponse> response) {
    boolean wantsFeatures = request.getKind() == PredictionKind.PREDICTION_KIND_FEATURES;
    byte[] bytes = bytes((wantsFeatures ? features : logits).get(request.getName()));
    for (int from = 0; from < bytes.length; from += CHUNK) {
      int length = Math.min(CHUNK, bytes.length - from);
      response.onNext(
          DownloadPredictionsResponse.newBuilder()
              .setChunk(ByteString.copyFrom(bytes, from, length))
              .build());
    }
    response.onCompleted();
  }

  private static byte[] bytes(float[][] rows) {
    ByteBuffer buffer =
        ByteBuffer.allocate(rows.length * rows[0].length * Float.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : rows) {
      for (float value : row) {
        buffer.putFloat(value);
      }
    }
    return buffer.array();
  }
}
