package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import java.util.ArrayList;
import java.util.List;

/** How the effects grow with the budget, arm by arm on the same axes. */
final class ResponseSection {
  private ResponseSection() {}

  static List<Element> render(List<ArmDoses> arms) {
    List<Element> parts = new ArrayList<>();
    parts.add(new ResponseChart(arms).render());
    parts.add(el("p", ResponseChart.KEY).with("class", "key"));
    List<ArmDoses> fitted =
        arms.stream().filter(arm -> arm.arm().getDoseResponse().getPointsCount() > 0).toList();
    if (!fitted.isEmpty()) {
      double harmful = fitted.get(0).arm().getDoseResponse().getHarmfulExcess();
      parts.add(BreakEvenTable.render(fitted, harmful));
      parts.add(BreakEvenTable.data(fitted).links());
    }
    for (ArmDoses arm : arms) {
      if (!arm.name().isEmpty()) {
        parts.add(el("h3", arm.name()));
        arm.arm().getSentencesList().forEach(sentence -> parts.add(el("p", sentence)));
      }
      parts.add(DoseTable.render(arm));
      parts.add(EffectData.of(arm.file("doses"), arm.doses()).links());
    }
    parts.add(el("h3", "Other effects"));
    for (ArmDoses arm : arms) {
      if (!arm.name().isEmpty()) {
        parts.add(el("h4", arm.name()));
      }
      parts.add(new DoseChart(arm.doses()).render());
    }
    return parts;
  }
}
