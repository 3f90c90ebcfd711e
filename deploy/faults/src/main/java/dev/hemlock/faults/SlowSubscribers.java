package dev.hemlock.faults;

import dev.hemlock.proto.training.v1.TrainingRun;
import dev.hemlock.proto.training.v1.TrainingServiceGrpc;
import dev.hemlock.proto.training.v1.WatchTrainingRunRequest;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.List;

/** Watchers that never read what they are sent. */
record SlowSubscribers(int count) implements Injection {
  @Override
  public void inject(Round round) throws Exception {
    String training = round.ask();
    List<Idle> subscribers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Idle idle = new Idle();
      TrainingServiceGrpc.newStub(round.api().channel(Service.TRAINER))
          .watchTrainingRun(WatchTrainingRunRequest.newBuilder().setName(training).build(), idle);
      subscribers.add(idle);
      round.injected(1);
    }
    Oracle oracle = new Oracle(round.cluster());
    Await.until(Cluster.PATIENCE, "the runs end", () -> oracle.ended(round.asked()));
    subscribers.forEach(Idle::leave);
    round.mended();
  }

  /** Asks for nothing. */
  private static final class Idle
      implements ClientResponseObserver<WatchTrainingRunRequest, TrainingRun> {
    private ClientCallStreamObserver<WatchTrainingRunRequest> call;

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchTrainingRunRequest> requests) {
      call = requests;
      call.disableAutoRequestWithInitial(0);
    }

    void leave() {
      call.cancel("done", null);
    }

    @Override
    public void onNext(TrainingRun value) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}
  }
}
