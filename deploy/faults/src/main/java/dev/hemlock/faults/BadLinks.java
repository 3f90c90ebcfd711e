package dev.hemlock.faults;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Makes both links bad while work is under way.
 *
 * @param seconds how long
 * @param how what is done to each link
 */
record BadLinks(int seconds, How how) implements Injection {
  private static final double TENTH = 0.1;
  private static final int DELAY_MILLIS = 500;
  private static final int RESET_AFTER_MILLIS = 1_000;
  private static final double THIRD = 0.33;
  private static final int PROBES = 64;
  private static final Duration WATCH = Duration.ofSeconds(3);
  private static final byte[] STORE_REQUEST =
      "GET /minio/health/live HTTP/1.1\r\nHost: store\r\n\r\n".getBytes(StandardCharsets.UTF_8);

  /** ApiVersions, version 0, correlation 1, no client id. */
  private static final byte[] BROKER_REQUEST = {0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, -1, -1};

  enum How {
    /** Every answer comes half a second late, and a tenth of the connections are reset. */
    SLOW_AND_RESET,
    /** A third of the connections lose their answers. */
    ANSWERS_LOST
  }

  @Override
  public void inject(Round round) throws Exception {
    Link[] links = {round.cluster().storeLink(), round.cluster().brokerLink()};
    for (Link link : links) {
      if (how == How.ANSWERS_LOST) {
        link.cutAnswers(THIRD, 1);
      } else {
        link.delay(DELAY_MILLIS);
        link.reset(TENTH, RESET_AFTER_MILLIS);
      }
    }
    round.ask();
    probe(round, "store", round.cluster().storeLink(), STORE_REQUEST);
    probe(round, "broker", round.cluster().brokerLink(), BROKER_REQUEST);
    round.pause(round.seconds(seconds));
    for (Link link : links) {
      link.mend(
          how == How.ANSWERS_LOST ? new String[] {"answers"} : new String[] {"delay", "reset"});
    }
    round.mended();
  }

  /** The services' connections fare as fresh ones do; those that are cut are counted. */
  private void probe(Round round, String name, Link link, byte[] request) throws Exception {
    Link.Probe probe = link.probe(request, PROBES, WATCH);
    round.injected(probe.cut());
    round.remark(
        "%s: %d of %d fresh connections were cut, the first answer came after %d ms"
            .formatted(name, probe.cut(), PROBES, probe.fastest().toMillis()));
    if (probe.cut() == 0 || probe.cut() == PROBES) {
      round.complain("of the connections to the " + name + " " + probe.cut() + " were cut");
    }
    if (how == How.SLOW_AND_RESET && probe.fastest().toMillis() < DELAY_MILLIS) {
      round.complain(
          "an answer of the " + name + " came after " + probe.fastest().toMillis() + " ms");
    }
  }
}
