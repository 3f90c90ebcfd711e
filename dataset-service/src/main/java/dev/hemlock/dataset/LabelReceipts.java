package dev.hemlock.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.dataset.admission.MerkleTree;
import dev.hemlock.proto.dataset.v1.ClassChange;
import dev.hemlock.proto.dataset.v1.LabelReceipt;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Says what the labels of snapshots are and where they differ from those of others. */
@Singleton
public class LabelReceipts {
  private final SnapshotDocuments documents;
  private final BlobStore blobs;

  LabelReceipts(SnapshotDocuments documents, BlobStore blobs) {
    this.documents = documents;
    this.blobs = blobs;
  }

  /**
   * Reads both snapshots' labels and compares them.
   *
   * @param parent empty: the snapshot as a whole
   * @throws HemlockException NOT_FOUND; DATA_LOSS; INVALID_ARGUMENT if the parent is the snapshot
   *     itself; FAILED_PRECONDITION if the snapshot has a sample
   *     that the parent has not
   */
  LabelReceipt of(String tenant, String snapshot, String parent) {
    List<Labelled> here = labelled(tenant, snapshot);
    LabelReceipt.Builder receipt =
        LabelReceipt.newBuilder()
            .setSnapshot(snapshot)
            .setLabelRoot(root(here))
            .setSampleCount(here.stream().mapToInt(Labelled::size).sum());
    if (parent.isEmpty()) {
      return receipt.build();
    }
    if (NamedSnapshot.digest(parent).equals(NamedSnapshot.digest(snapshot))) {
      throw HemlockException.invalidArgument(
              "%s can not be its own parent. Name the snapshot that it comes from, or approve it as a whole, without a parent."
                  .formatted(snapshot))
          .violating("parent", "must be another snapshot");
    }
    List<Labelled> there = labelled(tenant, parent);
    List<byte[]> changes = new ArrayList<>();
    Map<List<String>, Integer> kinds = new TreeMap<>(Comparator.comparing(List::toString));
    for (Labelled split : here) {
      compare(split, in(there, split, snapshot, parent), snapshot, parent, changes, kinds);
    }
    kinds.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .forEach(
            kind ->
                receipt.addChanges(
                    ClassChange.newBuilder()
                        .setFromClass(kind.getKey().get(0))
                        .setToClass(kind.getKey().get(1))
                        .setCount(kind.getValue())));
    return receipt
        .setParent(parent)
        .setParentLabelRoot(root(there))
        .setParentSampleCount(there.stream().mapToInt(Labelled::size).sum())
        .setChangeCount(changes.size())
        .setChangeRoot(MerkleTree.root(changes).toString())
        .build();
  }

  private record Labelled(Snapshot snapshot, Split split, Samples samples) {
    int size() {
      return samples.ids().length;
    }

    String label(int index) {
      return snapshot.classNames().get(samples.labels()[index]);
    }
  }

  private List<Labelled> labelled(String tenant, String name) {
    Snapshot snapshot = documents.read(tenant, name).snapshot();
    return snapshot.splits().stream()
        .map(split -> new Labelled(snapshot, split, new Samples(blobs, tenant, snapshot, split)))
        .toList();
  }

  private static Labelled in(List<Labelled> there, Labelled split, String snapshot, String parent) {
    return there.stream()
        .filter(other -> other.split().name().equals(split.split().name()))
        .filter(other -> other.split().sharesImagesWith(split.split()))
        .filter(other -> other.snapshot().shape().equals(split.snapshot().shape()))
        .findFirst()
        .orElseThrow(() -> otherSamples(snapshot, parent));
  }

  private static void compare(
      Labelled split,
      Labelled other,
      String snapshot,
      String parent,
      List<byte[]> changes,
      Map<List<String>, Integer> kinds) {
    for (int i = 0; i < split.size(); i++) {
      int id = split.samples().ids()[i];
      int there = other.samples().indexOf(id);
      if (there < 0) {
        throw otherSamples(snapshot, parent);
      }
      String to = split.label(i);
      String from = other.label(there);
      if (!to.equals(from)) {
        changes.add(leaf(split.split().name(), id, from, to));
        kinds.merge(List.of(from, to), 1, Integer::sum);
      }
    }
  }

  private static String root(List<Labelled> splits) {
    List<byte[]> leaves = new ArrayList<>();
    for (Labelled split : splits) {
      for (int i = 0; i < split.size(); i++) {
        leaves.add(leaf(split.split().name(), split.samples().ids()[i], split.label(i)));
      }
    }
    return MerkleTree.root(leaves).toString();
  }

  /** The parts in UTF-8, with a zero byte between them, which none holds. */
  private static byte[] leaf(String split, int id, String... classes) {
    return (split + '\0' + id + '\0' + String.join("\0", classes)).getBytes(UTF_8);
  }

  private static HemlockException otherSamples(String snapshot, String parent) {
    return HemlockException.failedPrecondition(
            "%s holds samples that %s does not hold. Approve it as a whole, without a parent."
                .formatted(snapshot, parent))
        .with("snapshot", snapshot)
        .with("parent", parent);
  }
}
