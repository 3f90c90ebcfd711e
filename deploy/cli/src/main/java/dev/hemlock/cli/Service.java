package dev.hemlock.cli;

/** A service that may have an address of its own. */
enum Service {
  DATASET,
  POISON,
  TRAINING,
  EVALUATION
}
