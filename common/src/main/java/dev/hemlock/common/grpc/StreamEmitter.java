package dev.hemlock.common.grpc;

/** Takes the messages of a response stream. For the one thread that makes them. */
public interface StreamEmitter<T> {
  /**
   * Sends a message; waits while the client is slower than the server.
   *
   * @throws dev.hemlock.common.error.HemlockException CANCELLED if the client has gone; let it pass
   */
  void emit(T message);

  /** Whether the client has gone, so that nothing more is worth making. */
  boolean cancelled();
}
