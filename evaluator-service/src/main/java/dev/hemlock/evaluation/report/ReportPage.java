package dev.hemlock.evaluation.report;

import static dev.hemlock.evaluation.report.Element.el;

import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.common.storage.Digest;
import dev.hemlock.proto.evaluation.v1.Arm;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import dev.hemlock.proto.evaluation.v1.Summary;
import dev.hemlock.proto.training.v1.Recipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The report of an experiment as one HTML page that needs neither network nor scripts. Its content
 * security policy forbids the network and every script but its own, which only puts sliders in the
 * place of radio buttons.
 */
public final class ReportPage {
  private static final String STYLE = resource("report.css");
  private static final String SCRIPT = resource("report.js");
  private static final String POLICY =
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src '%s'; base-uri 'none'; form-action 'none'"
          .formatted(hash(SCRIPT));

  private final ExperimentReport report;
  private final Map<Integer, byte[]> pngBySampleId;
  private final ExperimentSpec spec;
  private final List<ArmDoses> arms;
  private final Dose headline;
  private final boolean compares;
  private final Element contents = el("ul");

  private ReportPage(ExperimentReport report, Map<Integer, byte[]> pngBySampleId) {
    this.report = report;
    this.pngBySampleId = pngBySampleId;
    this.spec = report.getSpec();
    this.arms = ArmDoses.of(report);
    this.headline = ArmDoses.headline(report);
    this.compares = arms.size() > 1 || arms.get(0).doses().size() > 1;
  }

  /**
   * Renders a report. Equal arguments give equal pages.
   *
   * @param report what the experiment found
   * @param pngBySampleId PNG files of {@code report.flipped_samples}; a sample without one is shown
   *     without its image
   * @return a whole document, well-formed as HTML and as XML, to be stored as UTF-8
   */
  public static String render(ExperimentReport report, Map<Integer, byte[]> pngBySampleId) {
    return new ReportPage(report, pngBySampleId).render();
  }

  private String render() {
    return document("Hemlock report: " + attack(), body());
  }

  /** A whole page in the style of a report. */
  static String document(String title, Element body) {
    Element html = el("html").with("lang", "en").add(head(title), body);
    StringBuilder out = new StringBuilder("<!DOCTYPE html>\n");
    html.write(out);
    return out.append('\n').toString();
  }

  private static Element head(String title) {
    return el("head")
        .add(
            el("meta").with("charset", "utf-8"),
            el("meta").with("http-equiv", "Content-Security-Policy").with("content", POLICY),
            el("meta")
                .with("name", "viewport")
                .with("content", "width=device-width, initial-scale=1"),
            el("meta").with("name", "color-scheme").with("content", "light dark"),
            el("title", title),
            el("style", STYLE));
  }

  private Element body() {
    Element main = el("main").with("id", "report");
    if (compares) {
      main.add(section("doses", "Effect by budget").add(ResponseSection.render(arms)));
    }
    if (report.hasDefenceBill()) {
      main.add(section("defences", "Defences").add(DefenceSection.render(report)));
    }
    main.add(figures());
    for (int i = 0; i < arms.size(); i++) {
      main.add(details(i));
    }
    if (report.getFlippedSamplesCount() > 0) {
      main.add(gallery());
    }
    main.add(caveats(), repeat(), provenance());
    return el("body")
        .add(el("a", "Skip to the figures").with("class", "skip").with("href", "#report"))
        .add(header(), el("nav").with("aria-label", "Contents").add(contents), main)
        .add(el("script", SCRIPT));
  }

  private String attack() {
    String classes = spec.getSourceClass() + " → " + spec.getTargetClass();
    return compares ? classes : classes + ", " + headline.percent() + " flipped";
  }

  private Element header() {
    List<String> sentences = Headline.arm(report).getSentencesList();
    Element header =
        el("header")
            .add(
                el("p", "Hemlock · label-flip report").with("class", "kicker"),
                el("h1", attack()),
                el("p", sentences.isEmpty() ? report.getVerdict() : sentences.get(0))
                    .with("class", "verdict"));
    sentences.stream()
        .skip(1)
        .forEach(sentence -> header.add(el("p", sentence).with("class", "finding")));
    return header.add(el("p", setting()).with("class", "setting"));
  }

