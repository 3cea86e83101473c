/** Snapshots over REST. */
@NullMarked
package org.transnormer.corpus.snapshots.web;

import org.jspecify.annotations.NullMarked;
