package dev.hemlock.common.torch;

import ai.djl.Device;
import dev.hemlock.common.error.HemlockException;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where arithmetic runs.
 *
 * @param name {@code cpu}, or {@code cuda:0} and so on
 */
public record TorchDevice(String name) {
  /** The processor. */
  public static final TorchDevice CPU = new TorchDevice("cpu");

  private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

  /**
   * Reads {@code cpu}, {@code cuda} or {@code cuda:n}.
   *
   * @throws HemlockException FAILED_PRECONDITION for anything else
   */
  public static TorchDevice parse(String text) {
    Matcher cuda = CUDA.matcher(text);
    if (cuda.matches()) {
      return new TorchDevice("cuda:" + (cuda.group(1) == null ? "0" : cuda.group(1)));
    }
    if (text.equals("cpu")) {
      return CPU;
    }
    throw HemlockException.failedPrecondition(
        "There is no device '%s'; set hemlock.torch.device to cpu, cuda or cuda:n".formatted(text));
  }

  public boolean isCpu() {
    return name.equals("cpu");
  }

  /** Bytes of a GPU's own memory, if its driver tells. */
  public OptionalLong memoryBytes() {
    return isCpu() ? OptionalLong.empty() : GpuMemory.bytes(ordinal());
  }

  Device djl() {
    return isCpu() ? Device.cpu() : Device.gpu(ordinal());
  }

  private int ordinal() {
    return Integer.parseInt(name.substring("cuda:".length()));
  }
}
