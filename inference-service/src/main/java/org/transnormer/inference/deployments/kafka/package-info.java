/** The doorbell: an alias was moved. */
@NullMarked
package org.transnormer.inference.deployments.kafka;

import org.jspecify.annotations.NullMarked;
