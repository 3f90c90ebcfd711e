package dev.hemlock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.proto.evaluation.v1.BudgetJudgement;
import dev.hemlock.proto.evaluation.v1.Estimate;
import dev.hemlock.proto.evaluation.v1.FlippedLabels;
import dev.hemlock.proto.evaluation.v1.HarmDecision;
import dev.hemlock.proto.evaluation.v1.HarmJudgement;
import java.io.StringReader;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class GateTest {
  private static final FlippedLabels FLIPPED =
      FlippedLabels.newBuilder().setCount(58).setClassShare(0.4).setSplitShare(0.04).build();

  @Test
  void passesWithZero() throws Exception {
    GateOutcome outcome = outcome(HarmDecision.HARM_DECISION_BELOW);

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.sentence())
        .isEqualTo(
            "PASSED: flipping 58 labels, 40 % of the classes attacked, 4 % of all, the excess"
                + " attack success rate is 0.020, with an interval of -0.010 to 0.050 over 5 seeds,"
                + " which ends at or below the limit 0.1.");
    assertThat(xml(outcome).getAttribute("failures")).isEqualTo("0");
  }

  @Test
  void failsWithOne() throws Exception {
    GateOutcome outcome = outcome(HarmDecision.HARM_DECISION_ABOVE);

    assertThat(outcome.exitCode()).isEqualTo(1);
    Element suite = xml(outcome);
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    assertThat(element(suite, "testcase").getAttribute("name")).isEqualTo("a<b>.yaml");
    assertThat(element(suite, "failure").getAttribute("message")).isEqualTo(outcome.sentence());
  }

  @Test
  void staysUndecidedWithThreeAndSaysHowManySeedsItNeeds() throws Exception {
    GateOutcome outcome = outcome(HarmDecision.HARM_DECISION_UNDECIDED);

    assertThat(outcome.exitCode()).isEqualTo(3);
    assertThat(outcome.sentence()).endsWith("which holds the limit 0.1; needs about 7 more seeds.");
    Element suite = xml(outcome);
    assertThat(suite.getAttribute("skipped")).isEqualTo("1");
    assertThat(element(suite, "skipped").getAttribute("message")).isEqualTo(outcome.sentence());
  }

  private static GateOutcome outcome(HarmDecision decision) {
    BudgetJudgement.Builder budget =
        BudgetJudgement.newBuilder()
            .setFlipped(FLIPPED)
            .setDecision(decision)
            .setSeedCount(5)
            .setExcess(Estimate.newBuilder().setEstimate(0.02).setLow(-0.01).setHigh(0.05));
    if (decision == HarmDecision.HARM_DECISION_UNDECIDED) {
      budget.setMoreSeeds(7);
    }
    return GateOutcome.of(HarmJudgement.newBuilder().addBudgets(budget).build(), 0.1);
  }

  private static Element xml(GateOutcome outcome) throws Exception {
    Element suite =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(JunitXml.of("a<b>.yaml", outcome, 1.5))))
            .getDocumentElement();
    assertThat(suite.getTagName()).isEqualTo("testsuite");
    assertThat(suite.getAttribute("tests")).isEqualTo("1");
    assertThat(suite.getAttribute("time")).isEqualTo("1.500");
    return suite;
  }

  private static Element element(Element suite, String name) {
    return (Element) suite.getElementsByTagName(name).item(0);
  }
}
