/** What the integration tests stand on: a real small corpus, and the neighbours of this service. */
@NullMarked
package org.transnormer.cleaning.kit;

import org.jspecify.annotations.NullMarked;
