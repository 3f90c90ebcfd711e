package dev.hemlock.common.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.events.EventFeed;
import dev.hemlock.common.events.LocalEventFeed;
import dev.hemlock.common.grpc.GrpcCalls;
import dev.hemlock.common.grpc.LoopbackServer;
import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.run.v1.RunStatus;
import dev.hemlock.proto.training.v1.MutinyTrainingServiceGrpc;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingServiceGrpc;
import dev.hemlock.proto.training.v1.WatchTrainingRunRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.smallrye.mutiny.Multi;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A watch over a socket, as the services show it. */
@Timeout(60)
class RunWatchTest {
  private static final String NAME = "trainingRuns/" + "0".repeat(64);
  private static final int STATES = 400;
  private static final String LARGE = "x".repeat(256 << 10);

  private final LocalEventFeed feed = new LocalEventFeed();
  private final AtomicInteger states = new AtomicInteger();
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicInteger emitted = new AtomicInteger();
  private volatile RunState state = RunState.RUN_STATE_RUNNING;
  private LoopbackServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    server = LoopbackServer.start(new Trainings());
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", server.port())
            .usePlaintext()
            .flowControlWindow(1 << 20)
            .build();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.close();
  }

  @Test
  void clientThatReadsNothingHoldsItsWatchBackAndGetsTheLatestStateInTheEnd() throws Exception {
    // Given
    Watcher watcher = new Watcher(0);
    awaitFirst();

    // When
    for (int i = 0; i < STATES; i++) {
      change();
      Thread.sleep(1);
    }
    state = RunState.RUN_STATE_SUCCEEDED;
    change();
    int seenForASilentClient = looks.get();
    watcher.call.request(STATES);

    // Then: 100 MiB in all; what may wait is the client's window and the connection's own queue.
    assertThat(seenForASilentClient).isBetween(1, 20);
    assertThat(watcher.ended.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(watcher.received).hasSize(emitted.get()).hasSizeLessThanOrEqualTo(20);
    assertThat(watcher.received)
        .last()
        .satisfies(
            run -> assertThat(run.getStatus().getState()).isEqualTo(RunState.RUN_STATE_SUCCEEDED));
  }

  @Test
  void clientThatReadsGetsEachState() throws Exception {
    Watcher watcher = new Watcher(Integer.MAX_VALUE);
    for (int i = 0; i < 20; i++) {
      TrainingRun run = watcher.received.poll(10, TimeUnit.SECONDS);
      assertThat(run).isNotNull();
      assertThat(run.getStatus().getTry()).isEqualTo(i);
      change();
    }
    state = RunState.RUN_STATE_SUCCEEDED;
    change();

    assertThat(watcher.ended.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void watchEndsWithItsClient() throws Exception {
    Watcher watcher = new Watcher(0);
    awaitFirst();

    watcher.call.cancel("gone", null);

    assertThat(watcher.ended.await(10, TimeUnit.SECONDS)).isTrue();
    while (feed.listeners() > 0) {
      Thread.sleep(10);
    }
  }

  private void awaitFirst() throws InterruptedException {
    while (emitted.get() == 0) {
      Thread.sleep(10);
    }
  }

  private void change() {
    states.incrementAndGet();
    feed.tell(new EventFeed.Event("default", "id", RunEvents.STATE_TYPE, NAME, new byte[0]));
  }

  private RunView look() {
    looks.incrementAndGet();
    return new RunView(
        NAME,
        new byte[0],
        RunStatus.newBuilder().setState(state).setTry(states.get()).build(),
        Optional.empty(),
        Optional.empty());
  }

  private final class Trainings extends MutinyTrainingServiceGrpc.TrainingServiceImplBase {
    @Override
    public Multi<TrainingRun> watchTrainingRun(WatchTrainingRunRequest request) {
      return GrpcCalls.paced(
          RunWatch.of(RunWatchTest.this::look, "default", NAME, feed)
              .map(
                  run -> {
                    emitted.incrementAndGet();
                    return TrainingRun.newBuilder()
                        .setName(run.name())
                        .setStatus(run.status())
                        .setStreamDigest(LARGE)
                        .build();
                  }));
    }
  }

  /** A client that asks for so many messages. */
  private final class Watcher
      implements ClientResponseObserver<WatchTrainingRunRequest, TrainingRun> {
    private final int asked;
    private final BlockingQueue<TrainingRun> received = new LinkedBlockingQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private ClientCallStreamObserver<WatchTrainingRunRequest> call;

    Watcher(int asked) {
      this.asked = asked;
      TrainingServiceGrpc.newStub(channel)
          .watchTrainingRun(WatchTrainingRunRequest.newBuilder().setName(NAME).build(), this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchTrainingRunRequest> requests) {
      call = requests;
      call.disableAutoRequestWithInitial(asked);
    }

    @Override
    public void onNext(TrainingRun run) {
      received.add(run);
    }

    @Override
    public void onError(Throwable failure) {
      ended.countDown();
    }

    @Override
    public void onCompleted() {
      ended.countDown();
    }
  }
}
