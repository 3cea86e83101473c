/**
 * Documents near a round's cut that people look at, and how far their judgement confirms the cut.
 */
@NullMarked
package org.transnormer.cleaning.review;

import org.jspecify.annotations.NullMarked;
