package org.transnormer.corpus.corpora.web;

import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.util.List;

/**
 * @param allowed licences that a source of the corpus may have; empty allows every licence
 */
record LicencePolicy(@NotNull @Size(max = 100) List<@NotBlank @Size(max = 200) String> allowed) {}
