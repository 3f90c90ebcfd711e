package dev.hemlock.common.storage;

import java.util.List;
import java.util.function.Function;

/**
 * One page of a listing.
 *
 * @param items in order
 * @param nextToken asks for the next page; empty on the last
 */
public record Page<T>(List<T> items, String nextToken) {
  public Page {
    items = List.copyOf(items);
  }

  /** The same page of other values. */
  public <R> Page<R> map(Function<? super T, ? extends R> function) {
    return new Page<>(items.stream().<R>map(function).toList(), nextToken);
  }
}
