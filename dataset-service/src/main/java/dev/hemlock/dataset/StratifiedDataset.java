package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import dev.hemlock.common.images.ImageShape;
import dev.hemlock.common.random.Order;
import dev.hemlock.common.random.Purpose;
import dev.hemlock.common.random.RandomStream;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A data set without a split, split by a policy: of each class round(share * n) samples, at least 1
 * and at most n - 1, become the test split. They are the first of the class in the order of {@link
 * Purpose#SPLIT}, keyed by the position in the whole data set, so that a greater share only adds to
 * the test split. Samples keep their relative order.
 */
final class StratifiedDataset implements RawDataset {

  private static final int TEST = 0;
  private static final int TRAIN = 1;

  private final RawDataset whole;
  private final boolean[] inTest;
  private final int[] position;
  private final List<RawSplit> splits;

  StratifiedDataset(RawDataset whole, SplitPolicy policy) {
    this.whole = whole;
    int[] labels = whole.splits().get(0).labels();
    this.inTest = new boolean[labels.length];
    RandomStream stream = new RandomStream(policy.seed(), Purpose.SPLIT);
    for (int c = 0; c < whole.classNames().size(); c++) {
      int label = c;
      int[] ids = IntStream.range(0, labels.length).filter(i -> labels[i] == label).toArray();
      if (ids.length < 2) {
        throw HemlockException.invalidArgument(
            ("The class \"%s\" has %d images; a split needs at least 2. Add some, or bring"
                    + " train and test folders.")
                .formatted(whole.classNames().get(c), ids.length));
      }
      long wanted = Math.round(policy.testShare() * ids.length);
      int count = (int) Math.max(1, Math.min(ids.length - 1, wanted));
      for (int id : Order.choose(stream, 0, ids, count)) {
        inTest[id] = true;
      }
    }
    this.position = new int[labels.length];
    int[] next = new int[2];
    for (int i = 0; i < labels.length; i++) {
      position[i] = next[inTest[i] ? TEST : TRAIN]++;
    }
    this.splits =
        List.of(
            new RawSplit("test", part(labels, true)), new RawSplit("train", part(labels, false)));
  }

  private int[] part(int[] labels, boolean test) {
    return IntStream.range(0, labels.length)
        .filter(i -> inTest[i] == test)
        .map(i -> labels[i])
        .toArray();
  }

  @Override
  public ImageShape shape() {
    return whole.shape();
  }

  @Override
  public List<String> classNames() {
    return whole.classNames();
  }

  @Override
  public List<RawSplit> splits() {
    return splits;
  }

  @Override
  public void readPixels(PixelSink sink, Runnable tick) {
    whole.readPixels(
        (split, i, pixels) -> sink.put(inTest[i] ? TEST : TRAIN, position[i], pixels), tick);
  }
}
