package dev.hemlock.common.events;

import java.util.List;

/** The topics and consumer groups. */
public final class Topics {
  /** The extension attribute that names an event's tenant. */
  public static final String TENANT = "tenant";

  /** Facts: CloudEvents whose data is a {@code hemlock.events.v1} message. */
  public static final String EVENTS = "hemlock.events.v1";

  /** Results with their headline figures. */
  public static final String RESULTS = "hemlock.results.v1";

  /** Work that ended FAILED, with the reason in the headers. */
  public static final String DEAD_LETTERS = "hemlock.dead-letters.v1";

  /** The stages that have a work queue. */
  public static final List<String> STAGES =
      List.of("poison", "train", "evaluate", "experiment", "detect", "certify");

  private Topics() {}

  /** The work queue of a stage, for example {@code hemlock.work.train.v1}. */
  public static String work(String stage) {
    return "hemlock.work." + stage + ".v1";
  }

  /** The share group of a stage's workers. */
  public static String workers(String stage) {
    return "hemlock.workers." + stage;
  }
}
