/** What the container images are made of. */
@NullMarked
package org.transnormer.integration.images;

import org.jspecify.annotations.NullMarked;
