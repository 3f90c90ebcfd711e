package dev.hemlock.poison;

import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.work.Stage;
import dev.hemlock.common.work.Work;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Makes the poisoned snapshot of one poisoning. The flip manifest is stored before the snapshot is
 * derived, so that no poisoned snapshot is ever without one. Repeating it writes the same bytes
 * under the same names.
 */
@ApplicationScoped
public class PoisonStage implements Stage {
  static final String KIND = "poisonings";
  static final String NAME = "poison";

  private final SnapshotLabels snapshots;
  private final RemoteEvaluations evaluations;
  private final FlipManifests manifests;

  /** Reads and derives through {@code snapshots}. */
  public PoisonStage(
      SnapshotLabels snapshots, RemoteEvaluations evaluations, FlipManifests manifests) {
    this.snapshots = snapshots;
    this.evaluations = evaluations;
    this.manifests = manifests;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte[] run(Work work) {
    PoisoningSpec spec = PoisoningMapper.spec(work.spec());
    LabelledSplit split = snapshots.read(spec.getSnapshot(), spec.getSplit());
    FlipPlan plan = PoisoningMapper.plan(spec, split, evaluations.outputs(spec, split));
    work.checkpoint();
    Digest manifest = manifests.put(PoisoningMapper.manifest(spec, split, plan));
    String poisoned = snapshots.derive(split, plan.applyTo(split.labels()), work.name());
    return ProtoJson.bytes(
        PoisoningMapper.counted(Poisoning.getDefaultInstance(), plan).toBuilder()
            .setPoisonedSnapshot(poisoned)
            .setFlipManifestDigest(manifest.toString())
            .build());
  }
}
