/** The commit record of an artefact: written last, names and digests every object. */
@NullMarked
package org.transnormer.artifacts.manifest;

import org.jspecify.annotations.NullMarked;
