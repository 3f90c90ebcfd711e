/**
 * How many flipped training labels the vote of an ensemble withstands: partitions, votes and
 * certificates as pure functions; {@code docs/certification.md} explains them.
 */
package dev.hemlock.evaluation.certification;
