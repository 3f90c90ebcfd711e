package dev.hemlock.evaluation.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hemlock.proto.evaluation.v1.ConfusionRow;
import dev.hemlock.proto.evaluation.v1.PairMember;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfusionHeatmapTest {
  private static final PairMember CLEAN = member(List.of(9, 1), List.of(0, 10));
  private static final PairMember POISONED = member(List.of(5, 5), List.of(0, 10));
  private static final ConfusionHeatmap HEATMAP = new ConfusionHeatmap(List.of("cat", "dog"), 0, 1);

  @Test
  void sumsOverSeedsAndSharesByRow() {
    Confusion sum = Confusion.sum(List.of(CLEAN, POISONED), 2);

    assertThat(sum.count(0, 1)).isEqualTo(6);
    assertThat(sum.support(0)).isEqualTo(20);
    assertThat(sum.share(0, 1)).isEqualTo(0.3);
  }

  @Test
  void sharesNothingOfAClassWithoutSamples() {
    assertThat(Confusion.sum(List.of(), 2).share(0, 0)).isZero();
  }

  @Test
  void tellsCountsOnHoverAndInWords() {
    String svg = HEATMAP.render("Clean models", sum(CLEAN)).toString();

    assertThat(svg)
        .contains("<title>true cat → predicted dog: 1 of 10 (10.0\u00a0%)</title>")
        .contains("10.0\u00a0% read as dog");
  }

  @Test
  void coloursMoreAndLessApart() {
    String svg = HEATMAP.renderDifference(sum(CLEAN), sum(POISONED)).toString();

    assertThat(svg)
        .containsOnlyOnce("class=\"more\"")
        .containsOnlyOnce("class=\"less\"")
        .contains("<title>true cat → predicted dog: +40.0 pp, 1 clean, 5 poisoned</title>");
  }

  @Test
  void leavesNumbersOutOfManyClassesButNamesTheAttack() {
    List<String> classes = ReportFixture.numbered(100);
    PairMember member =
        new ReportFixture(classes, 13, 77, List.of(0.4), 1, 1).report().getPairs(0).getClean();

    String svg =
        new ConfusionHeatmap(classes, 13, 77)
            .render("Clean models", Confusion.sum(List.of(member), 100))
            .toString();

    assertThat(svg).doesNotContain("class=\"strong\"").contains(">13<title>", ">77<title>");
  }

  private static Confusion sum(PairMember member) {
    return Confusion.sum(List.of(member), 2);
  }

  @SafeVarargs
  private static PairMember member(List<Integer>... rows) {
    PairMember.Builder member = PairMember.newBuilder();
    for (List<Integer> row : rows) {
      member.addConfusion(ConfusionRow.newBuilder().addAllCounts(row));
    }
    return member.build();
  }
}
