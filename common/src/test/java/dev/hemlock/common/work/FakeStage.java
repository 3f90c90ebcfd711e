package dev.hemlock.common.work;

import dev.hemlock.common.events.EventPublisher;
import dev.hemlock.common.ledger.RunView;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A stage whose work is given as a lambda. */
public final class FakeStage implements Stage {
  /** What {@link Stage#run} does. */
  @FunctionalInterface
  public interface Body {
    byte[] run(Work work) throws Exception;
  }

  private final String kind;
  private final String name;
  private final Body body;
  private final List<RunView> succeeded = new CopyOnWriteArrayList<>();
  private final List<String> abandoned = new CopyOnWriteArrayList<>();

  public FakeStage(String kind, String name, Body body) {
    this.kind = kind;
    this.name = name;
    this.body = body;
  }

  @Override
  public String kind() {
    return kind;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public byte[] run(Work work) throws Exception {
    return body.run(work);
  }

  @Override
  public void succeeded(RunView run, EventPublisher events) {
    succeeded.add(run);
  }

  @Override
  public void abandoned(String run) {
    abandoned.add(run);
  }

  /** The runs for which {@code abandoned} was called. */
  public List<String> abandoned() {
    return abandoned;
  }

  /** The runs for which {@code succeeded} was called. */
  public List<RunView> succeeded() {
    return succeeded;
  }
}
