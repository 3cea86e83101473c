/** Checkpoints over HTTP. */
@NullMarked
package org.transnormer.trainer.checkpoints.web;

import org.jspecify.annotations.NullMarked;
