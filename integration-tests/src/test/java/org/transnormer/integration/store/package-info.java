/** The platform on an S3-compatible store. */
@NullMarked
package org.transnormer.integration.store;

import org.jspecify.annotations.NullMarked;
