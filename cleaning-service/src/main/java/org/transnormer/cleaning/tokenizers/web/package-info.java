/** Tokenizers over REST. */
@NullMarked
package org.transnormer.cleaning.tokenizers.web;

import org.jspecify.annotations.NullMarked;
