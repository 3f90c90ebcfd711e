package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import java.util.List;
import java.util.function.Function;

/**
 * One panel a dose, of which one shows at a time: chosen by radio buttons, which need no script, or
 * by the slider that the page's script puts in their place. In print all show.
 */
final class DoseSwitch {
  private final String id;
  private final String legend;
  private final List<Dose> doses;

  /** The switch shows {@code doses} in their order; {@code id} is its own on the page. */
  DoseSwitch(String id, String legend, List<Dose> doses) {
    this.id = id;
    this.legend = legend;
    this.doses = doses;
  }

  Element render(Dose first, Function<Dose, Element> panel) {
    if (doses.size() == 1) {
      return panel.apply(first);
    }
    Element tabs =
        el("fieldset")
            .with("class", "tabs")
            .with("style", "--stops:" + doses.size())
            .add(el("legend", legend), slider());
    for (int i = 0; i < doses.size(); i++) {
      Dose dose = doses.get(i);
      tabs.add(radio(i, dose.equals(first)), el("label", dose.percent()).with("for", id + "-" + i));
      tabs.add(panel.apply(dose));
    }
    return tabs;
  }

  private Element slider() {
    return el("input")
        .with("type", "range")
        .with("class", "slider")
        .with("hidden", "hidden")
        .with("min", 0)
        .with("max", doses.size() - 1)
        .with("aria-label", legend);
  }

  private Element radio(int index, boolean checked) {
    Element radio = el("input").with("type", "radio").with("name", id).with("id", id + "-" + index);
    return checked ? radio.with("checked", "checked") : radio;
  }
}
