package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

/** A list of named facts; empty ones are left out. */
final class Facts {
  private final Element list = el("dl").with("class", "facts");

  Facts fact(String name, String value) {
    return add(name, value, el("dd", value));
  }

  /** A name or digest, in a typeface that tells its characters apart. */
  Facts code(String name, String value) {
    return add(name, value, el("dd").add(el("code", value)));
  }

  Element element() {
    return list;
  }

  private Facts add(String name, String value, Element description) {
    if (!value.isEmpty()) {
      list.add(el("div").add(el("dt", name), description));
    }
    return this;
  }
}
