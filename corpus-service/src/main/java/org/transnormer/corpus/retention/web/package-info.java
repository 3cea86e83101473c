/** Removal over REST. */
@NullMarked
package org.transnormer.corpus.retention.web;

import org.jspecify.annotations.NullMarked;
