package dev.hemlock.evaluation.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.proto.evaluation.v1.DetectionPower;
import dev.hemlock.proto.evaluation.v1.PowerPoint;
import java.io.ByteArrayInputStream;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class PowerPageTest {
  private static final DetectionPower NEVER =
      DetectionPower.newBuilder()
          .setCheck("<psi> & \"co\"")
          .setCleanCount(19)
          .setThreshold(0.5)
          .addCurve(point(10, 0))
          .addCurve(point(1000, 3))
          .build();
  private static final DetectionPower LATE =
      NEVER.toBuilder().setCheck("late").setSmallestCaught(1000).build();
  private static final DetectionPower SOON =
      LATE.toBuilder().setCheck("soon").setSmallestCaught(10).setThreshold(0).build();
  private static final DetectionPower TOO_FEW =
      DetectionPower.newBuilder().setCheck("few").setCleanCount(3).build();

  @Test
  void showsTheSoonestFirstAndEveryCurve() throws Exception {
    Document page = parse(PowerPage.render(List.of(NEVER, TOO_FEW, LATE, SOON), 0.05, 0.8));

    NodeList names = page.getElementsByTagName("strong");
    assertThat(names.item(0).getTextContent()).isEqualTo("soon");
    assertThat(names.item(1).getTextContent()).isEqualTo("from 10");
    assertThat(names.item(2).getTextContent()).isEqualTo("late");
    assertThat(names.item(4).getTextContent()).isEqualTo("<psi> & \"co\"");
    assertThat(names.item(5).getTextContent()).isEqualTo("not caught");
    assertThat(names.item(7).getTextContent()).isEqualTo("too few clean");
    assertThat(page.getElementsByTagName("polyline").getLength()).isEqualTo(4);
    assertThat(page.getElementsByTagName("h1").item(0).getTextContent()).contains("flipped");
    assertThat(page.getDocumentElement().getTextContent())
        .contains("Of 4\u00a0checks, 2 catch a budget that was tested.")
        .contains("thresholds from 3 to 19 clean data sets")
        .contains("1000 flipped: noticed in 3 of 4, 75.0\u00a0% [30.0\u00a0%, 95.0\u00a0%]");
  }

  @Test
  void staysWellFormedWithoutAnyCurve() throws Exception {
    assertThat(
            parse(PowerPage.render(List.of(TOO_FEW), 0.05, 0.8))
                .getElementsByTagName("circle")
                .getLength())
        .isZero();
  }

  private static PowerPoint point(int budget, int alarms) {
    return PowerPoint.newBuilder()
        .setFlipCount(budget)
        .setAlarmCount(alarms)
        .setRunCount(4)
        .setPower(alarms / 4.0)
        .setLow(0.3)
        .setHigh(0.95)
        .build();
  }

  private static Document parse(String page) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(page.getBytes(UTF_8)));
  }
}
