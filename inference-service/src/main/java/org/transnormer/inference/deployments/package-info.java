/**
 * Which checkpoint is served under which name: loading, swapping without dropping requests,
 * unloading.
 */
@NullMarked
package org.transnormer.inference.deployments;

import org.jspecify.annotations.NullMarked;
