package dev.hemlock.training;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.OptionalLong;

/** How this process trains; see also {@link dev.hemlock.common.torch.TorchConfig}. */
@ConfigMapping(prefix = "hemlock.trainer")
public interface TrainerConfig {
  /**
   * The least time between two checkpoints of a run; a shorter run writes none. Longer where writing
   * them would take more than a twentieth of the time. Zero: one after every step.
   */
  @WithDefault("60S")
  Duration checkpointInterval();

  /** A run that a shutdown hands back is saved first if more than this of its work is not saved. */
  @WithDefault("10S")
  Duration shutdownLoss();

  /**
   * Bytes of memory that one run may take, of the GPU on a GPU; a recipe that is estimated to need
   * more is refused. The default is the memory of the machine or container, or of the GPU, divided by
   * the runs at a time; unset: no recipe is refused.
   */
  OptionalLong memoryBytes();

  /** Which snapshots may be trained on. */
  @WithDefault("off")
  Admission admission();

  /** Which snapshots may be trained on. */
  enum Admission {
    /** All. */
    OFF,
    /** Those whose labels all go back to an approval, and others only for a red team. */
    ENFORCE
  }
}
