package dev.hemlock.training;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.ledger.RunView;
import dev.hemlock.common.ledger.Runs;
import dev.hemlock.common.ledger.Terminal;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Page;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.torch.TorchConfig;
import dev.hemlock.common.torch.TorchDevice;
import dev.hemlock.common.work.RunsFactory;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.training.v1.Model;
import dev.hemlock.proto.training.v1.ModelFile;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingSpec;
import io.smallrye.mutiny.Multi;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for training runs, follows them and hands out their models. Blocking. */
@Singleton
public class TrainingRuns {
  private static final Logger log = LoggerFactory.getLogger(TrainingRuns.class);

  private final Runs runs;
  private final TrainingSnapshots snapshots;
  private final BlobStore blobs;
  private final boolean cpu;
  private final OptionalLong memoryBytes;
  private final boolean enforced;

  @Inject
  TrainingRuns(
      RunsFactory runs,
      TrainingSnapshots snapshots,
      BlobStore blobs,
      TorchConfig torch,
      TrainerConfig trainer) {
    this(
        runs.of(TrainStage.KIND, TrainStage.NAME),
        snapshots,
        blobs,
        TorchDevice.parse(torch.device()).isCpu(),
        trainer.memoryBytes(),
        trainer.admission() == TrainerConfig.Admission.ENFORCE);
  }

  TrainingRuns(
      Runs runs,
      TrainingSnapshots snapshots,
      BlobStore blobs,
      boolean cpu,
      OptionalLong memoryBytes,
      boolean enforced) {
    this.runs = runs;
    this.snapshots = snapshots;
    this.blobs = blobs;
    this.cpu = cpu;
    this.memoryBytes = memoryBytes;
    this.enforced = enforced;
  }

  /**
   * Asks for a training run. What can't be trained is refused here and leaves nothing behind.
   *
   * @throws HemlockException INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION or ALREADY_EXISTS as
   *     {@code TrainingService.CreateTrainingRun} documents
   */
  public RunView create(TrainingSpec spec, String requestId) {
    TrainingSpec complete = checked(spec);
    RunView run = runs.create(CanonicalJson.of(complete), requestId);
    if (complete.getRedTeam()) {
      log.atWarn()
          .addKeyValue("run", run.name())
          .addKeyValue("snapshot", complete.getSnapshot())
          .addKeyValue("request", requestId)
          .log("red team: admission bypassed, the model is untrusted");
    }
    return run;
  }

  /**
   * What asking for a training run would give, without asking; in state UNSPECIFIED if there is none.
   *
   * @throws HemlockException INVALID_ARGUMENT, NOT_FOUND or FAILED_PRECONDITION as {@link #create}
   */
  public RunView preview(TrainingSpec spec) {
    return runs.preview(CanonicalJson.of(checked(spec)));
  }

  private TrainingSpec checked(TrainingSpec spec) {
    TrainingSpec complete = Recipes.withDefaults(spec);
    Snapshot snapshot = snapshots.describe(complete.getSnapshot());
    TrainingRules.check(complete, snapshot);
    TrainingRules.checkPrecision(complete.getRecipe(), cpu, Processor.here());
    TrainingRules.checkMemory(complete, snapshot, memoryBytes);
    if (enforced && !complete.getRedTeam()) {
      snapshots.requireAdmitted(complete.getSnapshot());
    }
    return complete;
  }

  /** Reads one training run; NOT_FOUND if there is none of that name. */
  public RunView get(String name) {
    return runs.get(name);
  }

  /** Lists training runs by name. */
  public Page<RunView> list(int pageSize, String pageToken) {
    return runs.list(pageSize, pageToken);
  }

  /** Asks a training run to stop; one that has ended stays as it is. */
  public RunView cancel(String name) {
    return runs.cancel(name);
  }

  /** The present state at once, then each change up to a terminal one. */
  public Multi<RunView> watch(String name) {
    return runs.watch(name);
  }

  /**
   * A file of a finished run's model, verified, as a local copy to be opened at once.
   *
   * @throws HemlockException FAILED_PRECONDITION unless the run has SUCCEEDED
   */
  public Path model(String name, ModelFile file) {
    TrainingRun run = TrainingRunMapper.trainingRun(runs.get(name));
    RunState state = run.getStatus().getState();
    if (state != RunState.RUN_STATE_SUCCEEDED) {
      throw HemlockException.failedPrecondition(
              "The training run %s is %s and has no model; %s"
                  .formatted(
                      name,
                      state,
                      Terminal.isTerminal(state)
                          ? "ask for it again"
                          : "wait until it has succeeded"))
          .with("name", name)
          .with("state", state.name());
    }
    Model model = run.getModel();
    String digest =
        file == ModelFile.MODEL_FILE_CARD ? model.getCardDigest() : model.getWeightsDigest();
    return blobs.file(Tenant.current(), Digest.parse(digest));
  }
}
