package dev.hemlock.training;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.primitives.Doubles;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.common.torch.Architecture;
import dev.hemlock.common.torch.Network;
import dev.hemlock.common.torch.NetworkState;
import dev.hemlock.proto.training.v1.Model;
import dev.hemlock.proto.training.v1.ModelCard;
import dev.hemlock.proto.training.v1.TrainingSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Stores trained networks: weights and model card. */
final class Models {
  /** What PyTorch's loaders look for. */
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  private final BlobStore blobs;

  Models(BlobStore blobs) {
    this.blobs = blobs;
  }

  /** Stores a model. Equal runs give equal bytes. */
  Model store(
      String run,
      TrainingSpec spec,
      List<String> classNames,
      NetworkState state,
      Normalisation normalisation,
      Digest stream) {
    Network network = state.network();
    byte[] weights = state.toSafetensors(METADATA).bytes();
    Digest digest = blobs.put(Tenant.current(), weights);
    ImageShape image = network.image();
    ModelCard.Builder card =
        ModelCard.newBuilder()
            .setTrainingRun(run)
            .setSpec(spec)
            .addAllClassNames(classNames)
            .setImageShape(
                dev.hemlock.proto.dataset.v1.ImageShape.newBuilder()
                    .setHeight(image.height())
                    .setWidth(image.width())
                    .setChannels(image.channels()))
            .addAllMean(Doubles.asList(normalisation.mean()))
            .addAllStandardDeviation(Doubles.asList(normalisation.deviation()))
            .setParameterCount(network.parameterCount())
            .setWeightsDigest(digest.toString())
            .setStreamDigest(stream.toString())
            .setPython(python(network.architecture()));
    if (spec.getRedTeam()) {
      card.setUntrusted(true);
    }
    return Model.newBuilder()
        .setWeightsDigest(digest.toString())
        .setCardDigest(blobs.put(Tenant.current(), CanonicalJson.of(card)).toString())
        .setParameterCount(network.parameterCount())
        .setWeightsBytes(weights.length)
        .build();
  }

  private static String python(Architecture architecture) {
    String resource = "/hemlock/model-card/" + architecture.id() + ".py";
    try (InputStream in = Models.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("The resource " + resource + " is missing");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
