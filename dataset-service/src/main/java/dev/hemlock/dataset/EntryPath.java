package dev.hemlock.dataset;

import dev.hemlock.common.error.HemlockException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A safe relative path of an archive entry: no absolute path, no {@code ..}, no backslash, no
 * control character, at most 16 parts; in Unicode normal form C, so that an archive packed on macOS
 * gives the same class names as one packed elsewhere.
 *
 * @param parts the names from the top down, at least one
 */
record EntryPath(List<String> parts) {

  private static final int MAX_PARTS = 16;
  private static final int MAX_PART = 255;
  private static final Pattern DRIVE = Pattern.compile("[A-Za-z]:");

  EntryPath {
    parts = List.copyOf(parts);
  }

  /**
   * Reads an entry name as archives write it. {@code ./} prefixes are dropped.
   *
   * @throws HemlockException INVALID_ARGUMENT when the name is unsafe
   */
  static EntryPath parse(String raw) {
    String name = Normalizer.normalize(raw, Normalizer.Form.NFC);
    if (name.startsWith("/")) {
      throw unsafe(name, "is absolute");
    }
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) == '\\' || Character.isISOControl(name.charAt(i))) {
        throw unsafe(name, "has a backslash or a control character");
      }
    }
    List<String> parts = new ArrayList<>();
    for (String part : name.split("/")) {
      if (part.equals("..")) {
        throw unsafe(name, "leads out of the archive");
      }
      if (part.length() > MAX_PART) {
        throw unsafe(name, "has a part longer than " + MAX_PART + " characters");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    if (!parts.isEmpty() && DRIVE.matcher(parts.get(0)).lookingAt()) {
      throw unsafe(name, "is absolute");
    }
    if (parts.size() > MAX_PARTS) {
      throw unsafe(name, "has more than " + MAX_PARTS + " parts");
    }
    return new EntryPath(parts);
  }

  /** The last part; empty for the archive's root. */
  String fileName() {
    return parts.isEmpty() ? "" : parts.get(parts.size() - 1);
  }

  /** Whether the entry is there for an operating system and not for the data set. */
  boolean isClutter() {
    return parts.isEmpty()
        || parts.stream().anyMatch(part -> part.startsWith(".") || part.equals("__MACOSX"))
        || fileName().equalsIgnoreCase("Thumbs.db")
        || fileName().equalsIgnoreCase("desktop.ini");
  }

  /** An entry name shortened and freed of control characters, fit for a message. */
  static String quoted(String raw) {
    String safe = raw.replaceAll("\\p{Cntrl}", "?");
    return safe.length() <= 200 ? safe : safe.substring(0, 200) + "…";
  }

  @Override
  public String toString() {
    return String.join("/", parts);
  }

  private static HemlockException unsafe(String name, String why) {
    return HemlockException.invalidArgument(
        "The entry path \"%s\" %s. Pack the data again with plain relative paths."
            .formatted(quoted(name), why));
  }
}
