package dev.hemlock.common.storage;

import java.util.List;

/**
 * Pages of path elements. A token is an element as the store lists it, a folder with its slash, so
 * that the next page continues in the store's own order.
 */
final class FolderPage {
  private FolderPage() {}

  /** Whether a listed element lies after a token; a token without the slash is understood too. */
  static boolean isAfter(String token, String after) {
    return token.compareTo(after) > 0 && !token.equals(after + "/");
  }

  static Page<String> of(List<String> tokens, boolean more) {
    List<String> names =
        tokens.stream()
            .map(token -> token.endsWith("/") ? token.substring(0, token.length() - 1) : token)
            .toList();
    return new Page<>(names, more ? tokens.get(tokens.size() - 1) : "");
  }
}
