/**
 * Continuous batching: sequences join and leave the steps of one model without touching each other.
 */
@NullMarked
package org.transnormer.inference.generation;

import org.jspecify.annotations.NullMarked;
