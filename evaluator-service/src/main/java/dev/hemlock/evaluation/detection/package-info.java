/**
 * Which labels are wrong: detectors as pure functions of labels and evidence, and how well they did;
 * {@code docs/detection.md} explains each.
 */
package dev.hemlock.evaluation.detection;
