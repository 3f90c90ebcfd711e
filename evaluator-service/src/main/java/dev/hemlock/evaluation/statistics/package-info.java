/**
 * Tests and intervals over paired differences and counts, as pure functions; {@code
 * docs/statistics.md} explains each.
 */
package dev.hemlock.evaluation.statistics;
