package dev.hemlock.poison;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.ledger.Terminal;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Page;
import dev.hemlock.proto.poison.v1.Flip;
import dev.hemlock.proto.poison.v1.Poisoning;
import dev.hemlock.proto.poison.v1.PoisoningSpec;
import dev.hemlock.proto.run.v1.RunState;
import io.smallrye.mutiny.Multi;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Asks for poisonings, follows them and reads what they flipped. */
public class Poisonings {
  private static final int DEFAULT_FLIPS = 1000;

  private final Runs runs;
  private final SnapshotLabels snapshots;
  private final RemoteEvaluations evaluations;
  private final FlipManifests manifests;

  /** Works on the ledger's {@code runs} of poisonings. */
  public Poisonings(
      Runs runs, SnapshotLabels snapshots, RemoteEvaluations evaluations, FlipManifests manifests) {
    this.runs = runs;
    this.snapshots = snapshots;
    this.evaluations = evaluations;
    this.manifests = manifests;
  }

  /**
   * Asks for a poisoning. Plans the flips beforehand, so that whatever is wrong with the spec is
   * refused here and leaves nothing behind.
   *
   * @throws HemlockException as {@code PoisonService.CreatePoisoning} documents
   */
  public RunView create(PoisoningSpec spec, String requestId) {
    PoisoningSpec complete = PoisoningMapper.withDefaults(spec);
    plan(complete);
    return runs.create(CanonicalJson.of(complete), requestId);
  }

  /**
   * What asking for a poisoning would give, without asking: how many labels it flips, and whether it
   * is there already.
   *
   * @throws HemlockException as {@link #create}
   */
  public Poisoning preview(PoisoningSpec spec) {
    PoisoningSpec complete = PoisoningMapper.withDefaults(spec);
    return PoisoningMapper.counted(
        PoisoningMapper.poisoning(runs.preview(CanonicalJson.of(complete))), plan(complete));
  }

  private FlipPlan plan(PoisoningSpec complete) {
    LabelledSplit split = snapshots.read(complete.getSnapshot(), complete.getSplit());
    return PoisoningMapper.plan(complete, split, evaluations.outputs(complete, split));
  }

  /** Reads one poisoning; NOT_FOUND if there is none of that name. */
  public RunView get(String name) {
    return runs.get(name);
  }

  /** Lists poisonings by name. */
  public Page<RunView> list(int pageSize, String pageToken) {
    return runs.list(pageSize, pageToken);
  }

  /** Asks a poisoning to stop; one that has ended stays as it is. */
  public RunView cancel(String name) {
    return runs.cancel(name);
  }

  /** The present state at once, then each change up to a terminal one. */
  public Multi<RunView> watch(String name) {
    return runs.watch(name);
  }

  /**
   * Reads a page of flips, ordered by sample id.
   *
   * @param pageSize from 0; 0 means 1000
   * @param pageToken the sample id after which the page starts; empty for the first page
   * @throws HemlockException NOT_FOUND, or FAILED_PRECONDITION unless the poisoning has SUCCEEDED
   */
  public Page<Flip> flips(String name, int pageSize, String pageToken) {
    Poisoning poisoning = succeeded(name);
    int after = pageToken.isEmpty() ? -1 : sampleId(pageToken);
    int limit = pageSize == 0 ? DEFAULT_FLIPS : pageSize;
    List<Flip> rest =
        manifests.get(Digest.parse(poisoning.getFlipManifestDigest())).getFlipsList().stream()
            .filter(flip -> flip.getSampleId() > after)
            .toList();
    if (rest.size() <= limit) {
      return new Page<>(rest, "");
    }
    return new Page<>(rest.subList(0, limit), Integer.toString(rest.get(limit - 1).getSampleId()));
  }

  /**
   * Writes the labels of the poisoned split as CSV.
   *
   * @throws HemlockException NOT_FOUND, or FAILED_PRECONDITION unless the poisoning has SUCCEEDED
   */
  public void exportLabels(String name, OutputStream out) throws IOException {
    Poisoning poisoning = succeeded(name);
    LabelTable.write(
        snapshots.read(poisoning.getSpec().getSnapshot(), poisoning.getSpec().getSplit()),
        manifests.get(Digest.parse(poisoning.getFlipManifestDigest())).getFlipsList(),
        out);
  }

  private Poisoning succeeded(String name) {
    Poisoning poisoning = PoisoningMapper.poisoning(runs.get(name));
    RunState state = poisoning.getStatus().getState();
    if (state != RunState.RUN_STATE_SUCCEEDED) {
      throw HemlockException.failedPrecondition(
              "The poisoning %s is %s and has no flips to list; %s"
                  .formatted(
                      name,
                      state,
                      Terminal.isTerminal(state)
                          ? "ask for it again"
                          : "wait until it has succeeded"))
          .with("name", name)
          .with("state", state.name());
    }
    return poisoning;
  }

  private static int sampleId(String pageToken) {
    try {
      return Integer.parseUnsignedInt(pageToken);
    } catch (NumberFormatException e) {
      throw HemlockException.invalidArgument(
              "The page token is not one of this list; give the next_page_token of the page before, or none for the first")
          .violating("page_token", "must come from the page before");
    }
  }
}
