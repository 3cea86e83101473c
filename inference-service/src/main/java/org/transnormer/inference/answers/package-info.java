/**
 * Which checkpoint gave which answer: the first link of an answer's lineage. Texts are not kept.
 */
@NullMarked
package org.transnormer.inference.answers;

import org.jspecify.annotations.NullMarked;
