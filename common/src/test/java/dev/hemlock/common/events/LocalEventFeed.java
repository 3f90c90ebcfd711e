package dev.hemlock.common.events;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A feed that tells what a test feeds it. */
public final class LocalEventFeed implements EventFeed {
  private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();

  @Override
  public Subscription listen(String tenant, String subject, Consumer<Event> listener) {
    return listen(
        event -> {
          if (event.tenant().equals(tenant) && event.subject().equals(subject)) {
            listener.accept(event);
          }
        });
  }

  @Override
  public Subscription listen(Consumer<Event> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** How many listen. */
  public int listeners() {
    return listeners.size();
  }

  /** Tells every listener. */
  public void tell(Event event) {
    listeners.forEach(listener -> listener.accept(event));
  }
}
