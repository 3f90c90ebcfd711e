package dev.hemlock.faults;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What to break.
 *
 * @param fast shorter outages and few kills
 * @param kills how many random kills
 * @param seed of every random choice
 * @param json where the table is written as JSON
 * @param keep whether data and logs stay
 * @param faults parts of the names of the faults; empty for all
 */
record Options(
    boolean fast, int kills, long seed, Optional<Path> json, boolean keep, List<String> faults) {
  static final String USAGE =
      """
      Usage: deploy/faults/run [--fast] [--kills N] [--seed N] [--json FILE] [--keep] [--list] [FAULT...]
      Breaks a running Hemlock in every way it knows and prints what became of the runs.
        FAULT      a part of a fault's name; without any, all (or the fast selection)
        --fast     a selection with short outages
        --kills N  random kills (50)
        --seed N   repeats the random choices of an earlier run
        --json F   writes the table as JSON
        --keep     keeps data and logs
        --list     prints the faults' names
      """;

  static Options parse(List<String> words) {
    boolean fast = false;
    boolean keep = false;
    int kills = 50;
    long seed = ThreadLocalRandom.current().nextInt(1 << 30);
    Optional<Path> json = Optional.empty();
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      switch (words.get(i)) {
        case "--fast" -> fast = true;
        case "--keep" -> keep = true;
        case "--kills" -> kills = Integer.parseInt(value(words, ++i));
        case "--seed" -> seed = Long.parseLong(value(words, ++i));
        case "--json" -> json = Optional.of(Path.of(value(words, ++i)));
        default -> faults.add(name(words.get(i)));
      }
    }
    return new Options(fast, kills, seed, json, keep, List.copyOf(faults));
  }

  private static String value(List<String> words, int index) {
    if (index >= words.size()) {
      throw new IllegalArgumentException(words.get(index - 1) + " needs a value.\n" + USAGE);
    }
    return words.get(index);
  }

  private static String name(String word) {
    if (word.startsWith("-")) {
      throw new IllegalArgumentException("Unknown option " + word + ".\n" + USAGE);
    }
    return word;
  }
}
