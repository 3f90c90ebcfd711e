package dev.hemlock.dataset.validation;

import java.util.EnumMap;
import java.util.Map;

/** The rules of some checks; the others keep their defaults. */
public record Policy(Map<Check, Rule> rules) {
  /** The defaults. */
  public static final Policy DEFAULT = new Policy(Map.of());

  public Policy {
    Map<Check, Rule> all = new EnumMap<>(Check.class);
    for (Check check : Check.values()) {
      all.put(check, rules.getOrDefault(check, check.defaultRule()));
    }
    rules = Map.copyOf(all);
  }

  Rule rule(Check check) {
    return rules.get(check);
  }

  /** The rule for one of so many splits, which share the threshold of a p value (Bonferroni). */
  Rule rule(Check check, int splits) {
    Rule rule = rules.get(check);
    return check.figure() == Check.Figure.P_VALUE
        ? new Rule(rule.action(), rule.threshold() / splits)
        : rule;
  }
}
