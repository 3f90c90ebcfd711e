package dev.hemlock.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.hemlock.proto.dataset.v1.ImportDatasetRequest;
import dev.hemlock.proto.dataset.v1.ImportDatasetResponse;
import dev.hemlock.proto.dataset.v1.Snapshot;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/** Sends an import and its upload, no faster than the server takes it. */
final class Importer {
  private static final int CHUNK_BYTES = 256 << 10;

  private Importer() {}

  static Snapshot run(Connection connection, ImportSource.Resolved source, Progress progress) {
    progress.stage("Import");
    CompletableFuture<Snapshot> result = new CompletableFuture<>();
    try (InputStream upload = open(source.upload())) {
      connection.datasetStreams().importDataset(new Upload(source, upload, progress, result));
      Snapshot snapshot = result.join();
      progress.done(describe(snapshot));
      return snapshot;
    } catch (IOException e) {
      throw new CliException("Could not read the archive: " + e, e);
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw e;
    }
  }

  static String describe(Snapshot snapshot) {
    String splits =
        snapshot.getSplitsList().stream()
            .map(split -> split.getSampleCount() + " " + split.getName())
            .collect(Collectors.joining(" + "));
    return "%s: %s images of %dx%dx%d, %d classes"
        .formatted(
            shortened(snapshot.getName()),
            splits,
            snapshot.getImageShape().getHeight(),
            snapshot.getImageShape().getWidth(),
            snapshot.getImageShape().getChannels(),
            snapshot.getClassNamesCount());
  }

  /** A resource name with its digest cut to 12 digits, for people. */
  static String shortened(String name) {
    return name.replaceAll("([0-9a-f]{12})[0-9a-f]{52}", "$1");
  }

  private static InputStream open(Optional<Path> upload) throws IOException {
    return upload.isPresent() ? Files.newInputStream(upload.get()) : InputStream.nullInputStream();
  }

  private static final class Upload
      implements ClientResponseObserver<ImportDatasetRequest, ImportDatasetResponse> {
    private final ImportSource.Resolved source;
    private final InputStream upload;
    private final Progress progress;
    private final CompletableFuture<Snapshot> result;
    private ClientCallStreamObserver<ImportDatasetRequest> requests;
    private boolean specSent;
    private boolean completed;

    Upload(
        ImportSource.Resolved source,
        InputStream upload,
        Progress progress,
        CompletableFuture<Snapshot> result) {
      this.source = source;
      this.upload = upload;
      this.progress = progress;
      this.result = result;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ImportDatasetRequest> stream) {
      requests = stream;
      stream.setOnReadyHandler(this::send);
    }

    @Override
    public void onNext(ImportDatasetResponse response) {
      if (response.hasSnapshot()) {
        result.complete(response.getSnapshot());
      } else {
        double share = completed ? 1 : bytesShare(response.getBytesRead());
        progress.at(share, response.getImagesDecoded() + " images decoded");
      }
    }

    @Override
    public void onError(Throwable failure) {
      result.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      result.completeExceptionally(
          new CliException("The server ended the import without a snapshot; see its log."));
    }

    private void send() {
      try {
        if (!specSent) {
          specSent = true;
          requests.onNext(ImportDatasetRequest.newBuilder().setSpec(source.spec()).build());
        }
        while (requests.isReady() && !completed) {
          byte[] bytes = upload.readNBytes(CHUNK_BYTES);
          if (bytes.length == 0) {
            completed = true;
            requests.onCompleted();
          } else {
            ByteString chunk = UnsafeByteOperations.unsafeWrap(bytes);
            requests.onNext(ImportDatasetRequest.newBuilder().setChunk(chunk).build());
          }
        }
      } catch (IOException e) {
        requests.cancel("Could not read the archive", e);
      }
    }

    private double bytesShare(long bytesRead) {
      try {
        return source.upload().isPresent()
            ? (double) bytesRead / Math.max(1, Files.size(source.upload().get()))
            : 0;
      } catch (IOException e) {
        return 0;
      }
    }
  }
}
