package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.proto.evaluation.v1.CurvePoint;
import dev.hemlock.proto.evaluation.v1.Pair;
import dev.hemlock.proto.evaluation.v1.PairMember;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** A training curve of the clean and poisoned models of one dose: each seed thin, their mean thick. */
final class CurveChart {
  /** More points than this can't be told apart on a screen. */
  private static final int MAX_POINTS = 400;

  private final String name;
  private final ToDoubleFunction<CurvePoint> value;
  private final Function<Double, String> format;
  private final List<List<CurvePoint>> clean;
  private final List<List<CurvePoint>> poisoned;
  private final Scale values;
  private final int epochs;

  private CurveChart(
      String name,
      ToDoubleFunction<CurvePoint> value,
      Function<Double, String> format,
      List<Pair> pairs) {
    this.name = name;
    this.value = value;
    this.format = format;
    this.clean = curves(pairs, Pair::getClean);
    this.poisoned = curves(pairs, Pair::getPoisoned);
    this.values = Scale.covering(DoubleStream.concat(points(clean), points(poisoned)));
    this.epochs = pairs.stream().mapToInt(pair -> pair.getClean().getCurveCount()).max().orElse(0);
  }

  static CurveChart loss(List<Pair> pairs) {
    return new CurveChart("Training loss", CurvePoint::getLoss, Figures::plain, pairs);
  }

  static CurveChart accuracy(List<Pair> pairs) {
    return new CurveChart(
        "Training accuracy", CurvePoint::getAccuracy, v -> Figures.plain(v * 100) + "%", pairs);
  }

  Element render() {
    Element svg = Svg.image("plot", alternative());
    for (double tick : values.ticks()) {
      double y = 100 - values.place(tick);
      svg.add(Svg.line("grid", 0, y, 100, y));
      svg.add(Svg.text("tick end", 0, y, -8, 4, format.apply(tick)));
    }
    Scale axis = Scale.covering(DoubleStream.of(1, Math.max(2, epochs)));
    axis.ticks().stream()
        .mapToInt(tick -> (int) Math.round(tick))
        .map(epoch -> Math.max(1, epoch))
        .filter(epoch -> epoch <= epochs)
        .distinct()
        .forEach(
            epoch ->
                svg.add(Svg.text("tick middle", x(epoch), 100, 0, 18, Integer.toString(epoch))));
    svg.add(Svg.text("tick middle", 50, 100, 0, 36, "epoch"));
    svg.add(lines());
    return el("figure").with("class", "panel").add(el("figcaption").add(el("strong", name)), svg);
  }

  private Element lines() {
    Element stretched =
        el("svg").with("viewBox", "0 0 100 100").with("preserveAspectRatio", "none");
    clean.forEach(curve -> stretched.add(line("clean thin", series(curve))));
    poisoned.forEach(curve -> stretched.add(line("poisoned thin", series(curve))));
    return stretched.add(line("clean thick", mean(clean)), line("poisoned thick", mean(poisoned)));
  }

  private Element line(String cssClass, double[] series) {
    int stride = Math.max(1, (series.length + MAX_POINTS - 1) / MAX_POINTS);
    StringBuilder points = new StringBuilder();
    for (int i = 0; i < series.length; i++) {
      boolean kept = i % stride == 0 || i == series.length - 1;
      if (kept && Double.isFinite(series[i])) {
        points.append(coordinate(x(i + 1))).append(',');
        points.append(coordinate(100 - values.place(series[i]))).append(' ');
      }
    }
    if (series.length == 1) {
      points.append(points); // a line of no length is drawn as a dot
    }
    return el("polyline").with("class", cssClass).with("points", points.toString().strip());
  }

  private static String coordinate(double place) {
    return Figures.plain(Math.round(place * 100) / 100.0);
  }

  private double x(int epoch) {
    return epochs <= 1 ? 50 : (epoch - 1) * 100.0 / (epochs - 1);
  }

  private String alternative() {
    return "%s by epoch, %s. After the first epoch the mean is %s clean and %s poisoned, after the last %s clean and %s poisoned."
        .formatted(
            name,
            Figures.counted(epochs, "epoch"),
            at(clean, 0),
            at(poisoned, 0),
            at(clean, epochs - 1),
            at(poisoned, epochs - 1));
  }

  private String at(List<List<CurvePoint>> curves, int index) {
    double[] mean = mean(curves);
    return index >= 0 && index < mean.length ? format.apply(mean[index]) : "unknown";
  }

  private static List<List<CurvePoint>> curves(
      List<Pair> pairs, Function<Pair, PairMember> member) {
    List<List<CurvePoint>> curves = new ArrayList<>();
    pairs.forEach(pair -> curves.add(member.apply(pair).getCurveList()));
    return curves;
  }

  private DoubleStream points(List<List<CurvePoint>> curves) {
    return curves.stream().flatMap(List::stream).mapToDouble(value);
  }

  private double[] series(List<CurvePoint> curve) {
    return curve.stream().mapToDouble(value).toArray();
  }

  private double[] mean(List<List<CurvePoint>> curves) {
    int length = curves.stream().mapToInt(List::size).min().orElse(0);
    return IntStream.range(0, length)
        .mapToDouble(
            i ->
                curves.stream()
                    .mapToDouble(curve -> value.applyAsDouble(curve.get(i)))
                    .average()
                    .orElse(Double.NaN))
        .toArray();
  }
}
