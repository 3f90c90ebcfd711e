package dev.hemlock.evaluation.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.common.json.ProtoJson;
import dev.hemlock.proto.evaluation.v1.ExperimentReport;
import dev.hemlock.proto.evaluation.v1.ExperimentSpec;
import java.io.StringReader;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;

class ReportPageTest {
  private static final List<String> HOSTILE =
      List.of(
          "<script>alert(1)</script>",
          "\" onload=\"alert(1)",
          "]]></style><img src=x onerror=alert(1)>",
          "&amp; \u0000 \u202E '");

  static Stream<ReportFixture> everyShape() {
    return Stream.of(
        ReportFixture.usual(),
        ReportFixture.experiment(),
        new ReportFixture(ReportFixture.numbered(2), 0, 1, List.of(0.4), 1, 1),
        new ReportFixture(ReportFixture.numbered(100), 13, 77, List.of(0.4), 2, 3),
        new ReportFixture(ReportFixture.numbered(10), 1, 7, List.of(0.0), 3, 5),
        new ReportFixture(ReportFixture.numbered(10), 1, 7, List.of(0.0, 0.4), 3, 5),
        new ReportFixture(HOSTILE, 0, 1, List.of(0.4, 0.6), 2, 3),
        new ReportFixture(HOSTILE, 2, 3, List.of(0.4), 2, 3));
  }

  @Test
  void showsTheBillOfEveryDefence() throws Exception {
    // Given
    ReportFixture fixture = ReportFixture.usual();

    // When
    String page = ReportPage.render(fixture.withDefences(), fixture.images());

    // Then
    assertWellFormedAndAccessible(page);
    assertThat(page)
        .contains("<h2 id=\"defences-heading\">Defences</h2>")
        .contains("The defence &quot;forward&quot; lowered it most.".replace("&quot;", "\""))
        .contains("<small>informed</small>")
        .contains("90.0\u00a0%<small>[75.0\u00a0%, 105.0\u00a0%]</small>")
        .contains("undefined<small>excess not shown</small>")
        .contains("at most 3 times as long as none")
        .contains("generalised: 45.0\u00a0% of the excess removed, 95 % interval [25.0\u00a0%")
        .contains("defences.csv");
    assertThat(ReportPage.render(fixture.report(), fixture.images()))
        .doesNotContain("defences-heading");
  }

  @ParameterizedTest
  @MethodSource("everyShape")
  void isWellFormedAndAccessible(ReportFixture fixture) throws Exception {
    assertWellFormedAndAccessible(ReportPage.render(fixture.report(), fixture.images()));
  }

