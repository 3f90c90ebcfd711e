package dev.hemlock.faults;

import com.google.protobuf.ByteString;
import dev.hemlock.proto.dataset.v1.ImportDatasetRequest;
import dev.hemlock.proto.dataset.v1.ImportDatasetResponse;
import dev.hemlock.proto.dataset.v1.ImportSpec;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Breaks uploads off: callers leave in the middle of theirs, and the store's link cuts requests. */
record UploadCut(int uploads) implements Injection {
  private static final int CHUNK = 1 << 16;
  private static final int KEPT_BYTES = 20_000;

  @Override
  public void inject(Round round) throws Exception {
    for (int i = 0; i < uploads; i++) {
      breakOff(round);
      round.injected(1);
    }
    Link link = round.cluster().storeLink();
    link.cutRequests(0.5, KEPT_BYTES);
    round.ask();
    round.pause(round.seconds(20));
    link.mend("requests");
    round.injected(1);
    round.mended();
  }

  private static void breakOff(Round round) throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    StreamObserver<ImportDatasetRequest> upload =
        round
            .api()
            .datasetStreams()
            .importDataset(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ImportDatasetResponse response) {
                    if (response.hasSnapshot()) {
                      round.complain("half an upload became " + response.getSnapshot().getName());
                    }
                  }

                  @Override
                  public void onError(Throwable failure) {
                    over.countDown();
                  }

                  @Override
                  public void onCompleted() {
                    over.countDown();
                  }
                });
    byte[] noise = new byte[CHUNK];
    round.random().nextBytes(noise);
    upload.onNext(
        ImportDatasetRequest.newBuilder()
            .setSpec(ImportSpec.newBuilder().setUpload("half.tar.gz"))
            .build());
    upload.onNext(ImportDatasetRequest.newBuilder().setChunk(ByteString.copyFrom(noise)).build());
    round.pause(java.time.Duration.ofMillis(200));
    ((ClientCallStreamObserver<ImportDatasetRequest>) upload).cancel("left", null);
    over.await(30, TimeUnit.SECONDS);
  }
}
