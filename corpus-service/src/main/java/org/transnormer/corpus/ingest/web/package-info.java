/** Ingestions over REST. */
@NullMarked
package org.transnormer.corpus.ingest.web;

import org.jspecify.annotations.NullMarked;
