/**
 * The OpenAI-compatible family: requests understood, answers and errors in the shapes its clients
 * expect.
 */
@NullMarked
package org.transnormer.inference.openai;

import org.jspecify.annotations.NullMarked;
