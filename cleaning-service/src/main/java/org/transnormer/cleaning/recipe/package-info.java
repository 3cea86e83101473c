/**
 * What a cleaning run does, as data: text steps, rules and limits, duplicates, self-cleaning
 * rounds, held-out share.
 */
@NullMarked
package org.transnormer.cleaning.recipe;

import org.jspecify.annotations.NullMarked;