  /** What was compared, in a line. */
  private String setting() {
    List<Dose> doses = arms.get(0).doses();
    Recipe recipe = Headline.recipe(spec);
    return Stream.of(
            distinct(Arm::getAttack),
            doses.size() == 1
                ? headline.budget()
                : "%d budgets, %d to %s"
                    .formatted(
                        doses.size(),
                        doses.get(0).summary().getFlipCount(),
                        Figures.counted(
                            doses.get(doses.size() - 1).summary().getFlipCount(), "label")),
            spec.getRecipesCount() > 1
                ? distinct(Arm::getRecipe)
                : Figures.name(recipe.getArchitecture()),
            "evaluated after epoch " + recipe.getEpochs() + ", the last",
            Figures.counted(headline.summary().getSeedCount(), "seed"))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(" · "));
  }

  private String distinct(Function<Arm, String> label) {
    return report.getArmsList().stream().map(label).distinct().collect(Collectors.joining(", "));
  }

  private Element figures() {
    Summary summary = headline.summary();
    String reading =
        "True %s read as %s: %s clean, %s poisoned."
            .formatted(
                spec.getSourceClass(),
                spec.getTargetClass(),
                Figures.percent(summary.getCleanAttackSuccessRate().getEstimate()),
                Figures.percent(summary.getPoisonedAttackSuccessRate().getEstimate()));
    String method =
        headline.hasInterval()
            ? "Line: mean over %d seeds of poisoned against clean. Bar: its 95 %% t interval on this test set. Dots: pairs."
                .formatted(summary.getSeedCount())
            : "One seed says nothing about how much another would differ; run more for an interval.";
    String heading = "What it did";
    if (compares) {
      heading += arms.get(0).name().isEmpty() ? " at " : ": " + arms.get(0).name() + ", ";
      heading += headline.percent();
    }
    Element section =
        section("figures", heading)
            .add(
                el("p", reading).with("class", "reading"),
                new IntervalChart(headline, spec).render(),
                el("p", method).with("class", "key"),
                EffectData.of(headline.file("effects"), List.of(headline)).links());
    TestSentences.of(summary)
        .forEach(sentence -> section.add(el("p", sentence).with("class", "key")));
    return section;
  }

  private Element details(int index) {
    ArmDoses arm = arms.get(index);
    Element doses =
        new DoseSwitch("dose-" + index, "Flipped share of " + arm.flippable(spec), arm.doses())
            .render(first(arm), new DosePanel(report, compares)::render);
    String heading = arm.name().isEmpty() ? "Class by class" : "Class by class: " + arm.name();
    Element section = section("details-" + index, heading);
    return index == 0
        ? section.add(doses)
        : section.add(
            el("details")
                .add(
                    el("summary", "Matrices, classes, training and seeds of " + arm.name()),
                    doses));
  }

  /** The budget of an arm that shows first: the headline's. */
  private Dose first(ArmDoses arm) {
    return arm.doses().stream()
        .filter(dose -> dose.summary().getRatio() == headline.summary().getRatio())
        .findFirst()
        .orElse(arm.doses().get(0));
  }

  private Element gallery() {
    return section("images", "Flipped training images")
        .add(
            el("p", "At " + headline.percent() + ": true class → label it was given.")
                .with("class", "key"),
            Gallery.render(report.getFlippedSamplesList(), pngBySampleId));
  }

  private Element caveats() {
    Element list = el("ul");
    report.getCaveatsList().forEach(caveat -> list.add(el("li", caveat)));
    return section("caveats", "How far this goes").add(list);
  }

  private Element repeat() {
    String json = ProtoJson.print(spec);
    Element section = section("repeat", "How to repeat it");
    if (RepeatCommand.isComplete(spec)) {
      section.add(command(RepeatCommand.of(report)), el("p", "Or from the spec, saved as a file:"));
    }
    return section.add(
        command("deploy/hemlock experiment run experiment.json"),
        el("p").with("class", "data").text("Spec: ").add(Download.json("experiment", json)),
        el(
                "p",
                "The experiment is named by its spec: asked for again, on the same data, it is the"
                    + " same experiment and trains nothing twice. More seeds at the end of the list"
                    + " reuse all that is there.")
            .with("class", "key"),
        el("details").add(el("summary", "The spec as JSON"), command(json)));
  }

  private static Element command(String text) {
    return el("pre").add(el("code", text));
  }

  private Element provenance() {
    Provenance provenance = new Provenance(report, arms);
    List<Element> parts = new ArrayList<>();
    parts.add(el("h3", "Spec"));
    parts.add(provenance.spec());
    parts.add(el("h3", "Data"));
    parts.add(provenance.data());
    parts.add(provenance.lineage());
    parts.add(el("h3", "From the data to this report"));
    parts.add(provenance.work());
    parts.add(provenance.runs());
    parts.add(el("h3", "Versions and host"));
    parts.add(provenance.host());
    return section("provenance", "What it rests on").add(parts);
  }

  /** A section that the contents list. */
  private Element section(String id, String heading) {
    contents.add(el("li").add(el("a", heading).with("href", "#" + id)));
    return Element.section(id, heading);
  }

  private static String hash(String script) {
    byte[] digest =
        HexFormat.of().parseHex(Digest.of(script.getBytes(StandardCharsets.UTF_8)).hex());
    return "sha256-" + Base64.getEncoder().encodeToString(digest);
  }

  private static String resource(String name) {
    try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is missing beside " + ReportPage.class.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
