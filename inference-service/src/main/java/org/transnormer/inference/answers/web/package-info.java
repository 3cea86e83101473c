/** The log of answers over REST. */
@NullMarked
package org.transnormer.inference.answers.web;

import org.jspecify.annotations.NullMarked;
