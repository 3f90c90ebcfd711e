package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.LabelBlob;
import dev.hemlock.common.images.SelectionBlob;
import dev.hemlock.common.random.Order;
import dev.hemlock.common.random.Purpose;
import dev.hemlock.common.random.RandomStream;
import dev.hemlock.common.storage.BlobStore;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.common.storage.Page;
import dev.hemlock.proto.dataset.v1.Provenance;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Reads, compares, verifies and derives snapshots. */
@Singleton
public class Snapshots {

  private static final int DEFAULT_PAGE = 50;
  private static final int DEFAULT_DIFF_PAGE = 1000;

  private final SnapshotDocuments documents;
  private final BlobStore blobs;

  Snapshots(SnapshotDocuments documents, BlobStore blobs) {
    this.documents = documents;
    this.blobs = blobs;
  }

  /** How far a verification is. */
  record Verified(int blobs, int total, long bytes) {}

  /** Reads one snapshot; NOT_FOUND. */
  NamedSnapshot get(String tenant, String name) {
    return documents.read(tenant, name);
  }

  /** Reads where a snapshot came from; NOT_FOUND. */
  Provenance provenance(String tenant, String name) {
    return documents.provenance(tenant, name);
  }

  /** A page of snapshots by name; 0 means 50. */
  Page<NamedSnapshot> list(String tenant, int pageSize, String pageToken) {
    return documents
        .names(tenant, pageSize == 0 ? DEFAULT_PAGE : pageSize, pageToken)
        .map(name -> documents.read(tenant, name));
  }

  /** Counts samples by class and split; NOT_FOUND. */
  Statistics statistics(String tenant, String name) {
    NamedSnapshot named = documents.read(tenant, name);
    Snapshot snapshot = named.snapshot();
    int classes = snapshot.classNames().size();
    List<Statistics.OfSplit> splits = new ArrayList<>();
    long bytes = 0;
    for (Split split : snapshot.splits()) {
      int[] labels = LabelBlob.decode(blobs.get(tenant, split.labels()));
      int[] counts = ClassNames.counts(labels, classes);
      splits.add(
          new Statistics.OfSplit(
              split.name(), split.sampleCount(), IntStream.of(counts).boxed().toList()));
      bytes += (long) split.storedCount() * snapshot.shape().stride();
    }
    return new Statistics(named.name(), splits, bytes);
  }

  /**
   * Keeps at most so many samples of each class of a split, by the order of {@link Purpose#SUBSET}:
   * a smaller limit keeps a part of what a larger one keeps.
   */
  NamedSnapshot subset(
      String tenant, String parent, String splitName, int limitPerClass, int seed, String json) {
    Snapshot snapshot = documents.read(tenant, parent).snapshot();
    Split split = snapshot.split(splitName);
    Samples samples = new Samples(blobs, tenant, snapshot, split);
    RandomStream stream = new RandomStream(seed, Purpose.SUBSET);
    int[] kept =
        IntStream.range(0, snapshot.classNames().size())
            .mapToObj(label -> ofClass(samples, label))
            .flatMapToInt(
                ids ->
                    IntStream.of(Order.choose(stream, 0, ids, Math.min(limitPerClass, ids.length))))
            .sorted()
            .toArray();
    return keep(tenant, snapshot, split, samples, kept, new Origin(parent, "subset", json, "", ""));
  }

  /**
   * Keeps chosen samples of a split.
   *
   * @throws HemlockException NOT_FOUND (parent, split, blob); INVALID_ARGUMENT for a selection without
   *     samples, or of one that the split lacks
   */
  NamedSnapshot select(
      String tenant, String parent, String splitName, Digest selection, String json) {
    Snapshot snapshot = documents.read(tenant, parent).snapshot();
    Split split = snapshot.split(splitName);
    Samples samples = new Samples(blobs, tenant, snapshot, split);
    int[] kept = SelectionBlob.decode(blobs.get(tenant, selection));
    if (kept.length == 0) {
      throw HemlockException.invalidArgument(
          "The selection %s holds no sample. Choose at least one.".formatted(selection));
    }
    for (int id : kept) {
      if (samples.indexOf(id) < 0) {
        throw HemlockException.invalidArgument(
            "The split \"%s\" has no sample %d. Choose among its sample ids."
                .formatted(split.name(), id));
      }
    }
    return keep(tenant, snapshot, split, samples, kept, new Origin(parent, "select", json, "", ""));
  }

  private NamedSnapshot keep(
      String tenant, Snapshot snapshot, Split split, Samples samples, int[] kept, Origin origin) {
    int[] labels = IntStream.of(kept).map(id -> samples.labels()[samples.indexOf(id)]).toArray();
    boolean all = kept.length == split.storedCount();
    Split thinned =
        split.selected(
            kept.length,
            blobs.put(tenant, LabelBlob.encode(labels)),
            all ? Optional.empty() : Optional.of(blobs.put(tenant, SelectionBlob.encode(kept))));
    return documents.create(tenant, snapshot.with(thinned), origin);
  }

  private static int[] ofClass(Samples samples, int label) {
    return IntStream.range(0, samples.ids().length)
        .filter(i -> samples.labels()[i] == label)
        .map(i -> samples.ids()[i])
        .toArray();
  }

