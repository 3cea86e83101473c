/** Sources over REST. */
@NullMarked
package org.transnormer.corpus.sources.web;

import org.jspecify.annotations.NullMarked;
