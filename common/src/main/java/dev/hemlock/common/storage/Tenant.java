package dev.hemlock.common.storage;

/** Whose keys a request touches. */
public final class Tenant {
  private Tenant() {}

  /** The tenant of the present request; {@code default} until callers have tokens. */
  public static String current() {
    return "default";
  }
}