  private static void assertWellFormedAndAccessible(String page) throws Exception {
    List<Element> elements = elements(page);
    assertThat(named(elements, "html")).allMatch(html -> html.getAttribute("lang").equals("en"));
    assertThat(named(elements, "h1")).hasSize(1);
    assertThat(named(elements, "th")).allMatch(header -> header.hasAttribute("scope"));
    assertThat(named(elements, "img")).isNotEmpty().allMatch(img -> img.hasAttribute("alt"));
    assertThat(elements.stream().filter(e -> e.getAttribute("role").equals("img")))
        .isNotEmpty()
        .noneMatch(drawing -> drawing.getAttribute("aria-label").isBlank());
    assertThat(values(elements, "id")).doesNotHaveDuplicates();
    Set<String> ids = new HashSet<>(values(elements, "id"));
    assertThat(ids)
        .containsAll(values(elements, "aria-labelledby"))
        .containsAll(values(elements, "for"));
    assertThat(elements.stream().filter(e -> e.getTagName().equals("svg")))
        .allMatch(ReportPageTest::isDescribedOrDecorative);
    assertThat(named(elements, "a").stream().map(a -> a.getAttribute("href")))
        .filteredOn(href -> href.startsWith("#"))
        .isNotEmpty()
        .allMatch(href -> ids.contains(href.substring(1)));
    assertThat(named(elements, "header")).hasSize(1);
    assertThat(named(elements, "main")).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("everyShape")
  void holdsNothingThatLoadsAndRunsOnlyItsOwnScript(ReportFixture fixture) throws Exception {
    // When
    List<Element> elements = elements(ReportPage.render(fixture.report(), fixture.images()));

    // Then
    Set<String> names = new HashSet<>(elements.stream().map(Element::getTagName).toList());
    assertThat(names).doesNotContain("link", "iframe", "object", "embed", "use");
    assertThat(named(elements, "script")).hasSize(1);
    assertThat(policy(elements))
        .contains("default-src 'none'", "script-src '" + sha256(script(elements)) + "'");
    assertThat(script(elements)).doesNotContain("<", ">", "&");
    for (Element element : elements) {
      NamedNodeMap attributes = element.getAttributes();
      for (int i = 0; i < attributes.getLength(); i++) {
        Attr attribute = (Attr) attributes.item(i);
        assertThat(attribute.getName()).doesNotStartWith("on");
        if (attribute.getName().equals("href")) {
          assertThat(attribute.getValue())
              .matches("#[a-z0-9-]+|data:(text/csv|application/json);.*");
        }
        if (attribute.getName().equals("src")) {
          assertThat(attribute.getValue()).startsWith("data:image/png;base64,");
        }
      }
    }
    assertThat(named(elements, "style").get(0).getTextContent())
        .doesNotContain("url(", "@import", "<", ">", "&");
  }

  @Test
  void showsHostileClassNamesAsText() throws Exception {
    // Given
    ReportFixture fixture = new ReportFixture(HOSTILE, 0, 1, List.of(0.4), 2, 3);

    // When
    List<Element> elements = elements(ReportPage.render(fixture.report(), fixture.images()));

    // Then
    assertThat(named(elements, "h1").get(0).getTextContent())
        .isEqualTo("<script>alert(1)</script> → \" onload=\"alert(1), 40\u00a0% flipped");
    assertThat(named(elements, "body").get(0).getTextContent())
        .contains("&amp; \uFFFD \uFFFD '")
        .doesNotContain("\u202E");
  }

  @Test
  void saysWhatIsCited() {
    // Given
    ReportFixture fixture = ReportFixture.usual();
    ExperimentReport report = fixture.report();

    // When
    String page = ReportPage.render(report, fixture.images());

    // Then
    assertThat(page)
        .contains(report.getVerdict())
        .contains(Figures.interval(report.getSummary().getExcessAttackSuccessRate()))
        .contains(report.getCaveats(0))
        .contains(report.getExperiment())
        .contains(report.getPairs(14).getPoisoned().getWeightsDigest())
        .contains("philox4x32-10/1");
  }

  @Test
  void saysWhatTheTestsShowAndCanNotShow() {
    // Given
    ReportFixture fixture = ReportFixture.usual();
    ExperimentReport.Builder report = fixture.report().toBuilder();
    report.getSummaryBuilder().getExcessBootstrapIntervalBuilder().setLow(0.1).setHigh(0.3);

    // When
    String page = ReportPage.render(report.build(), fixture.images());

    // Then
    assertThat(page)
        .contains(
            "Memorisation: of the flipped training images 90.0\u00a0% [85.0\u00a0%, 95.0\u00a0%] are"
                + " read as their false label by the poisoned models, 1.0\u00a0%")
        .contains("exact sign-flip test: p = 0.0625; 5\u00a0seeds can not give less than 0.0625.")
        .contains("BCa bootstrap interval: [+10.0, +30.0] pp.")
        .contains("Accuracy preserved within 2 points: not shown (TOST p = 0.981).")
        .contains("Hardest hit of 8 other classes: 0, recall drop +1.2 pp (Holm-adjusted p = 0.04)")
        .contains("0: recall drop +1.2\u00a0pp [−1.0, +3.4], Holm-adjusted p = 0.04")
        .contains("0.0215<small>1 : 9</small>");
  }

  @Test
  void putsEveryArmOnTheSameAxes() throws Exception {
    // Given
    ReportFixture fixture = ReportFixture.experiment();

    // When
    List<Element> elements = elements(ReportPage.render(fixture.twoArms(), fixture.images()));

    // Then
    List<Element> curves =
        elements.stream().filter(e -> e.getAttribute("class").equals("plot response")).toList();
    assertThat(curves)
        .extracting(ReportPageTest::ticks)
        .hasSize(2)
        .allMatch(ticks -> ticks.equals(ticks(curves.get(0))));
    assertThat(curves.get(1).getAttribute("aria-label"))
        .contains("of symmetric-noise by flipped share", "Break-even at +10.0 pp");
    assertThat(values(elements, "id")).contains("details-0", "details-1").doesNotHaveDuplicates();
    assertThat(values(elements, "download"))
        .contains("doses-symmetric-noise+smallcnn.csv", "break-even.json")
        .doesNotHaveDuplicates();
  }

  @Test
  void handsOutTheSpec() throws Exception {
    // Given
    ReportFixture fixture = ReportFixture.experiment();

    // When
    List<Element> elements = elements(ReportPage.render(fixture.twoArms(), fixture.images()));

    // Then
    String href =
        named(elements, "a").stream()
            .filter(a -> a.getAttribute("download").equals("experiment.json"))
            .map(a -> a.getAttribute("href"))
            .findFirst()
            .orElseThrow();
    byte[] json = Base64.getDecoder().decode(href.substring(href.indexOf(',') + 1));
    assertThat(ProtoJson.parse(json, ExperimentSpec.newBuilder()).build())
        .isEqualTo(fixture.twoArms().getSpec());
    assertThat(named(elements, "code"))
        .extracting(Element::getTextContent)
        .contains("deploy/hemlock experiment run experiment.json")
        .noneMatch(code -> code.startsWith("deploy/hemlock measure"));
  }

  @Test
  void countsTheDistinctJobsItRestsOn() {
    // Given
    ReportFixture fixture = ReportFixture.experiment();

    // When
    String page = ReportPage.render(fixture.report(), fixture.images());

    // Then
    assertThat(page)
        .contains("<dt>Poisonings</dt><dd>36</dd>")
        .contains("<dd>42: 6 clean, 36 poisoned</dd>")
        .contains("<dd>42, on the untouched test split</dd>");
  }

  @Test
  void saysHowFarOtherImagesAndSeedsGo() {
    // Given
    ReportFixture fixture = ReportFixture.usual();
    ExperimentReport.Builder report = fixture.report().toBuilder();
    report.getSummaryBuilder().getExcessSeedsByImagesIntervalBuilder().setLow(0.1).setHigh(0.3);
    report
        .getSummaryBuilder()
        .getExcessVarianceBuilder()
        .setTrainingSeed(0.0004)
        .setPoisonSeed(0.0001);

    // When
    String page = ReportPage.render(report.build(), fixture.images());

    // Then
    assertThat(page)
        .contains(
            "other seeds and other test images alike, 95\u00a0% bootstrap interval over both:")
        .contains("2 pp from the training seed, 1 pp from the poison seed");
  }

  @Test
  void leadsWithWhatTheArmShowed() throws Exception {
    // Given
    ReportFixture fixture = ReportFixture.usual();
    ExperimentReport.Builder report = fixture.report().toBuilder();
    report.getArmsBuilder(0).clearSentences().addSentences("Effect.").addSentences("Accuracy.");

    // When
    List<Element> elements = elements(ReportPage.render(report.build(), fixture.images()));

    // Then
    assertThat(named(elements, "p").stream().limit(3).map(Element::getTextContent))
        .containsExactly("Hemlock · label-flip report", "Effect.", "Accuracy.");
  }

  @Test
  void statesEveryBudgetInThreeForms() {
    // Given
    ReportFixture fixture = ReportFixture.experiment();

    // When
    String page = ReportPage.render(fixture.report(), fixture.images());

    // Then
    assertThat(page)
        .contains(
            "5\u00a0labels = 2.5\u00a0% of the classes attacked = 0.25\u00a0% of the"
                + " training split")
        .contains("2.5\u00a0%<small>5\u00a0labels</small><small>0.25\u00a0% of split</small>");
  }

  @Test
  void staysSmallWithSixBudgetsAndEightSeeds() {
    // Given
    ReportFixture fixture =
        new ReportFixture(
            ReportFixture.numbered(10), 1, 7, List.of(0.4, 0.05, 0.1, 0.2, 0.6, 0.8), 8, 30);

    // When
    String page = ReportPage.render(fixture.report(), fixture.images());

    // Then
    assertThat(page.getBytes(UTF_8)).hasSizeLessThan(1_500_000);
  }

  @Test
  void isTheSamePageForTheSameReport() {
    // Given
    ReportFixture fixture = ReportFixture.usual();

    // When
    String first = ReportPage.render(fixture.report(), fixture.images());
    String second = ReportPage.render(fixture.report(), fixture.images());

    // Then
    assertThat(second).isEqualTo(first);
  }

  @Test
  void claimsNoIntervalFromOneSeed() {
    // Given
    ReportFixture fixture = new ReportFixture(ReportFixture.numbered(10), 1, 7, List.of(0.4), 1, 3);

    // When
    String page = ReportPage.render(fixture.report(), fixture.images());

    // Then
    assertThat(page).contains("one seed, no interval").doesNotContain("[−100.0, +100.0]");
  }

  @Test
  void rendersAnEmptyReport() throws Exception {
    // When
    String page = ReportPage.render(ExperimentReport.getDefaultInstance(), Map.of());

    // Then
    assertThat(elements(page)).isNotEmpty();
  }

  @Test
  void namesFlippedSamplesWithoutImages() {
    // When
    String page = ReportPage.render(ReportFixture.usual().report(), Map.of());

    // Then
    assertThat(page).contains("no image").doesNotContain("<img");
  }

  private static List<String> ticks(Element drawing) {
    var texts = drawing.getElementsByTagName("text");
    return IntStream.range(0, texts.getLength())
        .mapToObj(i -> (Element) texts.item(i))
        .filter(
            text ->
                text.getAttribute("class").startsWith("tick")
                    && !text.getTextContent().equals("harm"))
        .map(Element::getTextContent)
        .toList();
  }

  /** A drawing is announced by its own words, or is part of one that is, or is hidden. */
  private static boolean isDescribedOrDecorative(Element svg) {
    for (Node node = svg; node instanceof Element element; node = node.getParentNode()) {
      if (element.getAttribute("role").equals("img")
          || element.getAttribute("aria-hidden").equals("true")) {
        return true;
      }
    }
    return false;
  }

  private static String script(List<Element> elements) {
    return named(elements, "script").get(0).getTextContent();
  }

  private static String policy(List<Element> elements) {
    return elements.stream()
        .filter(e -> e.getAttribute("http-equiv").equals("Content-Security-Policy"))
        .map(e -> e.getAttribute("content"))
        .findFirst()
        .orElseThrow();
  }

  private static String sha256(String text) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    return "sha256-" + Base64.getEncoder().encodeToString(digest);
  }

  private static List<Element> elements(String page) throws Exception {
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(page)));
    var nodes = document.getElementsByTagName("*");
    return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
  }

  private static List<Element> named(List<Element> elements, String name) {
    return elements.stream().filter(element -> element.getTagName().equals(name)).toList();
  }

  private static List<String> values(List<Element> elements, String attribute) {
    return elements.stream()
        .map(element -> element.getAttribute(attribute))
        .filter(value -> !value.isEmpty())
        .toList();
  }
}
