/** The review queue over REST. */
@NullMarked
package org.transnormer.cleaning.review.web;

import org.jspecify.annotations.NullMarked;
