package dev.hemlock.common.torch;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How libtorch computes in this process, in training and in prediction. */
@ConfigMapping(prefix = "hemlock.torch")
public interface TorchConfig {
  /** {@code cpu}, {@code cuda} or {@code cuda:n}. */
  @WithDefault("cpu")
  String device();

  /** Threads an operation; a property of the process, and results depend on it in the last bits. */
  @WithDefault("1")
  int threads();
}
