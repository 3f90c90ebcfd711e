package dev.hemlock.poison;

import dev.hemlock.common.json.CanonicalJson;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.DeriveSnapshotRequest;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.Relabel;
import dev.hemlock.proto.dataset.v1.Snapshot;
import dev.hemlock.proto.dataset.v1.Split;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Snapshots in memory, named by their content as the real service does it. */
class FakeDatasetService extends DatasetServiceGrpc.DatasetServiceImplBase {
  private final Map<String, Snapshot> snapshots = new ConcurrentHashMap<>();
  private final List<DeriveSnapshotRequest> derivations = new CopyOnWriteArrayList<>();

  /** Adds a snapshot under the name that its content gives it. */
  String add(Snapshot.Builder content) {
    content.clearName();
    String name = "snapshots/" + CanonicalJson.digest(content);
    snapshots.put(name, content.setName(name).build());
    return name;
  }

  /** Every derivation asked for, in order. */
  List<DeriveSnapshotRequest> derivations() {
    return derivations;
  }

  @Override
  public void getSnapshot(GetSnapshotRequest request, StreamObserver<Snapshot> response) {
    answer(response, () -> find(request.getName()));
  }

  @Override
  public void deriveSnapshot(DeriveSnapshotRequest request, StreamObserver<Snapshot> response) {
    answer(response, () -> derive(request));
  }

  private Snapshot derive(DeriveSnapshotRequest request) {
    derivations.add(request);
    Snapshot.Builder derived = find(request.getParent()).toBuilder();
    Relabel relabel = request.getRelabel();
    derived.getSplitsBuilderList().stream()
        .filter(split -> split.getName().equals(relabel.getSplit()))
        .forEach(split -> split.setLabelDigest(relabel.getLabelDigest()));
    return find(add(derived));
  }

  private static void answer(StreamObserver<Snapshot> response, Supplier<Snapshot> work) {
    try {
      response.onNext(work.get());
      response.onCompleted();
    } catch (StatusRuntimeException e) {
      response.onError(e);
    }
  }

  /** The split of a snapshot. */
  Split split(String snapshot, String name) {
    return find(snapshot).getSplitsList().stream()
        .filter(split -> split.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private Snapshot find(String name) {
    Snapshot snapshot = snapshots.get(name);
    if (snapshot == null) {
      throw Status.NOT_FOUND.withDescription("there is no " + name).asRuntimeException();
    }
    return snapshot;
  }
}
