package dev.hemlock.dataset;

import com.google.protobuf.ByteString;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.ImportDatasetRequest;
import dev.hemlock.proto.dataset.v1.ImportDatasetResponse;
import dev.hemlock.proto.dataset.v1.ImportSpec;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Sends imports as a careful client does: no faster than the server takes them. */
final class Uploader {
  private static final int CHUNK = 1 << 20;

  private final ManagedChannel channel;

  Uploader(ManagedChannel channel) {
    this.channel = channel;
  }

  /** What came back. */
  record Result(List<ImportDatasetResponse> responses) {
    ImportDatasetResponse last() {
      return responses.get(responses.size() - 1);
    }
  }

  Result run(ImportSpec spec, byte[] bytes) {
    return run(spec, new ByteArrayInputStream(bytes));
  }

  Result run(ImportSpec spec, InputStream in) {
    Call call = begin(spec);
    try {
      for (byte[] chunk = in.readNBytes(CHUNK); chunk.length > 0; chunk = in.readNBytes(CHUNK)) {
        call.send(chunk);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return call.finish();
  }

  Result send(List<ImportDatasetRequest> requests) {
    Call call = new Call();
    requests.forEach(call::next);
    return call.finish();
  }

  Call begin(ImportSpec spec) {
    Call call = new Call();
    call.next(ImportDatasetRequest.newBuilder().setSpec(spec).build());
    return call;
  }

  /** One import under way. */
  final class Call implements ClientResponseObserver<ImportDatasetRequest, ImportDatasetResponse> {
    private final List<ImportDatasetResponse> responses = new ArrayList<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private final Object ready = new Object();
    private ClientCallStreamObserver<ImportDatasetRequest> requests;
    private volatile Throwable failure;

    Call() {
      DatasetServiceGrpc.newStub(channel)
          .withDeadlineAfter(300, TimeUnit.SECONDS)
          .importDataset(this);
    }

    void send(byte[] chunk) {
      next(ImportDatasetRequest.newBuilder().setChunk(ByteString.copyFrom(chunk)).build());
    }

    void next(ImportDatasetRequest request) {
      try {
        synchronized (ready) {
          while (!requests.isReady() && done.getCount() > 0) {
            ready.wait(1000);
          }
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (done.getCount() > 0) {
        requests.onNext(request);
      }
    }

    Result finish() {
      if (done.getCount() > 0) {
        requests.onCompleted();
      }
      try {
        if (!done.await(300, TimeUnit.SECONDS)) {
          throw new IllegalStateException("the import did not end");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (failure != null) {
        throw Status.fromThrowable(failure)
            .asRuntimeException(Status.trailersFromThrowable(failure));
      }
      return new Result(responses);
    }

    void cancel() {
      requests.cancel("enough", null);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ImportDatasetRequest> stream) {
      requests = stream;
      stream.setOnReadyHandler(this::wake);
    }

    @Override
    public void onNext(ImportDatasetResponse response) {
      responses.add(response);
    }

    @Override
    public void onError(Throwable e) {
      failure = e;
      done.countDown();
      wake();
    }

    @Override
    public void onCompleted() {
      done.countDown();
      wake();
    }

    private void wake() {
      synchronized (ready) {
        ready.notifyAll();
      }
    }
  }
}
