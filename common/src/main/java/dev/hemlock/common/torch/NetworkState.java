package dev.hemlock.common.torch;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.Digest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network's numbers.
 *
 * @param network what they belong to
 * @param parameters all trainable tensors one after another, each row-major in its PyTorch shape
 * @param buffers all running means and variances likewise
 * @param batches how many batches the batch norms have seen
 */
public record NetworkState(Network network, float[] parameters, float[] buffers, long batches) {
  public NetworkState {
    if (parameters.length != Network.total(network.parameters())
        || buffers.length != Network.total(network.buffers())) {
      throw new IllegalArgumentException("The numbers don't fit the network");
    }
  }

  /** The SHA-256 of the parameters as little-endian floats. */
  public Digest parameterDigest() {
    ByteBuffer bytes =
        ByteBuffer.allocate(parameters.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(parameters);
    return Digest.of(bytes.array());
  }

  /**
   * What torchvision calls the state dict: parameters, running statistics and {@code
   * num_batches_tracked}.
   *
   * @param metadata free text by name, stored in the file's header
   */
  public Safetensors toSafetensors(Map<String, String> metadata) {
    Map<String, Safetensors.Tensor> tensors = new LinkedHashMap<>();
    split(network.parameters(), parameters, tensors);
    split(network.buffers(), buffers, tensors);
    for (String counter : network.counters()) {
      tensors.put(counter, Safetensors.Tensor.of(List.of(), new long[] {batches}));
    }
    return new Safetensors(tensors, metadata);
  }

  /**
   * Reads a state dict.
   *
   * @throws HemlockException INVALID_ARGUMENT unless names and shapes are exactly the network's
   */
  public static NetworkState of(Network network, Safetensors file) {
    List<String> expected = new ArrayList<>(network.counters());
    network.parameters().forEach(tensor -> expected.add(tensor.name()));
    network.buffers().forEach(tensor -> expected.add(tensor.name()));
    for (String name : file.tensors().keySet()) {
      if (!expected.contains(name)) {
        throw HemlockException.invalidArgument(
            "The weights hold a tensor %s that %s does not have; give weights of this network"
                .formatted(name, network.architecture().id()));
      }
    }
    long batches =
        network.counters().stream()
            .mapToLong(name -> file.tensor(name, List.of()).longs()[0])
            .max()
            .orElse(0);
    return new NetworkState(
        network, join(network.parameters(), file), join(network.buffers(), file), batches);
  }

  private static void split(
      List<TensorSpec> tensors, float[] all, Map<String, Safetensors.Tensor> into) {
    int at = 0;
    for (TensorSpec tensor : tensors) {
      float[] values = java.util.Arrays.copyOfRange(all, at, at + tensor.size());
      into.put(tensor.name(), Safetensors.Tensor.of(longs(tensor), values));
      at += tensor.size();
    }
  }

  private static float[] join(List<TensorSpec> tensors, Safetensors file) {
    float[] all = new float[Network.total(tensors)];
    int at = 0;
    for (TensorSpec tensor : tensors) {
      float[] values = file.tensor(tensor.name(), longs(tensor)).floats();
      System.arraycopy(values, 0, all, at, values.length);
      at += values.length;
    }
    return all;
  }

  private static List<Long> longs(TensorSpec tensor) {
    return tensor.shape().stream().map(Integer::longValue).toList();
  }
}
