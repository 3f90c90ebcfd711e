package dev.hemlock.common.torch;

import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import java.util.OptionalLong;

/**
 * The memory of a GPU as its driver tells (CUDA Driver API: {@code cuDeviceTotalMem}). DJL asks the
 * CUDA runtime, which a PyTorch package keeps where only PyTorch finds it.
 */
final class GpuMemory {
  private static final String DRIVER = "libcuda.so.1";

  private GpuMemory() {}

  /** Bytes in all, if there is a driver and it knows the GPU. */
  static OptionalLong bytes(int ordinal) {
    try {
      NativeLibrary driver = NativeLibrary.getInstance(DRIVER);
      IntByReference gpu = new IntByReference();
      LongByReference bytes = new LongByReference();
      boolean told =
          succeeds(driver, "cuInit", 0)
              && succeeds(driver, "cuDeviceGet", gpu, ordinal)
              && succeeds(driver, "cuDeviceTotalMem_v2", bytes, gpu.getValue());
      return told ? OptionalLong.of(bytes.getValue()) : OptionalLong.empty();
    } catch (UnsatisfiedLinkError e) {
      return OptionalLong.empty();
    }
  }

  private static boolean succeeds(NativeLibrary driver, String function, Object... arguments) {
    return driver.getFunction(function).invokeInt(arguments) == 0;
  }
}
