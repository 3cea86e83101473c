package org.transnormer.support.store;

import java.nio.file.Path;

/** Local folder ({@code tnl.scratch}) for files that may be lost with the process. */
public record Scratch(Path folder) {}
