package dev.hemlock.common.grpc;

import io.grpc.Context;
import io.grpc.ServerCall;
import io.vertx.core.Vertx;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How fast the two sides of one call are. */
final class CallFlow {
  static final Context.Key<CallFlow> KEY = Context.key("hemlock-call-flow");

  /** Request messages received and not yet taken, beyond which the client has to wait. */
  private static final int MAX_WAITING = 8;

  private static final long LOOK_AGAIN_MILLIS = 500;

  private final ServerCall<?, ?> call;
  private final io.vertx.core.Context eventLoop;
  private volatile boolean gone;
  private boolean paced;
  private int waiting;
  private int withheld;

  CallFlow(ServerCall<?, ?> call) {
    this.call = call;
    this.eventLoop = Vertx.currentContext();
  }

  /** From now on the client is held back by how fast its messages are {@link #taken()}. */
  synchronized void pace() {
    paced = true;
  }

  synchronized void received() {
    waiting++;
  }

  void request(int count) {
    synchronized (this) {
      if (paced && waiting >= MAX_WAITING) {
        withheld += count;
        return;
      }
    }
    call.request(count);
  }

  /** A request message was taken. */
  void taken() {
    int count;
    synchronized (this) {
      waiting--;
      if (waiting >= MAX_WAITING || withheld == 0) {
        return;
      }
      count = withheld;
      withheld = 0;
    }
    onEventLoop(() -> call.request(count));
  }

  /** Waits until the client can take more, or something else has changed. */
  synchronized void awaitChange() throws InterruptedException {
    if (!call.isReady()) {
      wait(LOOK_AGAIN_MILLIS);
    }
  }

  boolean ready() {
    return call.isReady();
  }

  /** The client has cancelled, its deadline has passed, or its connection was lost. */
  void leave() {
    gone = true;
    changed();
  }

  boolean gone() {
    return gone;
  }

  synchronized void changed() {
    notifyAll();
  }

  /** Waits until messages handed to the event loop have reached the connection's queue. */
  void settle() throws InterruptedException {
    if (eventLoop != null) {
      CountDownLatch reached = new CountDownLatch(1);
      eventLoop.runOnContext(ignored -> reached.countDown());
      reached.await(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /**
   * Sends something to the client unless it has reset the stream: the server closes the connection,
   * under all its other calls, when headers are written to such a stream. It happens on the event
   * loop, where no reset can come in between.
   */
  void send(Runnable sending) {
    onEventLoop(
        () -> {
          if (!gone && !call.isCancelled()) {
            sending.run();
          }
        });
  }

  private void onEventLoop(Runnable action) {
    if (eventLoop == null) {
      action.run();
    } else {
      eventLoop.runOnContext(ignored -> action.run());
    }
  }
}
