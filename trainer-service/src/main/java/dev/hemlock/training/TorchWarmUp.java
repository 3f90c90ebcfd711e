package dev.hemlock.training;

import dev.hemlock.common.torch.TorchConfig;
import dev.hemlock.common.torch.TorchDevice;
import dev.hemlock.common.torch.TorchEngine;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads libtorch beside the start of a process that trains, so that its first run needn't wait. */
@Singleton
public class TorchWarmUp {
  private static final Logger log = LoggerFactory.getLogger(TorchWarmUp.class);

  private final TorchConfig config;
  private final int concurrency;

  /**
   * Warms up only where runs are trained.
   *
   * @param concurrency runs at a time
   */
  public TorchWarmUp(
      TorchConfig config,
      @ConfigProperty(name = "hemlock.work.train.concurrency", defaultValue = "1")
          int concurrency) {
    this.config = config;
    this.concurrency = concurrency;
  }

  void start(@Observes StartupEvent event) {
    if (concurrency > 0) {
      Thread thread = new Thread(this::load, "hemlock-torch");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void load() {
    try {
      TorchEngine engine = TorchEngine.start(config.threads());
      engine.require(TorchDevice.parse(config.device()));
      log.atInfo()
          .addKeyValue("engine", engine.version())
          .addKeyValue("device", config.device())
          .addKeyValue("threads", engine.threads())
          .addKeyValue("runsAtATime", concurrency)
          .log("ready to train");
    } catch (RuntimeException | LinkageError e) {
      log.atError().setCause(e).log("nothing can be trained here; training runs will fail");
    }
  }
}
