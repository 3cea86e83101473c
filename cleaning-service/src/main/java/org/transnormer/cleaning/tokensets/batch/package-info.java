/** The making of a token set as a job. */
@NullMarked
package org.transnormer.cleaning.tokensets.batch;

import org.jspecify.annotations.NullMarked;
