/**
 * Language models behind one interface: loading, decoding state, scoring, and what a trainer sees
 * of them.
 */
@NullMarked
package org.transnormer.model.lm;

import org.jspecify.annotations.NullMarked;
