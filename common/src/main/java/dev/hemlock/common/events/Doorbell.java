package dev.hemlock.common.events;

/**
 * Tells workers that a piece of the present tenant's work waits, and what trace it belongs to. Lost
 * rings are repeated by the sweeper.
 */
public interface Doorbell {
  /** Rings without waiting; a broker that is away is only logged. */
  void ring(String stage, String name);
}
