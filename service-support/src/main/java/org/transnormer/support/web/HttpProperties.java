package org.transnormer.support.web;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param maxBody largest body of a request
 * @param connectTimeout to another service
 * @param readTimeout of another service's answer
 */
@ConfigurationProperties("tnl.http")
public record HttpProperties(
    @DefaultValue("4MB") DataSize maxBody,
    @DefaultValue("2s") Duration connectTimeout,
    @DefaultValue("30s") Duration readTimeout) {}
