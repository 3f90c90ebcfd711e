package dev.hemlock.dataset.validation;

import dev.hemlock.common.images.ImageShape;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** A split whose images are held in memory. */
final class Drawn {
  static final ImageShape SHAPE = new ImageShape(8, 8, 1);
  static final List<String> CLASSES = List.of("cat", "dog", "owl");

  final List<byte[]> images = new ArrayList<>();
  final List<Integer> labels = new ArrayList<>();

  /** Random images, classes in turn. */
  static Drawn random(int count, int seed) {
    Random random = new Random(seed);
    Drawn drawn = new Drawn();
    for (int i = 0; i < count; i++) {
      byte[] pixels = new byte[SHAPE.stride()];
      random.nextBytes(pixels);
      drawn.add(pixels, i % CLASSES.size());
    }
    return drawn;
  }

  Drawn add(byte[] pixels, int label) {
    images.add(pixels.clone());
    labels.add(label);
    return this;
  }

  CheckedSplit split(String name) {
    return split(name, CLASSES, new Object());
  }

  CheckedSplit split(String name, List<String> classes, Object storage) {
    return new CheckedSplit(
        name,
        classes,
        IntStream.range(0, images.size()).toArray(),
        labels.stream().mapToInt(i -> i).toArray(),
        new CheckedSplit.Images() {
          @Override
          public ImageShape shape() {
            return SHAPE;
          }

          @Override
          public void copy(int id, byte[] target) {
            System.arraycopy(images.get(id), 0, target, 0, target.length);
          }

          @Override
          public Object storage() {
            return storage;
          }
        });
  }
}
