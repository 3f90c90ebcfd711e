package dev.hemlock.faults;

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
      round.injected(1);
    }
    round.ask();
    round.pause(round.seconds(seconds));
    for (Link link : links) {
      link.mend(
          how == How.ANSWERS_LOST ? new String[] {"answers"} : new String[] {"delay", "reset"});
    }
    round.mended();
  }
}
