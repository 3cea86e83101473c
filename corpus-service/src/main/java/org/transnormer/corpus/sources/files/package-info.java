/** Local folders and S3-compatible stores, listed and opened inside configured roots. */
@NullMarked
package org.transnormer.corpus.sources.files;

import org.jspecify.annotations.NullMarked;
