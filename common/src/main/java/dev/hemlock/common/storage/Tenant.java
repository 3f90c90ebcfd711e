package dev.hemlock.common.storage;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whose data a thread works on; the first element of every key. The edge and the workers set it, and
 * whoever hands work to another thread hands the tenant on.
 */
public final class Tenant {
  /** The only tenant where callers have no tokens. */
  public static final String DEFAULT = "default";

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
  private static final ThreadLocal<String> CURRENT = new ThreadLocal<>();
  private static volatile boolean separated;

  private Tenant() {}

  /** Whether this can be a tenant: 1 to 63 lower-case letters, digits and inner hyphens. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * From now on this process serves several tenants, and a thread that works for none of them must
   * not touch the data of any.
   */
  public static void separate() {
    separated = true;
  }

  /** Undoes {@link #separate}, between tests. */
  static void join() {
    separated = false;
  }

  /** Whether this process serves tenants other than the default one. */
  public static boolean separated() {
    return separated;
  }

  /** Whether this process works for a tenant of that name. */
  public static boolean serves(String name) {
    return name.equals(DEFAULT) || (separated && isName(name));
  }

  /**
   * The tenant that the present thread works for.
   *
   * @throws IllegalStateException if tenants are separated and it works for none
   */
  public static String current() {
    String tenant = CURRENT.get();
    if (tenant != null) {
      return tenant;
    }
    if (separated) {
      throw new IllegalStateException("This thread works for no tenant");
    }
    return DEFAULT;
  }

  /** The tenant that the present thread was told to work for. */
  public static Optional<String> known() {
    return Optional.ofNullable(CURRENT.get());
  }

  /** Does something for a tenant. */
  public static void run(String tenant, Runnable work) {
    String before = enter(tenant);
    try {
      work.run();
    } finally {
      leave(before);
    }
  }

  /** Does something for a tenant that gives a result. */
  public static <T, E extends Exception> T call(String tenant, Work<T, E> work) throws E {
    String before = enter(tenant);
    try {
      return work.run();
    } finally {
      leave(before);
    }
  }

  /** Gives a result. */
  @FunctionalInterface
  public interface Work<T, E extends Exception> {
    T run() throws E;
  }

  private static String enter(String tenant) {
    if (!isName(tenant)) {
      throw new IllegalArgumentException("Not the name of a tenant");
    }
    String before = CURRENT.get();
    CURRENT.set(tenant);
    return before;
  }

  private static void leave(String before) {
    if (before == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(before);
    }
  }
}
