/** Cleaning runs over REST, and corpus-service as they see it. */
@NullMarked
package org.transnormer.cleaning.runs.web;

import org.jspecify.annotations.NullMarked;
