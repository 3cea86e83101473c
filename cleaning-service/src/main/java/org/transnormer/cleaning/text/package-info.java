/**
 * Steps that change text, and the one pass that splits a text into words and lines for every rule.
 */
@NullMarked
package org.transnormer.cleaning.text;

import org.jspecify.annotations.NullMarked;
