@NullMarked
package org.transnormer.standalone.demo;

import org.jspecify.annotations.NullMarked;
