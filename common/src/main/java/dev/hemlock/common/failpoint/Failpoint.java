package dev.hemlock.common.failpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Places where a test ends this process as {@code kill -9} would. They do nothing unless the system
 * property {@value #PROPERTY} names a directory when the process starts; a process that is reachable
 * from other machines, or uses a store on one, refuses to start with it.
 */
public final class Failpoint {
  /** A system property only, so that no environment or file turns failpoints on. */
  public static final String PROPERTY = "hemlock.failpoints";

  private static final String DIRECTORY = System.getProperty(PROPERTY, "");
  private static final int KILLED = 137;

  private Failpoint() {}

  /** Whether this process has failpoints. */
  public static boolean enabled() {
    return !DIRECTORY.isEmpty();
  }

  /** The file that arms a failpoint, in the directory that {@value #PROPERTY} names. */
  public static String file(String stage, String point) {
    return stage + "." + point;
  }

  /** Ends the process, once, if the failpoint is armed. */
  public static void hit(String stage, String point) {
    if (enabled()) {
      haltIfArmed(Path.of(DIRECTORY, file(stage, point)));
    }
  }

  private static void haltIfArmed(Path armed) {
    try {
      if (Files.deleteIfExists(armed)) {
        Runtime.getRuntime().halt(KILLED);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