  /**
   * Replaces the labels of a split by a stored label blob. It may leave a class without samples:
   * flipping a whole class does.
   *
   * @throws HemlockException NOT_FOUND (parent, split, blob); INVALID_ARGUMENT for a wrong number of
   *     labels or a label out of range
   */
  NamedSnapshot relabel(
      String tenant, String parent, String splitName, Digest labelDigest, String json) {
    Snapshot snapshot = documents.read(tenant, parent).snapshot();
    Split split = snapshot.split(splitName);
    byte[] blob = blobs.get(tenant, labelDigest);
    // Put again, since nothing may have reached it for long.
    blobs.put(tenant, blob);
    int[] labels = LabelBlob.decode(blob);
    if (labels.length != split.sampleCount()) {
      throw HemlockException.invalidArgument(
          "The label blob holds %d labels, but the split \"%s\" has %d samples. Give one a sample."
              .formatted(labels.length, split.name(), split.sampleCount()));
    }
    int classes = snapshot.classNames().size();
    for (int label : labels) {
      if (label >= classes) {
        throw HemlockException.invalidArgument(
            "The label blob holds the label %d, but there are only %d classes."
                .formatted(label, classes));
      }
    }
    return documents.create(
        tenant,
        snapshot.with(split.relabelled(labelDigest)),
        new Origin(parent, "relabel", json, "", ""));
  }

  /**
   * Lists the samples whose labels differ, by split and sample id; page size 0 means 1000.
   *
   * @throws HemlockException NOT_FOUND; FAILED_PRECONDITION when the samples are not the same
   */
  LabelDiff diff(String tenant, String base, String other, int pageSize, String pageToken) {
    Snapshot from = documents.read(tenant, base).snapshot();
    Snapshot to = documents.read(tenant, other).snapshot();
    requireSameSamples(from, to);
    List<LabelDiff.Change> changes = new ArrayList<>();
    for (int s = 0; s < from.splits().size(); s++) {
      if (from.splits().get(s).labels().equals(to.splits().get(s).labels())
          && from.classNames().equals(to.classNames())) {
        continue;
      }
      Samples before = new Samples(blobs, tenant, from, from.splits().get(s));
      Samples after = new Samples(blobs, tenant, to, to.splits().get(s));
      for (int i = 0; i < before.ids().length; i++) {
        String fromClass = from.classNames().get(before.labels()[i]);
        String toClass = to.classNames().get(after.labels()[i]);
        if (!fromClass.equals(toClass)) {
          changes.add(
              new LabelDiff.Change(
                  from.splits().get(s).name(), before.ids()[i], fromClass, toClass));
        }
      }
    }
    int start = offset(pageToken, changes.size());
    int end =
        (int)
            Math.min(changes.size(), start + (pageSize == 0 ? DEFAULT_DIFF_PAGE : (long) pageSize));
    return new LabelDiff(
        List.copyOf(changes.subList(start, end)),
        changes.size(),
        end < changes.size() ? Integer.toString(end) : "");
  }

  private static void requireSameSamples(Snapshot from, Snapshot to) {
    boolean same = from.shape().equals(to.shape()) && from.splits().size() == to.splits().size();
    for (int s = 0; same && s < from.splits().size(); s++) {
      same = from.splits().get(s).sharesSamplesWith(to.splits().get(s));
    }
    if (!same) {
      throw HemlockException.failedPrecondition(
          "The two snapshots hold different samples. Compare snapshots that share their images,"
              + " such as a poisoned one and its parent.");
    }
  }

  private static int offset(String token, int size) {
    try {
      int offset = token.isEmpty() ? 0 : Integer.parseInt(token);
      if (offset >= 0 && offset <= size) {
        return offset;
      }
    } catch (NumberFormatException e) {
      throw badToken().because(e);
    }
    throw badToken();
  }

  private static HemlockException badToken() {
    return HemlockException.invalidArgument(
            "The page token is unknown. Use next_page_token of the page before.")
        .violating("page_token", "must come from the page before");
  }

  /**
   * Re-hashes the manifest and every blob.
   *
   * @throws HemlockException NOT_FOUND; DATA_LOSS naming what is missing or damaged
   */
  void verify(String tenant, String name, Consumer<Verified> progress) {
    Snapshot snapshot = documents.read(tenant, name).snapshot();
    Set<Digest> digests = new LinkedHashSet<>();
    for (Split split : snapshot.splits()) {
      digests.addAll(split.shards());
      digests.add(split.labels());
      split.selection().ifPresent(digests::add);
    }
    int done = 0;
    long bytes = 0;
    for (Digest digest : digests) {
      bytes += verified(tenant, digest).length;
      progress.accept(new Verified(++done, digests.size(), bytes));
    }
    for (Split split : snapshot.splits()) {
      Samples samples = new Samples(blobs, tenant, snapshot, split);
      if (Arrays.stream(samples.labels()).anyMatch(l -> l >= snapshot.classNames().size())) {
        throw HemlockException.dataLoss(
            "The label blob %s holds a label out of range.".formatted(split.labels()));
      }
    }
  }

  private byte[] verified(String tenant, Digest digest) {
    try {
      return blobs.get(tenant, digest);
    } catch (HemlockException e) {
      if (e.reason() == dev.hemlock.common.error.Reason.NOT_FOUND) {
        throw HemlockException.dataLoss(
                "The blob %s is missing; restore the object.".formatted(digest))
            .with("digest", digest.toString());
      }
      throw e;
    }
  }
}
