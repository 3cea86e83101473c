/**
 * Removal of what nothing refers to: the same for every thing of every service. Rows go at once,
 * what lies in the store when its retention is over.
 */
@NullMarked
package org.transnormer.support.removal;

import org.jspecify.annotations.NullMarked;
