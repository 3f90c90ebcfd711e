package dev.hemlock.common.events;

import java.util.function.Consumer;

/**
 * The facts of {@link Topics#EVENTS} and {@link Topics#RESULTS} as they arrive, from the moment of
 * listening. Advisory: facts are missed while the broker is away, so a listener also looks for
 * itself from time to time. Listeners run on the feed's thread and must return at once.
 */
public interface EventFeed {
  /** Calls the listener for each fact about one resource of a tenant. */
  Subscription listen(String tenant, String subject, Consumer<Event> listener);

  /** Calls the listener for each fact, whatever its tenant. */
  Subscription listen(Consumer<Event> listener);

  /**
   * One fact.
   *
   * @param data the protobuf JSON payload
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Event(String tenant, String id, String type, String subject, byte[] data) {}

  /** Ends a listener. */
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
