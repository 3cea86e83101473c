/** Deployments over REST, and the trainer's REST as the source of checkpoints. */
@NullMarked
package org.transnormer.inference.deployments.web;

import org.jspecify.annotations.NullMarked;
