package dev.hemlock.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.torch.TorchDevice;
import dev.hemlock.common.torch.TorchEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs with libtorch's build for CPUs. */
class TorchDeviceTest {
  private final TorchEngine engine = TorchEngine.start(1);

  @ParameterizedTest
  @CsvSource({"cpu,cpu", "cuda,cuda:0", "cuda:3,cuda:3"})
  void namesADevice(String text, String name) {
    assertThat(TorchDevice.parse(text).name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "CUDA", "mps"})
  void refusesAnUnknownDevice(String text) {
    assertThatThrownBy(() -> TorchDevice.parse(text))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("set hemlock.torch.device to cpu, cuda or cuda:n");
  }

  @Test
  void saysWhatToDoWhenThereIsNoGpu() {
    // Then
    engine.require(TorchDevice.CPU);
    assertThatThrownBy(() -> engine.require(TorchDevice.parse("cuda")))
        .isInstanceOfSatisfying(
            HemlockException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.FAILED_PRECONDITION))
        .hasMessageStartingWith("This process can't compute on cuda:0 (")
        .hasMessageContaining("Set hemlock.torch.device to cpu");
  }

  @Test
  void neverLetsAGpuChooseByTheClockOrShortenFloats() {
    assertThat(engine.benchmarksConvolutions()).isFalse();
    assertThat(engine.convolvesDeterministically()).isTrue();
    assertThat(engine.shortensFloats()).isFalse();
  }
}
