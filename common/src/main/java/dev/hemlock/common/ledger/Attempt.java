package dev.hemlock.common.ledger;

/** Why a claim was given up. */
public record Attempt(Cause cause, String message) {
  /** What ended the attempt. */
  public enum Cause {
    /** The work failed; three of these without a new checkpoint end the try. */
    ERROR(true),
    /** The worker shut down. */
    HANDED_BACK(false),
    /** The worker was still, or the store away from it, for so long that another one took over. */
    OVERTAKEN(false);

    private final boolean counts;

    Cause(boolean counts) {
      this.counts = counts;
    }

    /** Whether it counts towards the end of the try. */
    public boolean counts() {
      return counts;
    }
  }

  byte[] toJson() {
    return Document.empty().with("cause", cause.name()).with("message", message).toJson();
  }

  static Attempt parse(byte[] bytes) {
    Document json = Document.parse(bytes);
    try {
      return new Attempt(Cause.valueOf(json.text("cause")), json.text("message"));
    } catch (IllegalArgumentException e) {
      throw Document.damaged("attempt", e);
    }
  }
}
