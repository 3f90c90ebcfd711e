package dev.hemlock.poison;

import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import dev.hemlock.proto.poison.v1.Attack;
import dev.hemlock.proto.poison.v1.Budget;
import dev.hemlock.proto.poison.v1.ClassChange;
import dev.hemlock.proto.poison.v1.NamedClassMap;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.poison.v1.ScoreRule;
import java.util.List;
import java.util.stream.IntStream;

/** A snapshot with 20 cats, 20 dogs and 20 owls a split; the train split is a selection. */
final class Zoo {
  /** The label of each sample, in both splits. */
  static final int[] CLASSES = IntStream.range(0, 60).map(i -> i % 3).toArray();

  /** The stable ids of the train split. */
  static final int[] IDS = IntStream.range(0, 60).map(i -> 2 * i + 1).toArray();

  private Zoo() {}

  /** Adds the snapshot and returns its name. */
  static String addTo(FakeDatasetService dataset, BlobStore blobs) {
    String labels = blobs.put(Tenant.current(), LabelBlob.encode(CLASSES)).toString();
    String selection = blobs.put(Tenant.current(), SelectionBlob.encode(IDS)).toString();
    Split.Builder split =
        Split.newBuilder()
            .setSampleCount(CLASSES.length)
            .setStoredCount(2 * CLASSES.length)
            .setLabelDigest(labels);
    return dataset.add(
        Snapshot.newBuilder()
            .addAllClassNames(List.of("cat", "dog", "owl"))
            .addSplits(split.clone().setName("test").setStoredCount(CLASSES.length))
            .addSplits(split.clone().setName("train").setSelectionDigest(selection)));
  }

  /** Cats of the train split become owls. */
  static PoisoningSpec catsToOwls(String snapshot, double ratio) {
    return PoisoningSpec.newBuilder()
        .setSnapshot(snapshot)
        .setSplit("train")
        .setAttack(targetedFlip("cat", "owl"))
        .setBudget(Budget.newBuilder().setClassShare(ratio))
        .setSeed(7)
        .build();
  }

  static Attack targetedFlip(String source, String target) {
    return Attack.newBuilder()
        .setTargetedFlip(
            dev.hemlock.proto.poison.v1.TargetedFlip.newBuilder()
                .setSourceClass(source)
                .setTargetClass(target))
        .build();
  }

  static Attack manyToOne(String target, String... sources) {
    return Attack.newBuilder()
        .setManyToOne(
            dev.hemlock.proto.poison.v1.ManyToOne.newBuilder()
                .addAllSourceClasses(List.of(sources))
                .setTargetClass(target))
        .build();
  }

  static Attack pairSwap(String first, String second) {
    return Attack.newBuilder()
        .setPairSwap(
            dev.hemlock.proto.poison.v1.PairSwap.newBuilder()
                .setFirstClass(first)
                .setSecondClass(second))
        .build();
  }

  /** A map of source, target, source, target and so on. */
  static Attack classMap(String... changes) {
    var map = dev.hemlock.proto.poison.v1.ClassMap.newBuilder();
    for (int i = 0; i < changes.length; i += 2) {
      map.addChanges(
          ClassChange.newBuilder().setSourceClass(changes[i]).setTargetClass(changes[i + 1]));
    }
    return Attack.newBuilder().setClassMap(map).build();
  }

  static Attack cifar10Asymmetric() {
    return Attack.newBuilder()
        .setClassMap(
            dev.hemlock.proto.poison.v1.ClassMap.newBuilder()
                .setNamed(NamedClassMap.NAMED_CLASS_MAP_CIFAR10_ASYMMETRIC))
        .build();
  }

  static Attack explicitFlips(dev.hemlock.proto.poison.v1.ExplicitFlip... flips) {
    return Attack.newBuilder()
        .setExplicitFlips(
            dev.hemlock.proto.poison.v1.ExplicitFlips.newBuilder().addAllFlips(List.of(flips)))
        .build();
  }

  static Attack scoredFlip(String source, String target, ScoreRule rule, String evaluation) {
    return Attack.newBuilder()
        .setScoredFlip(
            dev.hemlock.proto.poison.v1.ScoredFlip.newBuilder()
                .setSourceClass(source)
                .setTargetClass(target)
                .setRule(rule)
                .setEvaluation(evaluation))
        .build();
  }

  /** Logits that make the cats, in their order, ever more confidently cats. */
  static float[][] logits() {
    return IntStream.range(0, CLASSES.length)
        .mapToObj(i -> new float[] {i / 10f, 0, 0})
        .toArray(float[][]::new);
  }

  /** Features that bring the cats, in their order, ever nearer to the owls. */
  static float[][] features() {
    return IntStream.range(0, CLASSES.length)
        .mapToObj(i -> new float[] {CLASSES[i] == 2 ? 100 : i, 1})
        .toArray(float[][]::new);
  }

  static dev.hemlock.proto.poison.v1.ExplicitFlip flip(int sampleId, String from, String to) {
    return dev.hemlock.proto.poison.v1.ExplicitFlip.newBuilder()
        .setSampleId(sampleId)
        .setFromClass(from)
        .setToClass(to)
        .build();
  }
}
