/** Trains image classifiers on snapshots: a pure, resumable function from spec to model. */
package dev.hemlock.training;
