package dev.hemlock.common.torch;

/** How a step changes the parameters, with PyTorch's semantics. */
public sealed interface Optimizer {
  /** The program's method. */
  String method();

  /** Learning rate of a step, unless a schedule says otherwise. */
  double learningRate();

  /** The program's {@code hyper} array; the learning rate is 0. */
  double[] hyper();

  /** Numbers it keeps a parameter. */
  int moments();

  /**
   * Adam (Kingma and Ba 2015): bias correction, epsilon outside the root, weight decay added to the
   * gradient.
   */
  record Adam(double learningRate, double beta1, double beta2, double epsilon, double weightDecay)
      implements Optimizer {
    @Override
    public String method() {
      return "train_adam";
    }

    @Override
    public double[] hyper() {
      return new double[] {0, weightDecay, beta1, beta2, epsilon};
    }

    @Override
    public int moments() {
      return 2;
    }
  }

  /** Stochastic gradient descent; momentum without dampening, not Nesterov's. */
  record Sgd(double learningRate, double momentum, double weightDecay) implements Optimizer {
    @Override
    public String method() {
      return momentum == 0 ? "train_plain_sgd" : "train_sgd";
    }

    @Override
    public double[] hyper() {
      return new double[] {0, weightDecay, momentum};
    }

    @Override
    public int moments() {
      return momentum == 0 ? 0 : 1;
    }
  }
}
