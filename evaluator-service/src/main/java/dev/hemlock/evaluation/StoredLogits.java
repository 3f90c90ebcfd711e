package dev.hemlock.evaluation;

import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Tenant;
import dev.hemlock.evaluation.detection.Matrix;
import dev.hemlock.proto.evaluation.v1.Predictions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.stream.IntStream;

/** Reads stored predictions back. Blocking. */
final class StoredLogits {
  private StoredLogits() {}

  /** The predicted class of every sample, in the order of the split. */
  static int[] classes(BlobStore blobs, Predictions predictions) {
    float[] logits = floats(blobs, predictions.getLogitsDigest());
    int classes = predictions.getClassCount();
    return IntStream.range(0, predictions.getSampleCount())
        .map(i -> Metrics.largest(logits, i * classes, classes))
        .toArray();
  }

  /** A row a sample, in the order of the split. */
  static Matrix logits(BlobStore blobs, Predictions predictions) {
    return new Matrix(
        floats(blobs, predictions.getLogitsDigest()),
        predictions.getSampleCount(),
        predictions.getClassCount());
  }

  /** A row a sample, in the order of the split; of predictions that stored features. */
  static Matrix features(BlobStore blobs, Predictions predictions) {
    return new Matrix(
        floats(blobs, predictions.getFeaturesDigest()),
        predictions.getSampleCount(),
        predictions.getFeatureCount());
  }

  /** Stored 32-bit floats. */
  static float[] floats(BlobStore blobs, String digest) {
    byte[] stored = blobs.get(Tenant.current(), Digest.parse(digest));
    float[] values = new float[stored.length / Float.BYTES];
    ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }
}
