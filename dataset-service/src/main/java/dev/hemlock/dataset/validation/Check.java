package dev.hemlock.dataset.validation;

/**
 * What is looked at, when that raises an alarm, and what the alarm means, unless a policy says
 * otherwise.
 */
public enum Check {
  CHI_SQUARED(Figure.P_VALUE, 0.001, Action.QUARANTINE),
  G_TEST(Figure.P_VALUE, 0.001, Action.ADMIT),
  CLASS_SHARES(Figure.P_VALUE, 0.001, Action.QUARANTINE),
  POPULATION_STABILITY(Figure.EXCESS, 0.1, Action.ADMIT),
  JENSEN_SHANNON(Figure.EXCESS, 0.1, Action.ADMIT),
  CRAMERS_V(Figure.EXCESS, 0.1, Action.ADMIT),
  CLASSES(Figure.EXCESS, 0, Action.REFUSE),
  LABEL_CHANGES(Figure.EXCESS, 0, Action.REFUSE),
  DUPLICATE_CONFLICTS(Figure.EXCESS, 0, Action.QUARANTINE),
  NEAR_DUPLICATE_CONFLICTS(Figure.EXCESS, 0, Action.QUARANTINE),
  LEAKAGE(Figure.EXCESS, 0, Action.QUARANTINE),
  NEAR_LEAKAGE(Figure.EXCESS, 0, Action.ADMIT),
  CONSTANT_IMAGES(Figure.EXCESS, 0, Action.QUARANTINE),
  EXTREME_IMAGES(Figure.P_VALUE, 0.001, Action.QUARANTINE);

  /** Which figures raise an alarm. */
  public enum Figure {
    /** Those below the threshold, which is shared by the splits. */
    P_VALUE,
    /** Those above the threshold. */
    EXCESS
  }

  private final Figure figure;
  private final Rule rule;

  Check(Figure figure, double threshold, Action action) {
    this.figure = figure;
    this.rule = new Rule(action, threshold);
  }

  /** What the check's figure is. */
  public Figure figure() {
    return figure;
  }

  /** The rule where a policy has none. */
  public Rule defaultRule() {
    return rule;
  }
}
