package dev.hemlock.faults;

import java.util.List;

/**
 * A kind of fault.
 *
 * @param quick whether it belongs to the fast selection
 * @param rounds each begins with an empty ledger and ends with the oracle
 */
record Fault(String name, boolean quick, List<Injection> rounds) {
  static Fault of(String name, Injection... rounds) {
    return new Fault(name, false, List.of(rounds));
  }

  static Fault quick(String name, Injection... rounds) {
    return new Fault(name, true, List.of(rounds));
  }
}
