/** The trainer's side of the protocol with its workers. */
@NullMarked
package org.transnormer.trainer.launch.web;

import org.jspecify.annotations.NullMarked;
