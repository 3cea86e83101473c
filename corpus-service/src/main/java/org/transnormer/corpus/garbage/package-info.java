/** Folders of the store that wait for their removal. */
@NullMarked
package org.transnormer.corpus.garbage;

import org.jspecify.annotations.NullMarked;
