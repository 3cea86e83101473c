package org.transnormer.trainer.audit;

/** Who asked for something. */
public record Actor(String subject, String role) {}
