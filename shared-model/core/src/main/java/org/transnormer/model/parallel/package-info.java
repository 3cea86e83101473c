/** Training by several ranks together: what they say to each other, and who holds what. */
@NullMarked
package org.transnormer.model.parallel;

import org.jspecify.annotations.NullMarked;
