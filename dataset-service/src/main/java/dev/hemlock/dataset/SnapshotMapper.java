package dev.hemlock.dataset;

import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Garbage;
import dev.hemlock.proto.dataset.v1.CollectGarbageResponse;
import dev.hemlock.proto.dataset.v1.ImportFormat;
import dev.hemlock.proto.dataset.v1.ImportSpec;
import dev.hemlock.proto.dataset.v1.LabelChange;
import dev.hemlock.proto.dataset.v1.Provenance;
import dev.hemlock.proto.dataset.v1.SnapshotStatistics;
import dev.hemlock.proto.dataset.v1.SplitStatistics;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Between the contract's messages and the domain's values, and to stored documents. */
final class SnapshotMapper {

  private SnapshotMapper() {}

  /** The canonical JSON manifest (RFC 8785): the fields of the message without its name. */
  static byte[] manifest(Snapshot snapshot) {
    Struct fields =
        ProtoJson.parse(ProtoJson.print(builder(snapshot)), Struct.newBuilder())
            .removeFields("name")
            .build();
    return CanonicalJson.of(fields);
  }

  static Snapshot fromManifest(byte[] manifest) {
    return fromProto(
        ProtoJson.parse(manifest, dev.hemlock.proto.dataset.v1.Snapshot.newBuilder()).build());
  }

  static dev.hemlock.proto.dataset.v1.Snapshot toProto(NamedSnapshot named) {
    return builder(named.snapshot()).setName(named.name()).build();
  }

  private static dev.hemlock.proto.dataset.v1.Snapshot.Builder builder(Snapshot snapshot) {
    dev.hemlock.proto.dataset.v1.Snapshot.Builder builder =
        dev.hemlock.proto.dataset.v1.Snapshot.newBuilder();
    builder
        .getImageShapeBuilder()
        .setHeight(snapshot.shape().height())
        .setWidth(snapshot.shape().width())
        .setChannels(snapshot.shape().channels());
    builder.addAllClassNames(snapshot.classNames());
    for (Split split : snapshot.splits()) {
      builder
          .addSplitsBuilder()
          .setName(split.name())
          .setSampleCount(split.sampleCount())
          .setStoredCount(split.storedCount())
          .addAllShardDigests(split.shards().stream().map(Digest::toString).toList())
          .setImagesPerShard(split.imagesPerShard())
          .setLabelDigest(split.labels().toString())
          .setSelectionDigest(split.selection().map(Digest::toString).orElse(""));
    }
    return builder;
  }

  private static Snapshot fromProto(dev.hemlock.proto.dataset.v1.Snapshot proto) {
    return new Snapshot(
        new ImageShape(
            proto.getImageShape().getHeight(),
            proto.getImageShape().getWidth(),
            proto.getImageShape().getChannels()),
        proto.getClassNamesList(),
        proto.getSplitsList().stream()
            .map(
                split ->
                    new Split(
                        split.getName(),
                        split.getSampleCount(),
                        split.getStoredCount(),
                        split.getShardDigestsList().stream().map(Digest::parse).toList(),
                        split.getImagesPerShard(),
                        Digest.parse(split.getLabelDigest()),
                        split.getSelectionDigest().isEmpty()
                            ? Optional.empty()
                            : Optional.of(Digest.parse(split.getSelectionDigest()))))
            .toList());
  }

  /** The provenance record of a snapshot made now. */
  static Provenance provenance(String snapshot, Origin origin, String caller, Instant now) {
    return Provenance.newBuilder()
        .setSnapshot(snapshot)
        .setParent(origin.parent())
        .setTransformation(origin.transformation())
        .setParametersJson(origin.parametersJson())
        .setSource(origin.source())
        .setSourceDigest(origin.sourceDigest())
        .setCaller(caller)
        .setCreateTime(
            Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
        .build();
  }

  static ImportOptions options(ImportSpec spec) {
    Optional<Resize> resize =
        spec.hasResize()
            ? Optional.of(
                new Resize(
                    spec.getResize().getHeight(),
                    spec.getResize().getWidth(),
                    switch (spec.getResize().getMode()) {
                      case RESIZE_MODE_PAD -> Resize.Mode.PAD;
                      case RESIZE_MODE_STRETCH -> Resize.Mode.STRETCH;
                      default -> Resize.Mode.CROP;
                    }))
            : Optional.empty();
    SplitPolicy split =
        spec.hasSplit()
            ? new SplitPolicy(spec.getSplit().getTestShare(), spec.getSplit().getSeed())
            : SplitPolicy.DEFAULT;
    Optional<Digest> expected =
        spec.getExpectedSha256().isEmpty()
            ? Optional.empty()
            : Optional.of(new Digest(spec.getExpectedSha256()));
    return new ImportOptions(
        format(spec.getFormat()), resize, split, expected, ProtoJson.print(spec));
  }

  private static Optional<Format> format(ImportFormat format) {
    return switch (format) {
      case IMPORT_FORMAT_IMAGE_FOLDER -> Optional.of(Format.IMAGE_FOLDER);
      case IMPORT_FORMAT_CIFAR10_BINARY -> Optional.of(Format.CIFAR10_BINARY);
      case IMPORT_FORMAT_CIFAR100_BINARY -> Optional.of(Format.CIFAR100_BINARY);
      case IMPORT_FORMAT_IDX -> Optional.of(Format.IDX);
      default -> Optional.empty();
    };
  }

  static SnapshotStatistics toProto(Statistics statistics) {
    SnapshotStatistics.Builder builder =
        SnapshotStatistics.newBuilder()
            .setSnapshot(statistics.snapshot())
            .setImageBytes(statistics.imageBytes());
    for (Statistics.OfSplit split : statistics.splits()) {
      SplitStatistics.Builder one =
          builder.addSplitsBuilder().setSplit(split.name()).setSampleCount(split.sampleCount());
      split.classCounts().forEach(one::addClassCounts);
    }
    return builder.build();
  }

  static LabelChange toProto(LabelDiff.Change change) {
    return LabelChange.newBuilder()
        .setSplit(change.split())
        .setSampleId(change.sampleId())
        .setFromClass(change.fromClass())
        .setToClass(change.toClass())
        .build();
  }

  /** How old garbage is at least; 0 means a day. */
  static Duration minAge(int hours) {
    return Duration.ofHours(hours == 0 ? 24 : hours);
  }

  static CollectGarbageResponse toProto(Garbage.Found found, int deleted) {
    return CollectGarbageResponse.newBuilder()
        .setBlobCount(found.blobs())
        .setBlobBytes(found.bytes())
        .setGarbageCount(found.garbage().size())
        .setGarbageBytes(found.garbageBytes())
        .setDeletedCount(deleted)
        .build();
  }
}
