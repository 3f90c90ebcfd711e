package dev.hemlock.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The processor of this machine.
 *
 * @param model as the operating system names it
 * @param features as Linux names them; empty elsewhere
 */
record Processor(String model, Set<String> features) {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final Set<String> BFLOAT16 = Set.of("avx512_bf16", "amx_bf16", "bf16");

  /** This machine's. */
  static Processor here() {
    try {
      return of(Files.readAllLines(CPU_INFO));
    } catch (IOException e) {
      return new Processor(System.getProperty("os.arch"), Set.of());
    }
  }

  /** From the lines of {@code /proc/cpuinfo}. */
  static Processor of(List<String> lines) {
    String model = value(lines, "model name");
    String features = value(lines, "flags") + " " + value(lines, "Features");
    return new Processor(
        model.isEmpty() ? System.getProperty("os.arch") : model,
        new HashSet<>(List.of(features.trim().split("\\s+"))));
  }

  /** Whether it multiplies bfloat16 numbers in hardware. */
  boolean hasBfloat16() {
    return features.stream().anyMatch(BFLOAT16::contains);
  }

  private static String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key) && line.contains(":"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }
}
