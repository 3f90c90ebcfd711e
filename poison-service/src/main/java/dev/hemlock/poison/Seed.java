package dev.hemlock.poison;

/**
 * The seed of an attack's choice of samples.
 *
 * @param value an unsigned 32-bit number
 */
public record Seed(int value) {}
