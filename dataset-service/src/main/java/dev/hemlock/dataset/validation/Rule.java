package dev.hemlock.dataset.validation;

/**
 * When a check raises an alarm and what the alarm means.
 *
 * @param threshold from 0
 */
public record Rule(Action action, double threshold) {}
