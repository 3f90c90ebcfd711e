package dev.hemlock.common.torch;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Path;

/**
 * Switches of this process's libtorch that make arithmetic on a GPU repeat and keep its precision: a
 * convolution's algorithm is never chosen by a stopwatch, only deterministic ones count, and neither
 * convolutions nor matrix products shorten 32-bit floats to TF32.
 *
 * <p>DJL doesn't reach them, so they are called by the names of {@code at::Context}'s members in
 * libtorch 2.7.1. They exist in builds for CPUs too, where they change nothing.
 */
final class CudnnSwitches {
  private final NativeLibrary library;
  private final Pointer context;

  /** The switches of a libtorch that is loaded from a folder. */
  CudnnSwitches(Path folder) {
    library =
        NativeLibrary.getInstance(folder.resolve(System.mapLibraryName("torch_cpu")).toString());
    context = library.getFunction("_ZN2at13globalContextEv").invokePointer(new Object[0]);
  }

  void makeRepeatable() {
    set("_ZN2at7Context17setBenchmarkCuDNNEb", false);
    set("_ZN2at7Context21setDeterministicCuDNNEb", true);
    set("_ZN2at7Context17setAllowTF32CuDNNEb", false);
    set("_ZN2at7Context18setAllowTF32CuBLASEb", false);
  }

  boolean benchmark() {
    return get("_ZNK2at7Context14benchmarkCuDNNEv");
  }

  boolean deterministic() {
    return get("_ZNK2at7Context18deterministicCuDNNEv");
  }

  /** Whether convolutions or matrix products may shorten 32-bit floats. */
  boolean tf32() {
    return get("_ZNK2at7Context14allowTF32CuDNNEv") || get("_ZNK2at7Context15allowTF32CuBLASEv");
  }

  private void set(String symbol, boolean value) {
    library.getFunction(symbol).invokeVoid(new Object[] {context, value ? 1 : 0});
  }

  /** A C++ bool is the lowest byte of what is returned. */
  private boolean get(String symbol) {
    return (library.getFunction(symbol).invokeInt(new Object[] {context}) & 0xFF) != 0;
  }
}
