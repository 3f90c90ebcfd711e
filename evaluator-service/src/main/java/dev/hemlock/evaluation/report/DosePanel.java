package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.Pair;
import dev.hemlock.proto.evaluation.v1.PairMember;
import java.util.List;

/** Everything about one dose: matrices, classes, training curves and seeds. */
final class DosePanel {
  private static final double[] SHARES = {0.01, 0.05, 0.2, 0.5, 1};

  private final ExperimentSpec spec;
  private final List<String> classes;
  private final boolean compares;

  /** Where several doses are compared, each panel has its own tests. */
  DosePanel(ExperimentReport report, boolean compares) {
    this.compares = compares;
    this.spec = report.getSpec();
    this.classes = report.getData().getClassNamesList();
  }

  Element render(Dose dose) {
    PerClassTable perClass = new PerClassTable(dose.pairs(), classes, spec);
    return el("div")
        .with("class", "dose")
        .add(el("p", dose.budget() + ".").with("class", "key"))
        .add(compares ? tests(dose) : List.of())
        .add(matrices(dose))
        .add(collateral(dose))
        .add(training(dose))
        .add(
            el("h3", "Every class"), perClass.render(), perClass.data(dose.file("classes")).links())
        .add(el("h3", "Every seed"), PerSeedTable.render(dose.pairs()))
        .add(el("p", PerSeedTable.KEY).with("class", "key"))
        .add(DoseData.seeds(dose.file("seeds"), dose.pairs()).links());
  }

  private static List<Element> tests(Dose dose) {
    return TestSentences.of(dose.summary()).stream()
        .map(sentence -> el("p", sentence).with("class", "key"))
        .toList();
  }

  private static Element training(Dose dose) {
    return block(
        el("h3", "Training"),
        el("p")
            .with("class", "key")
            .add(el("span", "clean").with("class", "swatch clean"))
            .add(el("span", "poisoned").with("class", "swatch poisoned"))
            .text("Thin: each pair. Thick: their mean. Measured against the labels as trained on."),
        el("div")
            .with("class", "panels wide")
            .add(
                CurveChart.loss(dose.pairs()).render(), CurveChart.accuracy(dose.pairs()).render()),
        DoseData.curves(dose.file("curves"), dose.pairs()).links());
  }

  /** What stays on one page in print. */
  private static Element block(Element... parts) {
    return el("div").with("class", "block").add(parts);
  }

  static List<Element> collateral(Dose dose) {
    return dose.summary().getCollateralCount() == 0
        ? List.of()
        : List.of(
            block(
                el("h3", "Classes not attacked"),
                new ForestChart(dose).render(),
                DoseData.collateral(dose.file("collateral"), dose).links()));
  }

  Element matrices(Dose dose) {
    int source = classes.indexOf(spec.getSourceClass());
    int target = classes.indexOf(spec.getTargetClass());
    if (source < 0 || target < 0 || dose.pairs().isEmpty()) {
      return el("p", "There are no confusion matrices to show.");
    }
    Confusion clean = sum(dose.pairs().stream().map(Pair::getClean).toList());
    Confusion poisoned = sum(dose.pairs().stream().map(Pair::getPoisoned).toList());
    ConfusionHeatmap heatmap = new ConfusionHeatmap(classes, source, target);
    return block(
        el("h3", "Confusion matrices"),
        el("p")
            .with("class", "key")
            .text(
                "Summed over "
                    + Figures.counted(dose.pairs().size(), "pair")
                    + ", in % of each true class; hover for counts. Outlined: the row of "
                    + spec.getSourceClass()
                    + ", the column of "
                    + spec.getTargetClass()
                    + "; the attack is where they cross."),
        el("div")
            .with("class", classes.size() > 30 ? "panels large" : "panels matrices")
            .add(
                figure("Clean", heatmap.render("Clean models", clean)),
                figure("Poisoned", heatmap.render("Poisoned models", poisoned)),
                figure("Difference", heatmap.renderDifference(clean, poisoned))),
        el("div").with("class", "legends").add(shareLegend(), differenceLegend()),
        DoseData.matrices(dose.file("matrices"), classes, clean, poisoned).links());
  }

  private Confusion sum(List<PairMember> members) {
    return Confusion.sum(members, classes.size());
  }

  private static Element figure(String name, Element drawing) {
    return el("figure")
        .with("class", "panel")
        .add(el("figcaption").add(el("strong", name)), drawing);
  }

  private static Element shareLegend() {
    Element legend = el("p").with("class", "legend").text("share of row ");
    for (double share : SHARES) {
      legend.add(swatch("share", share, Figures.plain(share * 100)));
    }
    return legend.text(" %");
  }

  private static Element differenceLegend() {
    Element legend = el("p").with("class", "legend").text("poisoned model less often ");
    for (int i = SHARES.length - 2; i >= 0; i--) {
      legend.add(swatch("less", SHARES[i], "−" + Figures.plain(SHARES[i] * 100)));
    }
    for (int i = 0; i < SHARES.length - 1; i++) {
      legend.add(swatch("more", SHARES[i], "+" + Figures.plain(SHARES[i] * 100)));
    }
    return legend.text(" more often, pp");
  }

  private static Element swatch(String colour, double share, String label) {
    Element square =
        el("svg")
            .with("class", "key-square")
            .with("aria-hidden", "true")
            .with("viewBox", "0 0 1 1")
            .add(
                el("rect")
                    .with("class", colour)
                    .with("width", 1)
                    .with("height", 1)
                    .with("fill-opacity", ConfusionHeatmap.strength(share)));
    return el("span").with("class", "key-item").add(square).text(label);
  }
}
