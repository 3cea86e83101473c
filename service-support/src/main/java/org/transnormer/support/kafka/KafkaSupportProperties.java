package org.transnormer.support.kafka;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param partitions of a topic that this service has to make
 */
@ConfigurationProperties("tnl.kafka")
public record KafkaSupportProperties(@DefaultValue("4") int partitions) {}
