/** Metrics and logs over HTTP. */
@NullMarked
package org.transnormer.trainer.progress.web;

import org.jspecify.annotations.NullMarked;
