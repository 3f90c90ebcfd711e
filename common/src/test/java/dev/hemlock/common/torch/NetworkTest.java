package dev.hemlock.common.torch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.ImageShape;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class NetworkTest {
  private static final ImageShape CIFAR = new ImageShape(32, 32, 3);

  @Test
  void resnet18HasTorchvisionsTensors() {
    // When
    Network network = Network.of(Architecture.RESNET18, CIFAR, 10);

    // Then
    assertThat(network.parameterCount()).isEqualTo(11_173_962);
    assertThat(network.parameters()).hasSize(62);
    assertThat(network.buffers()).hasSize(40);
    assertThat(network.counters())
        .hasSize(20)
        .contains("layer4.0.downsample.1.num_batches_tracked");
    assertThat(network.parameters().stream().map(TensorSpec::name).skip(21).limit(4))
        .containsExactly(
            "layer2.0.downsample.0.weight",
            "layer2.0.downsample.1.weight",
            "layer2.0.downsample.1.bias",
            "layer2.1.conv1.weight");
    assertThat(network.features()).isEqualTo(512);
  }

  @Test
  void fastIsASmallResidualNetwork() {
    // When
    Network network = Network.of(Architecture.FAST, CIFAR, 10);

    // Then
    assertThat(network.parameters()).hasSize(23);
    assertThat(network.counters()).hasSize(7).contains("layer2.bn3.num_batches_tracked");
    assertThat(network.features()).isEqualTo(256);
    assertThat(network.smallestMap()).isEqualTo(16);
    assertThat(Network.of(Architecture.FAST, new ImageShape(8, 9, 1), 2).smallestMap())
        .isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  void everyArchitectureKeepsItsParameterCount(Architecture architecture) {
    int expected =
        switch (architecture) {
          case RESNET18 -> 11_173_962;
          case SMALLCNN -> 118_170;
          case FAST -> 1_849_930;
        };

    assertThat(Network.of(architecture, CIFAR, 10).parameterCount()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"8,8,2", "15,15,2", "12,32,2", "16,16,3", "28,28,3", "31,16,3", "32,32,4"})
  void smallcnnShrinksItsMapTowardsFour(int height, int width, int blocks) {
    Network network = Network.of(Architecture.SMALLCNN, new ImageShape(height, width, 1), 10);

    assertThat(network.buffers()).hasSize(2 * blocks);
    assertThat(network.features()).isEqualTo(16 * (8 << blocks));
  }

  /** Moments of two samples of one distribution differ by less than 5 standard errors. */
  @ParameterizedTest
  @EnumSource(Architecture.class)
  void startsWithTorchvisionsDistributions(Architecture architecture) throws IOException {
    // Given
    Map<String, double[]> theirs = recorded(architecture);

    // When
    Map<String, Safetensors.Tensor> ours =
        Network.of(architecture, CIFAR, 10).initial(1).toSafetensors(Map.of()).tensors();

    // Then
    assertThat(theirs).isNotEmpty();
    theirs.forEach(
        (name, expected) -> {
          float[] values = ours.get(name).floats();
          double[] moments = moments(values);
          double errors = 5 * Math.sqrt(2.0 / values.length);
          assertThat(moments[0]).as(name).isCloseTo(expected[0], within(errors * expected[1]));
          assertThat(moments[1]).as(name).isCloseTo(expected[1], within(errors * expected[1]));
          assertThat(moments[2]).as(name).isCloseTo(expected[2], within(errors * Math.sqrt(24)));
        });
  }

  @Test
  void uniformValuesFillTheirRange() {
    Map<String, Safetensors.Tensor> small =
        Network.of(Architecture.SMALLCNN, CIFAR, 10).initial(1).toSafetensors(Map.of()).tensors();

    assertUniform(small.get("conv3.weight"), 1 / Math.sqrt(32 * 9));
    assertUniform(small.get("fc.weight"), 1 / Math.sqrt(2048));
  }

  @Test
  void theSeedAloneDecidesTheStart() {
    Network network = Network.of(Architecture.SMALLCNN, CIFAR, 10);

    assertThat(network.initial(3).parameterDigest())
        .isEqualTo(network.initial(3).parameterDigest())
        .isNotEqualTo(network.initial(4).parameterDigest());
  }

  @Test
  void readsBackItsStateDict() {
    // Given
    Network network = Network.of(Architecture.SMALLCNN, CIFAR, 10);
    NetworkState state =
        new NetworkState(network, network.initial(3).parameters(), network.initial(3).buffers(), 9);

    // When
    byte[] bytes = state.toSafetensors(Map.of("format", "pt")).bytes();
    NetworkState read = NetworkState.of(network, Safetensors.read(java.nio.ByteBuffer.wrap(bytes)));

    // Then
    assertThat(read.parameters()).containsExactly(state.parameters());
    assertThat(read.buffers()).containsExactly(state.buffers());
    assertThat(read.batches()).isEqualTo(9);
  }

  @Test
  void refusesTheWeightsOfAnotherNetwork() {
    // Given
    Network network = Network.of(Architecture.SMALLCNN, CIFAR, 10);
    Safetensors own = network.initial(1).toSafetensors(Map.of());
    Safetensors other =
        Network.of(Architecture.SMALLCNN, CIFAR, 11).initial(1).toSafetensors(Map.of());
    Map<String, Safetensors.Tensor> more = new LinkedHashMap<>(own.tensors());
    more.put("extra", Safetensors.Tensor.of(List.of(1L), new float[1]));

    // Then
    assertThatThrownBy(() -> NetworkState.of(network, other))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("fc.weight of shape [10, 2048], not [11, 2048]");
    assertThatThrownBy(() -> NetworkState.of(network, new Safetensors(more, Map.of())))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("extra");
  }

  @Test
  void channelsLastOrderIsUndone() {
    // Given
    Network network = Network.of(Architecture.SMALLCNN, CIFAR, 10);
    float[] rowMajor = network.initial(3).parameters();

    // When
    float[] last = ChannelsLast.from(network.parameters(), rowMajor);

    // Then
    assertThat(ChannelsLast.toRowMajor(network.parameters(), last)).containsExactly(rowMajor);
    // conv1 is (16, 3, 3, 3): (o, i, h, w) = (2, 1, 0, 2) lies at (2, 0, 2, 1)
    assertThat(last[2 * 27 + 2 * 3 + 1]).isEqualTo(rowMajor[2 * 27 + 9 + 2]);
  }

  private static void assertUniform(Safetensors.Tensor tensor, double bound) {
    double largest = 0;
    for (float value : tensor.floats()) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).isBetween(0.99 * bound, bound * (1 + 1e-6));
  }

  /** By tensor its mean, deviation and kurtosis in torchvision; written by initial.py. */
  private static Map<String, double[]> recorded(Architecture architecture) throws IOException {
    try (InputStream in = NetworkTest.class.getResourceAsStream("initial.json")) {
      TypeToken<Map<String, Map<String, double[]>>> type = new TypeToken<>() {};
      return new Gson().fromJson(new InputStreamReader(in, UTF_8), type).get(architecture.name());
    }
  }

  private static double[] moments(float[] values) {
    double mean = 0;
    for (float value : values) {
      mean += value / values.length;
    }
    double second = 0;
    double fourth = 0;
    for (float value : values) {
      second += Math.pow(value - mean, 2) / values.length;
      fourth += Math.pow(value - mean, 4) / values.length;
    }
    boolean constant = second < 1e-20;
    return new double[] {
      mean, constant ? 0 : Math.sqrt(second), constant ? 0 : fourth / (second * second)
    };
  }
}
