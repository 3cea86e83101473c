/** Runs over HTTP. */
@NullMarked
package org.transnormer.trainer.runs.web;

import org.jspecify.annotations.NullMarked;
