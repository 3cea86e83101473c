/** The demo: a real sample corpus, driven through every stage by the public REST API alone. */
@NullMarked
package org.transnormer.standalone.demo;

import org.jspecify.annotations.NullMarked;
