/** Worker groups as Indexed Jobs; the only package that knows the Kubernetes client. */
@NullMarked
package org.transnormer.trainer.launch.kubernetes;

import org.jspecify.annotations.NullMarked;
