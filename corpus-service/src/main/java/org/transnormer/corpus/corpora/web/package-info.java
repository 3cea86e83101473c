/** Corpora over REST. */
@NullMarked
package org.transnormer.corpus.corpora.web;

import org.jspecify.annotations.NullMarked;
