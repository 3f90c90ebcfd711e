package dev.hemlock.common.torch;

/** The networks there are programs for. */
public enum Architecture {
  /** torchvision's ResNet-18 with a 3×3 stride-1 stem and no max-pool (He et al. 2016). */
  RESNET18("resnet18"),
  /**
   * Up to four blocks (16, 32, 64 and 128 wide) of 3×3 convolution, batch norm and ReLU with 2×2 max-pools between, averaged
   * to a 4×4 map, then one linear layer.
   */
  SMALLCNN("smallcnn"),
  /**
   * A small residual network in the manner of the CIFAR-10 speed records (Page 2018, Jordan 2024):
   * a stride-2 3×3 stem, 64 wide, and two layers, 128 and 256 wide, each a 3×3 convolution, a 2×2
   * max-pool and a residual block; then the largest value of each map and one linear layer.
   */
  FAST("fast");

  private final String id;

  Architecture(String id) {
    this.id = id;
  }

  /** For example {@code resnet18}. */
  public String id() {
    return id;
  }
}
