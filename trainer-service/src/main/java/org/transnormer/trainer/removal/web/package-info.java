/** Removal over HTTP. */
@NullMarked
package org.transnormer.trainer.removal.web;

import org.jspecify.annotations.NullMarked;
