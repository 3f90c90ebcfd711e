package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;
import static dev.hemlock.evaluation.report.Element.section;

import dev.hemlock.evaluation.statistics.PValue;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.Pair;
import java.util.List;

/** What predictions of models that were trained elsewhere amount to, as one HTML page. */
public final class JudgementPage {
  private static final List<String> COLUMNS =
      List.of(
          "Seed",
          "Accuracy clean",
          "Accuracy poisoned",
          "Attack success clean",
          "Attack success poisoned",
          "Excess",
          "McNemar");

  private final ExperimentReport report;
  private final ExperimentSpec spec;
  private final Dose dose;

  private JudgementPage(ExperimentReport report) {
    this.report = report;
    this.spec = report.getSpec();
    this.dose = ArmDoses.headline(report);
  }

  /**
   * Renders a report of unverified pairs. Equal arguments give equal pages.
   *
   * @return a whole document, well-formed as HTML and as XML, to be stored as UTF-8
   */
  public static String render(ExperimentReport report) {
    JudgementPage page = new JudgementPage(report);
    return ReportPage.document("Hemlock: " + page.classes() + ", pairing unverified", page.body());
  }

  private String classes() {
    return spec.getSourceClass() + " → " + spec.getTargetClass();
  }

  private Element body() {
    Element header =
        el("header")
            .add(
                el("p", "Hemlock · models trained elsewhere · pairing unverified")
                    .with("class", "kicker"),
                el("h1", classes()),
                el("p", report.getVerdict()).with("class", "verdict"),
                el("p", Figures.counted(report.getPairsCount(), "pair")).with("class", "setting"));
    Element main =
        el("main").with("id", "report").add(figures(), matrices(), pairs(), caveats(), data());
    return el("body")
        .add(el("a", "Skip to the figures").with("class", "skip").with("href", "#report"))
        .add(header, main);
  }

  private Element figures() {
    Element section =
        section("figures", "What differs").add(new IntervalChart(dose, spec).render());
    TestSentences.tests(dose.summary())
        .forEach(sentence -> section.add(el("p", sentence).with("class", "key")));
    return section;
  }

  private Element matrices() {
    return section("matrices", "Class by class")
        .add(new DosePanel(report, false).matrices(dose))
        .add(DosePanel.collateral(dose));
  }

  private Element pairs() {
    Element body = el("tbody");
    report.getPairsList().forEach(pair -> body.add(row(pair)));
    return section("pairs", "Every pair")
        .add(
            Tables.scrolling(
                "Figures of every pair",
                el("table")
                    .with("class", "numeric")
                    .add(
                        el("caption", "One clean and one poisoned model a row; differences in pp"),
                        Tables.header(COLUMNS),
                        body)));
  }

  private static Element row(Pair pair) {
    return el("tr")
        .add(
            Tables.rowHeader(Integer.toUnsignedString(pair.getSeed())),
            el("td", Figures.percent(pair.getClean().getAccuracy())),
            el("td", Figures.percent(pair.getPoisoned().getAccuracy())),
            el("td", Figures.percent(pair.getEffect().getCleanAttackSuccessRate())),
            el("td", Figures.percent(pair.getEffect().getPoisonedAttackSuccessRate())),
            el("td", Figures.points(pair.getEffect().getExcessAttackSuccessRate())),
            el("td", PValue.print(pair.getSourceTest().getPValue())));
  }

  private Element caveats() {
    Element list = el("ul");
    report.getCaveatsList().forEach(caveat -> list.add(el("li", caveat)));
    return section("caveats", "How far this goes").add(list);
  }

  private Element data() {
    return section("data", "The true labels")
        .add(new Facts().code("Snapshot", spec.getSnapshot()).element());
  }
}
