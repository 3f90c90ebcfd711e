package dev.hemlock.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** The only address the embedded servers listen on. */
public final class Loopback {
  public static final String HOST = "127.0.0.1";

  private Loopback() {}

  /** Returns the given port, or a free one for 0. */
  public static int portOrFree(int port) throws IOException {
    if (port != 0) {
      return port;
    }
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
