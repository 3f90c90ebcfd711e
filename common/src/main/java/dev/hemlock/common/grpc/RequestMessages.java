package dev.hemlock.common.grpc;

import io.smallrye.mutiny.Multi;
import java.util.Iterator;
import java.util.Optional;

/** The messages of a client stream, read by one worker thread at its own pace. */
final class RequestMessages<T> implements Iterator<T> {
  private final Iterator<T> messages;
  private final Optional<CallFlow> flow;

  private RequestMessages(Iterator<T> messages, Optional<CallFlow> flow) {
    this.messages = messages;
    this.flow = flow;
  }

  static <T> Iterator<T> of(Multi<T> requests, Optional<CallFlow> flow) {
    return new RequestMessages<>(requests.subscribe().asIterable().iterator(), flow);
  }

  @Override
  public boolean hasNext() {
    try {
      return messages.hasNext();
    } catch (RuntimeException e) {
      throw GrpcErrors.toException(e);
    }
  }

  @Override
  public T next() {
    T message = messages.next();
    flow.ifPresent(CallFlow::taken);
    return message;
  }
}
