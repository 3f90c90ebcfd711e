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

/** Between the messages of {@code hemlock.poison.v1} and the domain. */
final class PoisoningMapper {
  private static final String DEFAULT_SPLIT = "train";

  private PoisoningMapper() {}

  /** With every default filled in and in the one order that equal specs share. */
  static PoisoningSpec withDefaults(PoisoningSpec spec) {
    PoisoningSpec.Builder complete = spec.toBuilder();
    if (spec.hasAttack()) {
      complete.setAttack(AttackMapper.sorted(spec.getAttack()));
    }
    if (spec.getSplit().isEmpty()) {
      complete.setSplit(DEFAULT_SPLIT);
    }
    if (!spec.hasBudget() && spec.getAttack().hasExplicitFlips()) {
      int all = spec.getAttack().getExplicitFlips().getFlipsCount();
      complete.setBudget(Budget.newBuilder().setCount(all));
    }
    return complete.build();
  }

  static PoisoningSpec spec(byte[] document) {
    return ProtoJson.parse(document, PoisoningSpec.newBuilder()).build();
  }

  /** What the spec asks for, on the labels of its split, with what its scoring model gives. */
  static FlipPlan plan(PoisoningSpec spec, LabelledSplit split, ModelOutputs outputs) {
    return FlipPlanner.plan(
        split.labels(),
        AttackMapper.attack(spec.getAttack(), split.classNames(), outputs),
        budget(spec.getBudget()),
        new Seed(spec.getSeed()));
  }

  static FlipManifest manifest(PoisoningSpec spec, LabelledSplit split, FlipPlan plan) {
    FlipManifest.Builder manifest =
        FlipManifest.newBuilder()
            .setSpec(spec)
            .setGenerator(RandomStream.VERSION)
            .setEligibleCount(plan.scope().eligible());
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

  /** The poisoning with how much the plan flips. */
  static Poisoning counted(Poisoning poisoning, FlipPlan plan) {
    return poisoning.toBuilder()
        .setFlipCount(plan.flips().size())
        .setEligibleCount(plan.scope().eligible())
        .setClassShare(plan.classShare())
        .setSplitShare(plan.splitShare())
        .build();
  }

  static Poisoning poisoning(RunView run) {
    Poisoning.Builder poisoning = Poisoning.newBuilder();
    run.result().ifPresent(document -> ProtoJson.parse(document, poisoning));
    return poisoning.setName(run.name()).setSpec(spec(run.spec())).setStatus(run.status()).build();
  }

  /** The poisoning without its explicit flips, of which there may be many. */
  static Poisoning listed(RunView run) {
    Poisoning.Builder poisoning = poisoning(run).toBuilder();
    if (poisoning.getSpec().getAttack().hasExplicitFlips()) {
      poisoning.getSpecBuilder().getAttackBuilder().getExplicitFlipsBuilder().clearFlips();
    }
    return poisoning.build();
  }

  private static FlipBudget budget(Budget budget) {
    return switch (budget.getAmountCase()) {
      case CLASS_SHARE -> new ClassShare(budget.getClassShare());
      case SPLIT_SHARE -> new SplitShare(budget.getSplitShare());
      case COUNT -> new FlipCount(budget.getCount());
      case AMOUNT_NOT_SET ->
          throw HemlockException.invalidArgument(
                  "The spec has no budget; set budget.class_share, budget.split_share or budget.count")
              .violating("spec.budget", "is required");
    };
  }
}
