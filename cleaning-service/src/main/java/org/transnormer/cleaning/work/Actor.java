package org.transnormer.cleaning.work;

/** Who asks for something. */
public record Actor(String subject, String role) {}
