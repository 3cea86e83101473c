package org.transnormer.trainer.runs;

/** Who asked for something. */
public record Actor(String subject, String role) {}
