package dev.hemlock.common.ledger;

import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.events.Topics;
import dev.hemlock.proto.events.v1.RunStateChanged;
import dev.hemlock.proto.run.v1.RunState;
import java.util.Map;

/** Tells the world about a run's states, each with the id {@code {name}/{try}/{state}}. */
public final class RunEvents {
  /** The type of a {@code RunStateChanged} event. */
  public static final String STATE_TYPE = "dev.hemlock.run.state.v1";

  /** The type of a dead letter. */
  public static final String DEAD_TYPE = "dev.hemlock.run.dead.v1";

  private final EventPublisher publisher;

  public RunEvents(EventPublisher publisher) {
    this.publisher = publisher;
  }

  /** Says that a try waits or runs, without waiting; it can be lost while the broker is away. */
  public void entered(String name, int tryNumber, RunState state) {
    publisher.announce(
        Topics.EVENTS,
        id(name, tryNumber, state),
        STATE_TYPE,
        name,
        changed(name, tryNumber, state, ""));
  }

  /**
   * Says how a try ended; a failure also becomes a dead letter with its reason in the headers.
   *
   * @throws dev.hemlock.common.error.HemlockException UNAVAILABLE if the broker is away
   */
  public void ended(String stage, String name, int tryNumber, Terminal terminal) {
    publish(name, tryNumber, terminal.state(), terminal.message());
    if (terminal.state() == RunState.RUN_STATE_FAILED) {
      publisher.publish(
          Topics.DEAD_LETTERS,
          name + "/" + tryNumber + "/dead",
          DEAD_TYPE,
          name,
          changed(name, tryNumber, terminal.state(), terminal.message()),
          Map.of("reason", terminal.reason(), "stage", stage, "try", Integer.toString(tryNumber)));
    }
  }

  private void publish(String name, int tryNumber, RunState state, String message) {
    publisher.publish(
        Topics.EVENTS,
        id(name, tryNumber, state),
        STATE_TYPE,
        name,
        changed(name, tryNumber, state, message));
  }

  private static String id(String name, int tryNumber, RunState state) {
    return name + "/" + tryNumber + "/" + state.name().substring("RUN_STATE_".length());
  }

  private static RunStateChanged changed(
      String name, int tryNumber, RunState state, String message) {
    return RunStateChanged.newBuilder()
        .setName(name)
        .setState(state)
        .setTry(tryNumber)
        .setErrorMessage(message)
        .build();
  }
}
