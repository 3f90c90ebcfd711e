package dev.hemlock.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The form of addresses that users give. */
final class HostPort {
  private static final Pattern FORM = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[\\w.-]+):(\\d{1,5})");
  private static final int LARGEST_PORT = 65_535;

  private HostPort() {}

  /**
   * Passes an address on.
   *
   * @param option where it was given
   * @throws CliException unless it is a host, a colon and a port from 1 to 65535
   */
  static String require(String option, String address) {
    Matcher parts = FORM.matcher(address);
    if (parts.matches()) {
      int port = Integer.parseInt(parts.group(2));
      if (port >= 1 && port <= LARGEST_PORT) {
        return address;
      }
    }
    throw new CliException(option + " must look like 127.0.0.1:9000, not " + address);
  }

  /** Whether an address is this machine's own. */
  static boolean isLoopback(String address) {
    return address.matches("(?i)(localhost|127(\\.\\d{1,3}){3}|\\[::1]):\\d+");
  }
}
