package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.common.random.RandomStream;
import dev.hemlock.proto.poison.v1.Budget;
import dev.hemlock.proto.poison.v1.Flip;
import dev.hemlock.proto.poison.v1.FlipManifest;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import java.util.List;

/** Between the messages of {@code hemlock.poison.v1} and the domain. */
final class PoisoningMapper {
  private static final String DEFAULT_SPLIT = "train";

  private PoisoningMapper() {}

  static PoisoningSpec withDefaults(PoisoningSpec spec) {
    return spec.getSplit().isEmpty() ? spec.toBuilder().setSplit(DEFAULT_SPLIT).build() : spec;
  }

  static PoisoningSpec spec(byte[] document) {
    return ProtoJson.parse(document, PoisoningSpec.newBuilder()).build();
  }

  static Seed seed(PoisoningSpec spec) {
    return new Seed(spec.getSeed());
  }

  static Attack attack(PoisoningSpec spec, List<String> classNames) {
    return switch (spec.getAttack().getKindCase()) {
      case TARGETED_FLIP -> {
        var flip = spec.getAttack().getTargetedFlip();
        String field = "spec.attack.targeted_flip.";
        yield new TargetedFlip(
            classIndex(classNames, flip.getSourceClass(), field + "source_class"),
            classIndex(classNames, flip.getTargetClass(), field + "target_class"),
            ratio(spec.getBudget()));
      }
      case KIND_NOT_SET ->
          throw HemlockException.invalidArgument(
                  "The spec names no attack; set attack.targeted_flip")
              .violating("spec.attack", "is required");
    };
  }

  static FlipManifest manifest(PoisoningSpec spec, LabelledSplit split, FlipPlan plan) {
    FlipManifest.Builder manifest =
        FlipManifest.newBuilder()
            .setSpec(spec)
            .setGenerator(RandomStream.VERSION)
            .setEligibleCount(plan.eligibleCount());
    for (LabelFlip flip : plan.flips()) {
      manifest.addFlips(
          Flip.newBuilder()
              .setSplit(split.split())
              .setSampleId(flip.sampleId())
              .setFromClass(split.classNames().get(flip.from()))
              .setToClass(split.classNames().get(flip.to())));
    }
    return manifest.build();
  }

  static Poisoning poisoning(RunView run) {
    Poisoning.Builder poisoning = Poisoning.newBuilder();
    run.result().ifPresent(document -> ProtoJson.parse(document, poisoning));
    return poisoning.setName(run.name()).setSpec(spec(run.spec())).setStatus(run.status()).build();
  }

  private static FlipRatio ratio(Budget budget) {
    return switch (budget.getAmountCase()) {
      case CLASS_SHARE -> new FlipRatio(budget.getClassShare());
      case AMOUNT_NOT_SET ->
          throw HemlockException.invalidArgument("The spec has no budget; set budget.class_share")
              .violating("spec.budget", "is required");
    };
  }

  private static int classIndex(List<String> classNames, String name, String field) {
    int index = classNames.indexOf(name);
    if (index < 0) {
      String known = String.join(", ", classNames);
      throw HemlockException.invalidArgument(
              "The snapshot has no class '%s'; it has: %s".formatted(name, known))
          .with("class", name)
          .with("classes", known)
          .violating(field, "must be one of: " + known);
    }
    return index;
  }
}
