package org.transnormer.trainer.progress;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param logLines kept of each run; older ones are deleted
 */
@Validated
@ConfigurationProperties("tnl.trainer.progress")
record ProgressProperties(@DefaultValue("10000") @Min(1) int logLines) {}
