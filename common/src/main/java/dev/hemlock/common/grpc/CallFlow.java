package dev.hemlock.common.grpc;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.error.Reason;
import io.grpc.Context;
import io.grpc.ServerCall;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** How fast the two sides of one call are. */
final class CallFlow {
  static final Context.Key<CallFlow> KEY = Context.key("hemlock-call-flow");

  /** Request messages received and not yet taken, beyond which the client has to wait. */
  private static final int MAX_WAITING = 8;

  private static final long LOOK_AGAIN_MILLIS = 500;

  private final ServerCall<?, ?> call;
  private final Duration idle;
  private final io.vertx.core.Context eventLoop;
  private volatile boolean gone;
  private volatile boolean complete;
  private volatile OptionalLong timer = OptionalLong.empty();
  private volatile long lastReceived = System.nanoTime();
  private volatile Runnable listener = () -> {};
  private boolean paced;
  private int waiting;
  private int withheld;

  /**
   * A call.
   *
   * @param idle how long the client may send nothing, or take nothing, when it is its turn
   */
  CallFlow(ServerCall<?, ?> call, Duration idle) {
    this.call = call;
    this.idle = idle;
    this.eventLoop = Vertx.currentContext();
  }

  /** From now on the client is held back by how fast its messages are {@link #taken()}. */
  synchronized void pace() {
    paced = true;
  }

  synchronized void received() {
    waiting++;
    lastReceived = System.nanoTime();
  }

  /** Ends the call if the client sends nothing for too long before its request is complete. */
  void watch(Consumer<HemlockException> end) {
    if (eventLoop != null) {
      lookIn(idle.toNanos(), end);
    }
  }

  private void lookIn(long nanos, Consumer<HemlockException> end) {
    long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos));
    timer = OptionalLong.of(eventLoop.owner().setTimer(millis, due -> look(end)));
  }

  private void look(Consumer<HemlockException> end) {
    if (complete) {
      return;
    }
    long left = held() ? idle.toNanos() : idle.toNanos() - (System.nanoTime() - lastReceived);
    if (left > 0) {
      lookIn(left, end);
    } else {
      end.accept(tooIdle("sent nothing", "before its request was complete"));
    }
  }

  /** Whether it isn't the client's turn to send. */
  private synchronized boolean held() {
    return withheld > 0;
  }

  /** Nothing more of the client is waited for. */
  void complete() {
    complete = true;
    timer.ifPresent(id -> eventLoop.owner().cancelTimer(id));
  }

  /**
   * Makes sure that the client isn't waited for for ever.
   *
   * @param since when the wait began, by {@link System#nanoTime}
   * @throws HemlockException DEADLINE_EXCEEDED
   */
  void requireTaking(long since) {
    if (System.nanoTime() - since > idle.toNanos()) {
      throw tooIdle("took nothing", "of what was sent");
    }
  }

  private HemlockException tooIdle(String what, String of) {
    return new HemlockException(
            Reason.DEADLINE_EXCEEDED,
            "The client %s for %d s %s; go on sooner, or have hemlock.limits.stream-idle raised"
                .formatted(what, idle.toSeconds(), of))
        .with("streamIdle", idle.toString());
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
    complete();
    changed();
  }

  boolean gone() {
    return gone;
  }

  void changed() {
    synchronized (this) {
      notifyAll();
    }
    listener.run();
  }

  /** Has one listener told, on the event loop too, when the client may be able to take more. */
  void onChange(Runnable listener) {
    this.listener = listener;
  }

  /** Does something once messages handed to the event loop are in the connection's queue. */
  void afterSending(Runnable action) {
    onEventLoop(action);
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
