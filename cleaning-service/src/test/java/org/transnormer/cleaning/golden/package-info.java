/** Against what datatrove 0.10.1 says of 1,400 synthetic documents; see the README of the data. */
@NullMarked
package org.transnormer.cleaning.golden;

import org.jspecify.annotations.NullMarked;
