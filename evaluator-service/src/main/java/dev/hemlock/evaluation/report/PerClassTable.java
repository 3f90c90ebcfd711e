package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.proto.evaluation.v1.ClassMetrics;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.Pair;
import dev.hemlock.proto.evaluation.v1.PairMember;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Precision, recall, F1 and support of every class, clean and poisoned, as means over seeds. */
final class PerClassTable {
  private record Column(String name, ToDoubleFunction<ClassMetrics> value) {}

  private static final List<Column> COLUMNS =
      List.of(
          new Column("Precision", ClassMetrics::getPrecision),
          new Column("Recall", ClassMetrics::getRecall),
          new Column("F1", ClassMetrics::getF1));

  private final List<Pair> pairs;
  private final List<String> classes;
  private final ExperimentSpec spec;

  PerClassTable(List<Pair> pairs, List<String> classes, ExperimentSpec spec) {
    this.pairs = pairs;
    this.classes = classes;
    this.spec = spec;
  }

  Element render() {
    Element groups = el("tr").add(Tables.columnHeader("Class").with("rowspan", 2));
    Element columns = el("tr");
    for (Column column : COLUMNS) {
      groups.add(Tables.groupHeader(column.name(), 3));
      columns.add(
          Tables.columnHeader("clean"),
          Tables.columnHeader("poisoned"),
          Tables.columnHeader("diff."));
    }
    groups.add(Tables.columnHeader("Support").with("rowspan", 2));
    Element body = el("tbody");
    for (int i = 0; i < classes.size(); i++) {
      body.add(row(i));
    }
    String caption =
        "Test split, means over %s; differences in pp"
            .formatted(Figures.counted(pairs.size(), "pair"));
    return Tables.scrolling(
        "Figures of every class",
        el("table")
            .with("class", "numeric grouped")
            .add(el("caption", caption), el("thead").add(groups, columns), body));
  }

  /** The table unrounded. */
  DataTable data(String name) {
    DataTable table =
        new DataTable(
            name,
            "class_name",
            "clean_precision",
            "poisoned_precision",
            "clean_recall",
            "poisoned_recall",
            "clean_f1",
            "poisoned_f1",
            "support");
    for (int i = 0; i < classes.size(); i++) {
      table.row(
          classes.get(i),
          mean(Pair::getClean, i, ClassMetrics::getPrecision),
          mean(Pair::getPoisoned, i, ClassMetrics::getPrecision),
          mean(Pair::getClean, i, ClassMetrics::getRecall),
          mean(Pair::getPoisoned, i, ClassMetrics::getRecall),
          mean(Pair::getClean, i, ClassMetrics::getF1),
          mean(Pair::getPoisoned, i, ClassMetrics::getF1),
          mean(Pair::getClean, i, ClassMetrics::getSupport));
    }
    return table;
  }

  private Element row(int index) {
    String name = classes.get(index);
    Element header = Tables.rowHeader(name);
    Element row = el("tr").add(header);
    if (name.equals(spec.getSourceClass())) {
      row.with("class", "marked");
      header.add(el("span", "source").with("class", "tag"));
    } else if (name.equals(spec.getTargetClass())) {
      row.with("class", "marked");
      header.add(el("span", "target").with("class", "tag"));
    }
    for (Column column : COLUMNS) {
      double clean = mean(Pair::getClean, index, column.value());
      double poisoned = mean(Pair::getPoisoned, index, column.value());
      row.add(
          el("td", Figures.percent(clean)),
          el("td", Figures.percent(poisoned)),
          difference(poisoned - clean));
    }
    double support = mean(Pair::getClean, index, ClassMetrics::getSupport);
    return row.add(el("td", Figures.plain(support)));
  }

  /** A difference of a point or more stands out, by colour and by weight. */
  private static Element difference(double difference) {
    String emphasis = difference <= -0.01 ? "diff loss" : difference >= 0.01 ? "diff gain" : "diff";
    return el("td", Figures.points(difference)).with("class", emphasis);
  }

  private double mean(
      Function<Pair, PairMember> member, int index, ToDoubleFunction<ClassMetrics> value) {
    return pairs.stream()
        .map(member)
        .filter(model -> index < model.getPerClassCount())
        .mapToDouble(model -> value.applyAsDouble(model.getPerClass(index)))
        .average()
        .orElse(Double.NaN);
  }
}
