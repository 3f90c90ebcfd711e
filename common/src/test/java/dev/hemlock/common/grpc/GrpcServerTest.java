package dev.hemlock.common.grpc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.protobuf.ByteString;
import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import dev.hemlock.common.error.Violation;
import dev.hemlock.proto.dataset.v1.DatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.ExportSnapshotRequest;
import dev.hemlock.proto.dataset.v1.ExportSnapshotResponse;
import dev.hemlock.proto.dataset.v1.GetSnapshotRequest;
import dev.hemlock.proto.dataset.v1.ImportDatasetRequest;
import dev.hemlock.proto.dataset.v1.ImportDatasetResponse;
import dev.hemlock.proto.dataset.v1.ImportSpec;
import dev.hemlock.proto.dataset.v1.MutinyDatasetServiceGrpc;
import dev.hemlock.proto.dataset.v1.Snapshot;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The interceptors and {@link GrpcCalls} over a socket, on the server that Quarkus uses. */
@Timeout(60)
class GrpcServerTest {
  private static final String NAME = "snapshots/sha256:" + "0".repeat(64);
  private static final int MESSAGES = 400;
  private static final ByteString CHUNK = ByteString.copyFrom(new byte[256 << 10]);

  private final AtomicInteger emitted = new AtomicInteger();
  private final AtomicInteger received = new AtomicInteger();
  private final Semaphore mayRead = new Semaphore(0);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final CompletableFuture<Snapshot> late = new CompletableFuture<>();
  private final CompletableFuture<Snapshot> other = new CompletableFuture<>();
  private LoopbackServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    server = LoopbackServer.start(new Datasets());
    connect(server);
  }

  private void connect(LoopbackServer to) {
    if (channel != null) {
      channel.shutdownNow();
    }
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", to.port())
            .usePlaintext()
            .flowControlWindow(1 << 20)
            .build();
  }

  @AfterEach
  void stop() throws Exception {
    mayRead.release(MESSAGES * 2);
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.close();
  }

  private DatasetServiceGrpc.DatasetServiceBlockingStub blocking() {
    return DatasetServiceGrpc.newBlockingStub(channel);
  }

  private static GetSnapshotRequest get(String name) {
    return GetSnapshotRequest.newBuilder().setName(name).build();
  }

  private static ExportSnapshotRequest export() {
    return ExportSnapshotRequest.newBuilder().setName(NAME).build();
  }

  @Test
  void answers() {
    assertThat(blocking().getSnapshot(get(NAME)).getName()).isEqualTo(NAME);
  }

  @Test
  void refusesARequestThatBreaksARuleAndServesTheNext() {
    StatusRuntimeException refusal =
        catchThrowableOfType(
            StatusRuntimeException.class, () -> blocking().getSnapshot(get("snapshots/none")));

    HemlockException read = GrpcErrors.toException(refusal);
    assertThat(read.reason()).isEqualTo(Reason.INVALID_ARGUMENT);
    assertThat(read).hasMessageContaining("name");
    assertThat(read.violations()).extracting(Violation::field).containsExactly("name");
    assertThat(blocking().getSnapshot(get(NAME)).getName()).isEqualTo(NAME);
  }

  @Test
  void tellsTheReasonOfAFailedCall() {
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> blocking().getSnapshot(get("snapshots/sha256:" + "f".repeat(64))));

    assertThat(GrpcErrors.toException(failure).reason()).isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void tellsNothingOfADefectButAnId() {
    StatusRuntimeException failure =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> blocking().getSnapshot(get("snapshots/sha256:" + "d".repeat(64))));

    HemlockException read = GrpcErrors.toException(failure);
    assertThat(read.reason()).isEqualTo(Reason.INTERNAL);
    assertThat(read).hasMessageNotContaining("secret");
    assertThat(read.metadata()).containsKey("errorId");
  }

  @Test
  void refusesABrokenMessageInTheMiddleOfAStream() throws Exception {
    mayRead.release(MESSAGES);
    Upload upload = new Upload();

    upload.send(spec());
    upload.send(ImportDatasetRequest.getDefaultInstance());

    assertThat(upload.failure().reason()).isEqualTo(Reason.INVALID_ARGUMENT);
    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        arguments(
            "cut in the middle of a field", new byte[] {0x0a, 100, 's'}, "ended unexpectedly"),
        arguments("text that is not UTF-8", new byte[] {0x0a, 2, (byte) 0xc3, 0x28}, "UTF-8"),
        arguments("a field of number 0", new byte[] {0x02, 0}, "invalid tag"),
        arguments(
            "no bytes that mean anything", "GIF89a".getBytes(US_ASCII), "GetSnapshotRequest"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void refusesWhatIsNoMessageAndServesTheNext(String what, byte[] bytes, String said) {
    HemlockException refusal = new RawCall(DatasetServiceGrpc.getGetSnapshotMethod()).send(bytes);

    assertThat(refusal.reason()).isEqualTo(Reason.INVALID_ARGUMENT);
    assertThat(refusal).hasMessageContaining(said).hasMessageContaining("Hemlock's protos");
    assertThat(blocking().getSnapshot(get(NAME)).getName()).isEqualTo(NAME);
  }

  @Test
  void refusesWhatIsNoMessageInTheMiddleOfAStream() throws Exception {
    mayRead.release(MESSAGES);
    RawCall upload = new RawCall(DatasetServiceGrpc.getImportDatasetMethod());

    HemlockException refusal = upload.send(spec().toByteArray(), new byte[] {0x12, 100, 1});

    assertThat(refusal.reason()).isEqualTo(Reason.INVALID_ARGUMENT);
    assertThat(refusal).hasMessageContaining("ImportDatasetRequest");
    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void refusesAMessageThatIsTooLarge() {
    HemlockException refusal =
        new RawCall(DatasetServiceGrpc.getGetSnapshotMethod()).send(new byte[5 << 20]);

    assertThat(refusal.reason()).isEqualTo(Reason.RESOURCE_EXHAUSTED);
    assertThat(refusal).hasMessageContaining("send less at a time");
  }

  @Test
  void refusesAMessageThatUnpacksToTooMuch() {
    HemlockException refusal =
        new RawCall(DatasetServiceGrpc.getGetSnapshotMethod(), "gzip").send(new byte[64 << 20]);

    assertThat(refusal.reason()).isEqualTo(Reason.RESOURCE_EXHAUSTED);
    assertThat(refusal).hasMessageContaining("unpacks to more than 4194304 bytes");
  }

  @Test
  void endsAnUploadThatStandsStill() throws Exception {
    try (LoopbackServer hasty =
        LoopbackServer.start(Limits.DEFAULT.streamIdle(Duration.ofSeconds(1)), new Datasets())) {
      connect(hasty);
      mayRead.release(MESSAGES);
      Upload upload = new Upload();
      upload.send(spec());

      HemlockException end = upload.failure();

      assertThat(end.reason()).isEqualTo(Reason.DEADLINE_EXCEEDED);
      assertThat(end).hasMessageContaining("sent nothing for 1 s");
      assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void endsAStreamOfWhichNothingIsTaken() throws Exception {
    try (LoopbackServer hasty =
        LoopbackServer.start(Limits.DEFAULT.streamIdle(Duration.ofSeconds(1)), new Datasets())) {
      connect(hasty);
      Iterator<ExportSnapshotResponse> messages = blocking().exportSnapshot(export());

      messages.next();

      assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(emitted.get()).isLessThan(MESSAGES);
      assertThatThrownBy(() -> messages.forEachRemaining(message -> {}))
          .hasMessageContaining("took nothing for 1 s");
    }
  }

  @Test
  void makesNoMoreMessagesThanASlowClientTakes() throws Exception {
    Iterator<ExportSnapshotResponse> messages = blocking().exportSnapshot(export());

    messages.next();
    awaitStill(emitted);

    // 100 MiB in all; what may wait is the client's window and the connection's own queues.
    assertThat(emitted.get()).isLessThan(40);
    IntStream.range(1, MESSAGES).forEach(i -> messages.next());
    assertThat(messages.hasNext()).isFalse();
    assertThat(emitted.get()).isEqualTo(MESSAGES);
  }

  /** The client's reset comes before, between or after the parts of the answer. */
  @RepeatedTest(20)
  void anAnswerThatComesTooLateBreaksNoOtherCall() throws Exception {
    // Given
    ListenableFuture<Snapshot> waiting =
        DatasetServiceGrpc.newFutureStub(channel)
            .getSnapshot(get("snapshots/sha256:" + "c".repeat(64)));
    assertThatThrownBy(
            () ->
                blocking()
                    .withDeadlineAfter(100, TimeUnit.MILLISECONDS)
                    .getSnapshot(get("snapshots/sha256:" + "b".repeat(64))))
        .hasMessageContaining("DEADLINE_EXCEEDED");

    // When
    late.complete(Snapshot.getDefaultInstance());
    assertThat(blocking().getSnapshot(get(NAME)).getName()).isEqualTo(NAME);
    other.complete(Snapshot.newBuilder().setName(NAME).build());

    // Then
    assertThat(waiting.get(10, TimeUnit.SECONDS).getName()).isEqualTo(NAME);
  }

  @Test
  void stopsWorkWhoseClientHasGone() throws Exception {
    Iterator<ExportSnapshotResponse> messages = blocking().exportSnapshot(export());
    messages.next();

    channel.shutdownNow();

    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(emitted.get()).isLessThan(MESSAGES);
  }

  @Test
  void beginsNoWorkWhoseClientHasGoneMeanwhile() throws Exception {
    // Given
    CallFlow flow = new CallFlow(null, Limits.DEFAULT.streamIdle());
    AtomicInteger begun = new AtomicInteger();
    Uni<Integer> call =
        Context.current()
            .withValue(CallFlow.KEY, flow)
            .call(() -> GrpcCalls.onWorker(begun::incrementAndGet));

    // When
    flow.leave();

    // Then
    assertThatThrownBy(() -> call.await().indefinitely()).hasMessageContaining("CANCELLED");
    assertThat(begun).hasValue(0);
  }

  @Test
  void takesNoMoreOfAnUploadThanAreRead() throws Exception {
    Upload upload = new Upload();
    upload.send(spec());
    Thread sender = new Thread(() -> upload.sendChunks(MESSAGES));
    sender.start();

    awaitStill(upload.sent);
    int sentToASlowServer = upload.sent.get();
    mayRead.release(MESSAGES + 1);
    sender.join();
    upload.complete();

    // 100 MiB in all; what may wait is the server's window and its own queues.
    assertThat(sentToASlowServer).isLessThan(100);
    assertThat(upload.last().getImagesDecoded()).isEqualTo(MESSAGES + 1);
    assertThat(received.get()).isEqualTo(MESSAGES + 1);
  }

  @Test
  void endsAnUploadThatIsCutHalfWay() throws Exception {
    mayRead.release(MESSAGES);
    Upload upload = new Upload();
    upload.send(spec());
    upload.send(chunk());
    awaitStill(received);

    upload.cancel();

    assertThat(received.get()).isEqualTo(2);

    assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void mapsTheFailureOfAStream() {
    assertThatThrownBy(
            () ->
                GrpcCalls.streamOnWorker(
                        emitter -> {
                          throw HemlockException.dataLoss("sha256:x is damaged");
                        })
                    .collect()
                    .asList()
                    .await()
                    .indefinitely())
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(GrpcErrors.toException(e).reason()).isEqualTo(Reason.DATA_LOSS));
  }

  @Test
  void emitsOnlyWhatASubscriberAsksFor() {
    List<Integer> first =
        GrpcCalls.<Integer>streamOnWorker(
                emitter -> {
                  for (int i = 0; ; i++) {
                    emitter.emit(i);
                    emitted.incrementAndGet();
                  }
                })
            .select()
            .first(3)
            .collect()
            .asList()
            .await()
            .indefinitely();

    assertThat(first).containsExactly(0, 1, 2);
    assertThat(emitted.get()).isLessThanOrEqualTo(3);
  }

  /** Waits until a counter has moved and then stood still for half a second. */
  private static void awaitStill(AtomicInteger counter) throws InterruptedException {
    int before = 0;
    while (counter.get() == 0 || counter.get() != before) {
      before = counter.get();
      new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
    }
  }

  private static ImportDatasetRequest spec() {
    return ImportDatasetRequest.newBuilder()
        .setSpec(ImportSpec.newBuilder().setUpload("a.tar"))
        .build();
  }

  private static ImportDatasetRequest chunk() {
    return ImportDatasetRequest.newBuilder().setChunk(CHUNK).build();
  }

  private final class Datasets extends MutinyDatasetServiceGrpc.DatasetServiceImplBase {
    @Override
    public Uni<Snapshot> getSnapshot(GetSnapshotRequest request) {
      if (request.getName().endsWith("b")) {
        return Uni.createFrom().completionStage(late);
      }
      if (request.getName().endsWith("c")) {
        return Uni.createFrom().completionStage(other);
      }
      return GrpcCalls.onWorker(
          () -> {
            if (request.getName().endsWith("f")) {
              throw HemlockException.notFound("There is no " + request.getName());
            }
            if (request.getName().endsWith("d")) {
              throw new IllegalStateException("a secret");
            }
            return Snapshot.newBuilder().setName(request.getName()).build();
          });
    }

    @Override
    public Multi<ExportSnapshotResponse> exportSnapshot(ExportSnapshotRequest request) {
      return GrpcCalls.streamOnWorker(
          emitter -> {
            try {
              for (int i = 0; i < MESSAGES; i++) {
                emitter.emit(ExportSnapshotResponse.newBuilder().setChunk(CHUNK).build());
                emitted.incrementAndGet();
              }
            } finally {
              ended.countDown();
            }
          });
    }

    @Override
    public Multi<ImportDatasetResponse> importDataset(Multi<ImportDatasetRequest> requests) {
      return GrpcCalls.streamOnWorker(
          requests,
          (messages, emitter) -> {
            try {
              while (messages.hasNext()) {
                mayRead.acquire();
                messages.next();
                received.incrementAndGet();
              }
              emitter.emit(
                  ImportDatasetResponse.newBuilder().setImagesDecoded(received.get()).build());
            } finally {
              ended.countDown();
            }
          });
    }
  }

  /** A call whose messages are any bytes. */
  private final class RawCall {
    private final CompletableFuture<HemlockException> end = new CompletableFuture<>();
    private final ClientCall<byte[], byte[]> call;

    RawCall(MethodDescriptor<?, ?> method) {
      this(method, "identity");
    }

    RawCall(MethodDescriptor<?, ?> method, String compression) {
      call =
          channel.newCall(
              MethodDescriptor.<byte[], byte[]>newBuilder(new RawBytes(), new RawBytes())
                  .setFullMethodName(method.getFullMethodName())
                  .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                  .build(),
              CallOptions.DEFAULT
                  .withCompression(compression)
                  .withDeadlineAfter(20, TimeUnit.SECONDS));
    }

    /** Sends messages, and waits for the status. */
    HemlockException send(byte[]... messages) {
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
              end.complete(GrpcErrors.toException(status.asRuntimeException(trailers)));
            }
          },
          new Metadata());
      call.request(1000);
      for (byte[] message : messages) {
        call.sendMessage(message);
      }
      call.halfClose();
      return end.join();
    }
  }

  /** A client that sends as fast as the connection takes. */
  private final class Upload
      implements ClientResponseObserver<ImportDatasetRequest, ImportDatasetResponse> {
    private final AtomicInteger sent = new AtomicInteger();
    private final Semaphore ready = new Semaphore(0);
    private final CountDownLatch done = new CountDownLatch(1);
    private ClientCallStreamObserver<ImportDatasetRequest> requests;
    private volatile ImportDatasetResponse last = ImportDatasetResponse.getDefaultInstance();
    private volatile Throwable failure = new IllegalStateException("has not failed");

    Upload() {
      DatasetServiceGrpc.newStub(channel).importDataset(this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ImportDatasetRequest> requestStream) {
      requests = requestStream;
      requests.setOnReadyHandler(ready::release);
    }

    void send(ImportDatasetRequest request) {
      requests.onNext(request);
    }

    void sendChunks(int count) {
      for (int i = 0; i < count; i++) {
        while (!requests.isReady()) {
          if (done.getCount() == 0) {
            return;
          }
          ready.acquireUninterruptibly();
        }
        requests.onNext(chunk());
        sent.incrementAndGet();
      }
    }

    void complete() {
      requests.onCompleted();
    }

    void cancel() {
      requests.cancel("cut", null);
    }

    ImportDatasetResponse last() throws InterruptedException {
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(failure).isInstanceOf(IllegalStateException.class);
      return last;
    }

    HemlockException failure() throws InterruptedException {
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
      return GrpcErrors.toException(failure);
    }

    @Override
    public void onNext(ImportDatasetResponse response) {
      last = response;
    }

    @Override
    public void onError(Throwable error) {
      failure = error;
      done.countDown();
      ready.release();
    }

    @Override
    public void onCompleted() {
      done.countDown();
    }
  }
}
