/** HTTP of the OpenAI-compatible family. */
@NullMarked
package org.transnormer.inference.openai.web;

import org.jspecify.annotations.NullMarked;
