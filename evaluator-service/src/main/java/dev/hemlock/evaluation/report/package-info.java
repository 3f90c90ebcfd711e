/**
 * The HTML report of an experiment: one file, inline CSS and SVG, no scripts, no network. Pure
 * functions from the report message to markup that is well-formed as HTML and as XML.
 */
package dev.hemlock.evaluation.report;
