/**
 * Who did what: written in the transaction that does it, kept by the door for the whole platform.
 */
@NullMarked
package org.transnormer.trainer.audit;

import org.jspecify.annotations.NullMarked;
