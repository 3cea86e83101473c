package org.transnormer.model.cli.verify;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.lm.LoadOptions;

/**
 * What subjects compute with.
 *
 * @param options of models that are loaded for decoding, which have a backend of their own
 */
record Tools(Backend backend, LoadOptions options) {}
