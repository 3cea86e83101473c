/**
 * Measures of a document with the limits and the sources the field uses. A measure never decides.
 */
@NullMarked
package org.transnormer.cleaning.rules;

import org.jspecify.annotations.NullMarked;
