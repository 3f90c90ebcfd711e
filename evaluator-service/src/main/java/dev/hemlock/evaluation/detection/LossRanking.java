package dev.hemlock.evaluation.detection;

import java.util.List;

/**
 * Ranking by loss: the mean cross-entropy of the given label over training. Calls a label wrong if it
 * more likely belongs to the component of larger losses of a mixture of two normal distributions,
 * which needs no noise rate but always finds two. The score is e to the minus mean loss, the geometric
 * mean of the given label's probability.
 *
 * <p>Sources: mean loss over training, Huang et al., "O2U-Net", ICCV 2019; mixture of losses, Arazo et
 * al., ICML 2019, with the normal components of Li, Socher and Hoi, "DivideMix", ICLR 2020.
 *
 * <p>The evidence is the logits at several points of the training, of the same samples.
 */
public final class LossRanking implements Detector<List<Matrix>> {
  @Override
  public Suspicion judge(GivenLabels labels, List<Matrix> logits) {
    Trajectory trajectory = Trajectory.of(labels, logits);
    double[] losses = trajectory.meanLoss(labels.given());
    NormalMixture mixture = NormalMixture.ofUnitRange(losses);
    double[] scores = new double[losses.length];
    boolean[] issues = new boolean[losses.length];
    for (int i = 0; i < losses.length; i++) {
      scores[i] = Math.exp(-losses[i]);
      issues[i] = mixture.probabilityOfUpper(losses[i]) > 0.5;
    }
    return new Suspicion(trajectory.mostlyPredicted(), scores, issues);
  }
}
