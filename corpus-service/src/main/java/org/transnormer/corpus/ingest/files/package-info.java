/** Readers of the supported formats, bounded against hostile input. */
@NullMarked
package org.transnormer.corpus.ingest.files;

import org.jspecify.annotations.NullMarked;
