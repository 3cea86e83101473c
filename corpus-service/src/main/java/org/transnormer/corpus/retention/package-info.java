/** Removal of what nothing refers to. */
@NullMarked
package org.transnormer.corpus.retention;

import org.jspecify.annotations.NullMarked;
