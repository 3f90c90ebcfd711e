package dev.hemlock.embedded;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** The only address the embedded servers listen on. */
public final class Loopback {
  public static final String HOST = "127.0.0.1";

  // Systems take the ports of outgoing connections from above.
  private static final int LOWEST_PORT = 10_000;
  private static final int HIGHEST_PORT = 32_000;
  private static final int TRIES = 100;

  private Loopback() {}

  /** Returns the given port, or for 0 a free one that no outgoing connection will take meanwhile. */
  public static int portOrFree(int port) throws IOException {
    if (port != 0) {
      return port;
    }
    for (int i = 0; i < TRIES; i++) {
      int candidate = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
      if (isFree(candidate)) {
        return candidate;
      }
    }
    throw new BindException("No free port between " + LOWEST_PORT + " and " + HIGHEST_PORT);
  }

  private static boolean isFree(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (BindException taken) {
      return false;
    }
  }
}
