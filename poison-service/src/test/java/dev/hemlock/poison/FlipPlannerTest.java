package dev.hemlock.poison;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hemlock.common.error.HemlockException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlipPlannerTest {
  private static final Attack ATTACK = new TargetedFlip(0, 1);

  @Test
  void refusesABudgetThatFlipsNothing() {
    assertThatThrownBy(
            () ->
                FlipPlanner.plan(
                    Labels.of(2, 0, 0, 0, 1), ATTACK, new ClassShare(0.01), new Seed(1)))
        .isInstanceOf(HemlockException.class)
        .hasMessageContaining("the smallest ratio that flips any is 0.167");
  }

  @Test
  void refusesToApplyAPlanToOtherLabels() {
    FlipPlan plan = FlipPlanner.plan(Labels.of(2, 0, 0, 1), ATTACK, new ClassShare(1), new Seed(1));

    assertThatIllegalArgumentException().isThrownBy(() -> plan.applyTo(Labels.of(2, 0, 1, 1)));
    assertThatIllegalArgumentException().isThrownBy(() -> plan.applyTo(Labels.of(2, 0)));
  }

  @Test
  void plansRefuseMoreFlipsThanEligibleSamplesAndDisorder() {
    LabelFlip first = new LabelFlip(0, 0, 0, 1);
    LabelFlip second = new LabelFlip(1, 1, 0, 1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FlipPlan(new FlipScope(9, 9, 1, 1), List.of(first, second)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FlipPlan(new FlipScope(9, 9, 2, 1), List.of(second, first)));
    assertThatIllegalArgumentException().isThrownBy(() -> new LabelFlip(0, 0, 1, 1));
  }
}
