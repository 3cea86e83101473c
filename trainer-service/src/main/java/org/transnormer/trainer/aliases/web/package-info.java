/** Aliases over HTTP. */
@NullMarked
package org.transnormer.trainer.aliases.web;

import org.jspecify.annotations.NullMarked;
