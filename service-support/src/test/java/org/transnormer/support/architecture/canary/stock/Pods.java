package org.transnormer.support.architecture.canary.stock;

import io.fabric8.kubernetes.api.model.Pod;

/** The Kubernetes client outside of its place. */
record Pods(Pod pod) {}
