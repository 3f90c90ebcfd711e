/**
 * Checks of a data set before it is trained on, as pure functions; {@code docs/validation.md}
 * explains each.
 */
package dev.hemlock.dataset.validation;
