package dev.hemlock.common.torch;

import java.util.List;

/**
 * What a training minimises, one number a sample. p is the softmax of the logits, y the label. Sources
 * and defaults are in {@code docs/defences.md}, the formulas beside the programs in {@code
 * hemlock/torch/loss}.
 */
public sealed interface Loss {
  /** The program's file, for example {@code cross_entropy}. */
  String id();

  /** The numbers of the program, three at most. */
  double[] settings();

  /** What the program looks up. */
  default Memory memory(int classes) {
    return Memory.NONE;
  }

  /** Whether the program is given the positions of a batch's samples. */
  default boolean needsPositions() {
    return false;
  }

  /**
   * A table that a loss looks up.
   *
   * @param rows from 1
   * @param columns from 1
   * @param values at the start, row by row; none for 0 throughout
   * @param changes whether the loss writes to it, which makes it part of a training's state
   */
  record Memory(int rows, int columns, double[] values, boolean changes) {
    static final Memory NONE = new Memory(1, 1, new double[0], false);
  }

  /**
   * −log p_y against smoothed labels (Szegedy et al. 2016, section 7).
   *
   * @param smoothing share of each label spread evenly over all classes, 0 to below 1
   */
  record CrossEntropy(double smoothing) implements Loss {
    @Override
    public String id() {
      return "cross_entropy";
    }

    @Override
    public double[] settings() {
      return new double[] {smoothing};
    }
  }

  /**
   * (1 − p_y^q) / q (Zhang and Sabuncu 2018).
   *
   * @param q above 0 to 1
   */
  record GeneralisedCrossEntropy(double q) implements Loss {
    @Override
    public String id() {
      return "generalised_cross_entropy";
    }

    @Override
    public double[] settings() {
      return new double[] {q};
    }
  }

  /**
   * α times cross-entropy plus β times the reverse, −A (1 − p_y) (Wang et al. 2019).
   *
   * @param logZero A, what the logarithm of 0 counts as, below 0
   */
  record SymmetricCrossEntropy(double alpha, double beta, double logZero) implements Loss {
    @Override
    public String id() {
      return "symmetric_cross_entropy";
    }

    @Override
    public double[] settings() {
      return new double[] {alpha, beta, logZero};
    }
  }

  /**
   * −log Σ_i p_i T_iy (Patrini et al. 2017).
   *
   * @param transition row i holds the probabilities that a sample of true class i is labelled as
   *     each class; no column is 0 throughout
   */
  record ForwardCorrection(List<List<Double>> transition) implements Loss {
    public ForwardCorrection {
      transition = transition.stream().map(List::copyOf).toList();
    }

    @Override
    public String id() {
      return "forward_correction";
    }

    @Override
    public double[] settings() {
      return new double[0];
    }

    @Override
    public Memory memory(int classes) {
      double[] logs = new double[classes * classes];
      for (int label = 0; label < classes; label++) {
        for (int truth = 0; truth < classes; truth++) {
          logs[label * classes + truth] = StrictMath.log(transition.get(truth).get(label));
        }
      }
      return new Memory(classes, classes, logs, false);
    }
  }

  /**
   * Cross-entropy against β of the label and 1 − β of the prediction (Reed et al. 2014).
   *
   * @param beta 0 to 1
   * @param hard whether the prediction is the most probable class instead of all probabilities
   */
  record Bootstrapping(double beta, boolean hard) implements Loss {
    @Override
    public String id() {
      return hard ? "hard_bootstrapping" : "soft_bootstrapping";
    }

    @Override
    public double[] settings() {
      return new double[] {beta};
    }
  }

  /**
   * Cross-entropy plus λ log(1 − ⟨p, t⟩), t the running mean of a sample's predictions (Liu et al.
   * 2020).
   *
   * @param beta share of t that each prediction leaves, 0 to below 1
   * @param samples of the training set
   */
  record EarlyLearning(double beta, double lambda, int samples) implements Loss {
    @Override
    public String id() {
      return "early_learning";
    }

    @Override
    public double[] settings() {
      return new double[] {beta, lambda};
    }

    @Override
    public Memory memory(int classes) {
      return new Memory(samples, classes, new double[0], true);
    }

    @Override
    public boolean needsPositions() {
      return true;
    }
  }

  /**
   * α log p_y / Σ_k log p_k plus β scale (1 − p_y) (Ma et al. 2020).
   *
   * @param scale 1 for the mean absolute error, −A for the reverse cross-entropy
   */
  record ActivePassive(double alpha, double beta, double scale) implements Loss {
    @Override
    public String id() {
      return "active_passive";
    }

    @Override
    public double[] settings() {
      return new double[] {alpha, beta, scale};
    }
  }
}
