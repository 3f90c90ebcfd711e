package dev.hemlock.cli;

import dev.hemlock.proto.evaluation.v1.JudgePredictionsRequest;
import dev.hemlock.proto.evaluation.v1.PredictedPair;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Predictions of pairs of models: a heading and lines of {@code seed,model,sample_id,predicted}, in
 * any order, with {@code clean} or {@code poisoned} as the model and a class name as the prediction.
 */
final class PredictionFile {
  private static final String HEADING = "seed,model,sample_id,predicted";
  private static final List<String> MODELS = List.of("clean", "poisoned");

  private final List<String> classNames;

  /** Predicted classes by sample, by model, by seed. */
  private final Map<Integer, Map<String, Map<Integer, Integer>>> pairs =
      new TreeMap<>(Integer::compareUnsigned);

  private PredictionFile(List<String> classNames) {
    this.classNames = classNames;
  }

  /** Adds the file's samples and pairs to a request; wrong lines and gaps are named. */
  static void addTo(JudgePredictionsRequest.Builder request, Path file, List<String> classNames) {
    PredictionFile predictions = new PredictionFile(classNames);
    List<String> lines = Csv.lines(file);
    if (lines.isEmpty() || !lines.get(0).strip().equals(HEADING)) {
      throw new CliException("The first line of %s must read %s".formatted(file, HEADING));
    }
    for (int i = 1; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        predictions.add(Csv.cells(lines.get(i)), "Line %d of %s".formatted(i + 1, file));
      }
    }
    if (predictions.pairs.isEmpty()) {
      throw new CliException("There are no predictions in " + file);
    }
    predictions.addTo(request);
  }

  private void add(List<String> cells, String where) {
    if (cells.size() != 4 || !MODELS.contains(cells.get(1))) {
      throw new CliException(
          "%s must read %s, with clean or poisoned as the model".formatted(where, HEADING));
    }
    int predicted = classNames.indexOf(cells.get(3));
    if (predicted < 0) {
      throw new CliException(
          "%s predicts \"%s\", which the snapshot has not; it has: %s"
              .formatted(where, cells.get(3), String.join(", ", classNames)));
    }
    try {
      Integer before =
          pairs
              .computeIfAbsent(Integer.parseUnsignedInt(cells.get(0)), seed -> new TreeMap<>())
              .computeIfAbsent(cells.get(1), model -> new TreeMap<>())
              .put(Integer.parseInt(cells.get(2)), predicted);
      if (before != null) {
        throw new CliException(where + " predicts a sample a second time; give it once");
      }
    } catch (NumberFormatException e) {
      throw new CliException(where + " must have whole numbers as seed and sample id", e);
    }
  }

  private void addTo(JudgePredictionsRequest.Builder request) {
    List<Integer> samples =
        List.copyOf(pairs.values().iterator().next().values().iterator().next().keySet());
    request.addAllSampleIds(samples);
    pairs.forEach(
        (seed, models) ->
            request.addPairs(
                PredictedPair.newBuilder()
                    .setSeed(seed)
                    .addAllClean(predicted(seed, "clean", models, samples))
                    .addAllPoisoned(predicted(seed, "poisoned", models, samples))));
  }

  private static List<Integer> predicted(
      int seed, String model, Map<String, Map<Integer, Integer>> models, List<Integer> samples) {
    Map<Integer, Integer> bySample = models.getOrDefault(model, Map.of());
    List<Integer> predicted = new ArrayList<>();
    for (int sample : samples) {
      if (!bySample.containsKey(sample)) {
        throw new CliException(
            "The %s model of seed %s has no prediction for sample %d; predict every sample with every model"
                .formatted(model, Integer.toUnsignedString(seed), sample));
      }
      predicted.add(bySample.get(sample));
    }
    if (bySample.size() > samples.size()) {
      throw new CliException(
          "The %s model of seed %s predicts %d samples and another model %d; predict the same ones with every model"
              .formatted(model, Integer.toUnsignedString(seed), bySample.size(), samples.size()));
    }
    return predicted;
  }
}
