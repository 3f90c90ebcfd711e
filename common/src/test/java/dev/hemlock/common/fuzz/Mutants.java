package dev.hemlock.common.fuzz;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * A short run of a fuzz test without a fuzzer, for every build: its kept inputs, each damaged in a
 * few places, the same way in every run.
 */
public final class Mutants {
  private static final int LARGEST = 1 << 20;
  private static final long[] BORDERS = {
    0, 1, -1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE
  };

  /** A fuzz test's method. */
  @FunctionalInterface
  public interface Target {
    void accept(byte[] input) throws Exception;
  }

  private final List<byte[]> kept;
  private final Random random = new Random(1);

  private Mutants(List<byte[]> kept) {
    this.kept = kept;
  }

  /**
   * Gives a target damaged inputs.
   *
   * @param fuzzTest whose inputs lie beside it in {@code {simple name}Inputs}
   * @throws AssertionError with the input, in Base64, that the target failed with
   */
  public static void run(Class<?> fuzzTest, int count, Target target) {
    Mutants mutants = new Mutants(kept(fuzzTest));
    for (int i = 0; i < count; i++) {
      byte[] input = mutants.next();
      try {
        target.accept(input);
      } catch (Exception | LinkageError | VirtualMachineError | AssertionError e) {
        throw new AssertionError(
            "This input, to be kept in %sInputs, fails: %s"
                .formatted(fuzzTest.getSimpleName(), Base64.getEncoder().encodeToString(input)),
            e);
      }
    }
  }

  private static List<byte[]> kept(Class<?> fuzzTest) {
    URL folder = fuzzTest.getResource(fuzzTest.getSimpleName() + "Inputs");
    if (folder == null) {
      throw new IllegalStateException("No inputs of " + fuzzTest + " are kept");
    }
    try (Stream<Path> files = Files.walk(Path.of(folder.toURI()))) {
      return files.filter(Files::isRegularFile).sorted().map(Mutants::read).toList();
    } catch (IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private byte[] next() {
    byte[] input = any().clone();
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      input = changed(input);
    }
    return input.length <= LARGEST ? input : Arrays.copyOf(input, LARGEST);
  }

  private byte[] any() {
    return kept.get(random.nextInt(kept.size()));
  }

  private byte[] changed(byte[] input) {
    if (input.length == 0) {
      return new byte[] {(byte) random.nextInt()};
    }
    int at = random.nextInt(input.length);
    int length = 1 + random.nextInt(Math.min(64, input.length - at));
    switch (random.nextInt(7)) {
      case 0 -> input[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> input[at] = (byte) random.nextInt();
      case 2 -> border(input, at);
      case 3 -> {
        return Arrays.copyOf(input, at);
      }
      case 4 -> {
        return joined(input, at, new byte[0], at + length);
      }
      case 5 -> {
        return joined(input, at, Arrays.copyOfRange(input, at, at + length), at);
      }
      default -> {
        byte[] other = any();
        int from = other.length == 0 ? 0 : random.nextInt(other.length);
        return joined(
            input, at, Arrays.copyOfRange(other, from, Math.min(other.length, from + length)), at);
      }
    }
    return input;
  }

  /** A number of 1, 2, 4 or 8 bytes in either order that programs tend to get wrong. */
  private void border(byte[] input, int at) {
    long value = BORDERS[random.nextInt(BORDERS.length)];
    int bytes = 1 << random.nextInt(4);
    boolean big = random.nextBoolean();
    for (int i = 0; i < bytes && at + i < input.length; i++) {
      input[at + i] = (byte) (value >>> 8 * (big ? bytes - 1 - i : i));
    }
  }

  private static byte[] joined(byte[] input, int end, byte[] middle, int from) {
    byte[] all = Arrays.copyOf(input, end + middle.length + input.length - from);
    System.arraycopy(middle, 0, all, end, middle.length);
    System.arraycopy(input, from, all, end + middle.length, input.length - from);
    return all;
  }
}
