package dev.hemlock.evaluation.statistics;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.hemlock.evaluation.Fixture;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** What models predicted for every test image, as recorded by {@code predictions.py}. */
record Recorded(int[] labels, List<int[]> clean, List<double[]> differences) {
  static final int CLASSES = 10;

  static Recorded read() throws IOException {
    JsonObject document = Fixture.read("statistics/predictions.json");
    Recorded recorded =
        new Recorded(classes(document.get("labels")), models(document, "clean"), List.of());
    int source = document.get("source").getAsInt();
    int target = document.get("target").getAsInt();
    List<double[]> differences =
        StreamSupport.stream(document.getAsJsonArray("poisoned").spliterator(), false)
            .map(poisoned -> models(poisoned.getAsJsonObject(), "models"))
            .map(models -> recorded.excess(models, source, target))
            .toList();
    return new Recorded(recorded.labels, recorded.clean, differences);
  }

  /** The images of one class that a model reads as another, one bit an image of the first. */
  BitSet hits(int[] model, int source, int target) {
    BitSet hits = new BitSet();
    int image = 0;
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] == source) {
        hits.set(image++, model[i] == target);
      }
    }
    return hits;
  }

  int count(int label) {
    return (int) IntStream.of(labels).filter(l -> l == label).count();
  }

  double rate(int[] model, int source, int target) {
    return (double) hits(model, source, target).cardinality() / count(source);
  }

  /** Source and target classes whose attack success rate without any attack is at least this. */
  List<int[]> misreadClasses(double least) {
    return IntStream.range(0, CLASSES * CLASSES)
        .mapToObj(i -> new int[] {i / CLASSES, i % CLASSES})
        .filter(pair -> pair[0] != pair[1])
        .filter(
            pair ->
                clean.stream().mapToDouble(m -> rate(m, pair[0], pair[1])).average().orElse(0)
                    >= least)
        .toList();
  }

  double accuracy(int[] model) {
    return IntStream.range(0, labels.length).filter(i -> labels[i] == model[i]).count()
        / (double) labels.length;
  }

  private double[] excess(List<int[]> poisoned, int source, int target) {
    return IntStream.range(0, poisoned.size())
        .mapToDouble(
            i -> rate(poisoned.get(i), source, target) - rate(clean.get(i), source, target))
        .toArray();
  }

  private static List<int[]> models(JsonObject object, String field) {
    return StreamSupport.stream(object.getAsJsonArray(field).spliterator(), false)
        .map(Recorded::classes)
        .toList();
  }

  private static int[] classes(JsonElement digits) {
    return digits.getAsString().chars().map(digit -> digit - '0').toArray();
  }
}
