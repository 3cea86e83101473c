package org.transnormer.inference.deployments.web;

import org.jspecify.annotations.Nullable;

/**
 * What is to be served under a name.
 *
 * @param alias followed wherever it is moved; either this or the checkpoint
 * @param slots sequences decoded together; 8 when absent
 */
record DeploymentRequest(
    @Nullable String alias, @Nullable String checkpointId, @Nullable Integer slots) {}
