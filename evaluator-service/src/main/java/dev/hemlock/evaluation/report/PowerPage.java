package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;
import static dev.hemlock.evaluation.report.Element.section;

import dev.hemlock.proto.evaluation.v1.DetectionPower;
import dev.hemlock.proto.evaluation.v1.PowerPoint;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The smallest budget that each check notices, as one HTML page. */
public final class PowerPage {
  private static final Comparator<DetectionPower> SOONEST_FIRST =
      Comparator.comparingInt(
              (DetectionPower check) ->
                  check.hasSmallestCaught() ? check.getSmallestCaught() : Integer.MAX_VALUE)
          .thenComparing(Comparator.comparingDouble(PowerPage::meanPower).reversed())
          .thenComparing(DetectionPower::getCheck);

  private static final List<String> COLUMNS =
      List.of(
          "Check",
          "Flipped labels",
          "Noticed",
          "Share",
          "95 % interval",
          "Alarm above",
          "Clean data sets");

  private final List<DetectionPower> checks;
  private final double falseAlarmRate;
  private final double wantedPower;

  private PowerPage(List<DetectionPower> checks, double falseAlarmRate, double wantedPower) {
    this.checks = checks.stream().sorted(SOONEST_FIRST).toList();
    this.falseAlarmRate = falseAlarmRate;
    this.wantedPower = wantedPower;
  }

  /**
   * Renders the curves of some checks, at least one. Equal arguments give equal pages.
   *
   * @return a whole document, well-formed as HTML and as XML, to be stored as UTF-8
   */
  public static String render(
      List<DetectionPower> checks, double falseAlarmRate, double wantedPower) {
    PowerPage page = new PowerPage(checks, falseAlarmRate, wantedPower);
    return ReportPage.document("Hemlock: detection power", page.body());
  }

  private Element body() {
    long caught = checks.stream().filter(DetectionPower::hasSmallestCaught).count();
    Element header =
        el("header")
            .add(
                el("p", "Hemlock · detection power").with("class", "kicker"),
                el("h1", "How many flipped labels are noticed"),
                el(
                        "p",
                        "Of %s, %d %s a budget that was tested."
                            .formatted(
                                Figures.counted(checks.size(), "check"),
                                caught,
                                caught == 1 ? "catches" : "catch"))
                    .with("class", "verdict"),
                el("p", setting()).with("class", "setting"));
    return el("body")
        .add(el("a", "Skip to the figures").with("class", "skip").with("href", "#report"))
        .add(header, el("main").with("id", "report").add(curves(), table()));
  }

  private String setting() {
    int[] clean = checks.stream().mapToInt(DetectionPower::getCleanCount).distinct().toArray();
    return "false alarms: at most %s of clean data sets · caught: noticed in at least %s from there on · thresholds from %s clean data sets"
        .formatted(
            Figures.chosenPercent(falseAlarmRate),
            Figures.chosenPercent(wantedPower),
            clean.length == 1
                ? Integer.toString(clean[0])
                : IntStream.of(clean).min().orElseThrow()
                    + " to "
                    + IntStream.of(clean).max().orElseThrow());
  }

  private Element curves() {
    return section("curves", "Power by budget")
        .add(
            new PowerChart(checks, wantedPower).render(),
            el(
                    "p",
                    "A strip is a check; it runs from none of the data sets at the bottom to all at the"
                        + " top, over flipped labels on a logarithmic axis. Line: the share of data sets"
                        + " noticed. Thin bars: 95 % Wilson intervals at the threshold that the clean data"
                        + " sets gave. Dashed: the share that counts as caught. Filled dot: the smallest"
                        + " budget caught.")
                .with("class", "key"));
  }

  private Element table() {
    Element rows = el("tbody");
    for (DetectionPower check : checks) {
      check.getCurveList().forEach(point -> rows.add(row(check, point)));
    }
    return section("table", "Every check and budget")
        .add(
            Tables.scrolling(
                "Power of every check at every budget",
                el("table")
                    .with("class", "numeric")
                    .add(
                        el("caption", "Data sets noticed, by number of flipped labels"),
                        Tables.header(COLUMNS),
                        rows)),
            data().links());
  }

  private static Element row(DetectionPower check, PowerPoint point) {
    return el("tr")
        .add(
            Tables.rowHeader(check.getCheck()),
            el("td", Integer.toString(point.getFlipCount())),
            el("td", "%d of %d".formatted(point.getAlarmCount(), point.getRunCount())),
            el("td", Figures.percent(point.getPower())),
            el("td", PowerWords.interval(point)),
            el("td", Figures.plain(check.getThreshold())),
            el("td", Integer.toString(check.getCleanCount())));
  }

  private DataTable data() {
    DataTable table =
        new DataTable(
            "detection-power",
            "check",
            "flip_count",
            "alarm_count",
            "run_count",
            "power",
            "low",
            "high",
            "threshold",
            "clean_count");
    for (DetectionPower check : checks) {
      for (PowerPoint point : check.getCurveList()) {
        table.row(
            check.getCheck(),
            point.getFlipCount(),
            point.getAlarmCount(),
            point.getRunCount(),
            point.getPower(),
            point.getLow(),
            point.getHigh(),
            check.getThreshold(),
            check.getCleanCount());
      }
    }
    return table;
  }

  private static double meanPower(DetectionPower check) {
    return check.getCurveList().stream().mapToDouble(PowerPoint::getPower).average().orElse(0);
  }
}
