/** Who did what. */
@NullMarked
package org.transnormer.corpus.audit;

import org.jspecify.annotations.NullMarked;
