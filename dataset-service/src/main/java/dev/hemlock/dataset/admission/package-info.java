/**
 * Admission by provenance: what may be trained on because authorised keys approved its labels;
 * {@code docs/admission.md} explains it.
 */
package dev.hemlock.dataset.admission;
