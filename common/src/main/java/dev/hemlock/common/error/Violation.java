package dev.hemlock.common.error;

/**
 * A field that holds a value it must not hold.
 *
 * @param field the path of the field, for example {@code spec.ratio}
 * @param description what the field must hold
 */
public record Violation(String field, String description) {}
