package dev.hemlock.common.storage;

import dev.hemlock.common.error.HemlockException;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * One page of a listing.
 *
 * @param items in order
 * @param nextToken asks for the next page; empty on the last
 */
public record Page<T>(List<T> items, String nextToken) {
  private static final Pattern DIGEST_TOKEN = Pattern.compile("([0-9a-f]{64}/?)?");

  public Page {
    items = List.copyOf(items);
  }

  /**
   * Checks the token of a list whose items are named by 64 hex digits each.
   *
   * @throws HemlockException INVALID_ARGUMENT if no page of such a list ends with this token
   */
  public static String requireDigestToken(String pageToken) {
    if (!DIGEST_TOKEN.matcher(pageToken).matches()) {
      throw HemlockException.invalidArgument(
              "The page token is not one of this list; give the next_page_token of the page before, or none for the first")
          .violating("page_token", "must come from the page before");
    }
    return pageToken;
  }

  /** The same page of other values. */
  public <R> Page<R> map(Function<? super T, ? extends R> function) {
    return new Page<>(items.stream().<R>map(function).toList(), nextToken);
  }
}
