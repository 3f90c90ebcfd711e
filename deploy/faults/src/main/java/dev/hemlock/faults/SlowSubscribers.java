package dev.hemlock.faults;

import dev.hemlock.proto.run.v1.RunState;
import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingServiceGrpc;
import dev.hemlock.proto.training.v1.WatchTrainingRunRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Watchers that read nothing of what they are sent until it is over: they must be held back, and
 * get the end.
 */
record SlowSubscribers(int count) implements Injection {
  private static final int WINDOW = 1 << 14;

  /** The window, the connection's queue, and a state that was begun. */
  private static final long MOST_BYTES = 200 << 10;

  private static final int PATIENCE_SECONDS = 60;

  @Override
  public void inject(Round round) throws Exception {
    String training = round.work().train(round.work().talkative(), "");
    round.asked(training);
    List<Watcher> silent = new ArrayList<>();
    Watcher reader = new Watcher(round.cluster(), training, Integer.MAX_VALUE);
    try {
      for (int i = 0; i < count; i++) {
        silent.add(new Watcher(round.cluster(), training, 0));
      }
      round.ask();
      Oracle oracle = new Oracle(round.cluster());
      Await.until(
          Cluster.PATIENCE.multipliedBy(2), "the runs end", () -> oracle.ended(round.asked()));
      round.mended();
      judge(round, reader, silent);
    } finally {
      silent.forEach(Watcher::leave);
      reader.leave();
    }
  }

  private static void judge(Round round, Watcher reader, List<Watcher> silent)
      throws InterruptedException {
    reader.awaitEnd();
    silent.forEach(Watcher::read);
    for (Watcher watcher : silent) {
      watcher.awaitEnd();
      // The end comes to all; before it only what did not wait to be read.
      if (watcher.bytes - watcher.last.getSerializedSize() > MOST_BYTES) {
        round.complain("a silent watcher was sent " + watcher.bytes + " bytes");
      }
      if (watcher.last.getStatus().getState() != RunState.RUN_STATE_SUCCEEDED) {
        round.complain("a silent watcher was told last " + watcher.last.getStatus());
      }
      // Else there was nothing to hold back.
      round.injected(reader.bytes > 2 * MOST_BYTES ? 1 : 0);
    }
    round.remark(
        "a reading watcher got %d messages of %d bytes, a silent one %d of %d"
            .formatted(reader.messages, reader.bytes, silent.get(0).messages, silent.get(0).bytes));
  }

  /** A client with a connection of its own. */
  private static final class Watcher
      implements ClientResponseObserver<WatchTrainingRunRequest, TrainingRun> {
    private final ManagedChannel channel;
    private final int asked;
    private final CountDownLatch ended = new CountDownLatch(1);
    private ClientCallStreamObserver<WatchTrainingRunRequest> call;
    private TrainingRun last = TrainingRun.getDefaultInstance();
    private int messages;
    private long bytes;

    Watcher(Cluster cluster, String training, int asked) {
      this.asked = asked;
      this.channel =
          NettyChannelBuilder.forAddress("127.0.0.1", cluster.port(Service.TRAINER))
              .usePlaintext()
              .flowControlWindow(WINDOW)
              .build();
      TrainingServiceGrpc.newStub(channel)
          .watchTrainingRun(WatchTrainingRunRequest.newBuilder().setName(training).build(), this);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchTrainingRunRequest> requests) {
      call = requests;
      call.disableAutoRequestWithInitial(asked);
    }

    void read() {
      call.request(Integer.MAX_VALUE);
    }

    void awaitEnd() throws InterruptedException {
      if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            "A watch did not end; it was told last " + last.getStatus());
      }
    }

    void leave() {
      channel.shutdownNow();
    }

    @Override
    public void onNext(TrainingRun run) {
      bytes += run.getSerializedSize();
      messages++;
      last = run;
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
