package dev.hemlock.dataset.validation;

/** What an alarm means for a snapshot; the worst of several counts. */
public enum Action {
  /** It may be trained on. */
  ADMIT,
  /** Somebody has to look first. */
  QUARANTINE,
  /** It must not be trained on. */
  REFUSE
}
