/**
 * Brings what runs on the cluster in line with what people want: a pure plan over desired and
 * observed, applied through a port with two adapters (child processes, Kubernetes jobs), and the
 * protocol that workers report by.
 */
@NullMarked
package org.transnormer.trainer.launch;

import org.jspecify.annotations.NullMarked;
