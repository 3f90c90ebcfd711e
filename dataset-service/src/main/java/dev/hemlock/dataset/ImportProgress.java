package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.grpc.StreamEmitter;
import dev.hemlock.proto.dataset.v1.ImportDatasetResponse;

/** Reports an import to its client, a few times a second at most, and stops it when the client goes. */
final class ImportProgress implements Imports.Progress {

  private static final long INTERVAL_NANOS = 200_000_000;

  private final StreamEmitter<ImportDatasetResponse> emitter;
  private long last = System.nanoTime();
  private int images;
  private long bytes;

  ImportProgress(StreamEmitter<ImportDatasetResponse> emitter) {
    this.emitter = emitter;
  }

  @Override
  public void at(int imagesDecoded, long bytesRead) {
    images = imagesDecoded;
    bytes = bytesRead;
    long now = System.nanoTime();
    if (now - last < INTERVAL_NANOS) {
      return;
    }
    last = now;
    if (emitter.cancelled()) {
      throw HemlockException.cancelled("The client went away during the import");
    }
    emitter.emit(response().build());
  }

  /** The last message. */
  void done(NamedSnapshot snapshot) {
    emitter.emit(response().setSnapshot(SnapshotMapper.toProto(snapshot)).build());
  }

  private ImportDatasetResponse.Builder response() {
    return ImportDatasetResponse.newBuilder().setImagesDecoded(images).setBytesRead(bytes);
  }
}
