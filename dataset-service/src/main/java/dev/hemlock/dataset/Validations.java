package dev.hemlock.dataset;

import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.images.ImageShards;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.dataset.validation.Baseline;
import dev.hemlock.dataset.validation.CheckedSplit;
import dev.hemlock.dataset.validation.Policy;
import dev.hemlock.dataset.validation.Validation;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;

/** Checks snapshots before they are trained on. */
@Singleton
public class Validations {
  private final SnapshotDocuments documents;
  private final BlobStore blobs;

  Validations(SnapshotDocuments documents, BlobStore blobs) {
    this.documents = documents;
    this.blobs = blobs;
  }

  /** Checks a snapshot by itself; NOT_FOUND, DATA_LOSS. */
  Validation alone(String tenant, String name, Policy policy) {
    return Validation.of(splits(tenant, name), new Baseline.None(), policy);
  }

  /** Checks a snapshot against a trusted one; NOT_FOUND, DATA_LOSS. */
  Validation against(String tenant, String name, String reference, Policy policy) {
    return Validation.of(
        splits(tenant, name), new Baseline.Reference(splits(tenant, reference)), policy);
  }

  /** Checks a snapshot against class shares; NOT_FOUND, DATA_LOSS. */
  Validation against(String tenant, String name, Map<String, Double> shares, Policy policy) {
    return Validation.of(splits(tenant, name), new Baseline.Expected(shares), policy);
  }

  private List<CheckedSplit> splits(String tenant, String name) {
    Snapshot snapshot = documents.read(tenant, name).snapshot();
    return snapshot.splits().stream().map(split -> checked(tenant, snapshot, split)).toList();
  }

  private CheckedSplit checked(String tenant, Snapshot snapshot, Split split) {
    Samples samples = new Samples(blobs, tenant, snapshot, split);
    ImageShards shards =
        ImageShards.open(
            blobs,
            tenant,
            snapshot.shape(),
            split.shards(),
            split.imagesPerShard(),
            split.storedCount());
    return new CheckedSplit(
        split.name(),
        snapshot.classNames(),
        samples.ids(),
        samples.labels(),
        new StoredImages(shards, split.shards()));
  }

  private record StoredImages(ImageShards shards, Object storage) implements CheckedSplit.Images {
    @Override
    public ImageShape shape() {
      return shards.shape();
    }

    @Override
    public void copy(int id, byte[] target) {
      shards.copy(id, target, 0);
    }
  }
}
