package org.transnormer.door;

import jakarta.validation.constraints.Min;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param bootstrapKey the first admin key, given by the operator; for clusters
 * @param bootstrapKeyFile where the first admin key is written when there is no key yet; read again
 *     at later starts
 * @param sessionLife how long a log-in of the page lasts
 * @param loginFailures wrong keys of one address within a minute before it has to wait
 * @param gatherTimeout how long a question to a service may take when several are asked at once
 */
@Validated
@ConfigurationProperties("tnl.door")
public record DoorProperties(
    @Nullable String bootstrapKey,
    @Nullable Path bootstrapKeyFile,
    @DefaultValue("12h") Duration sessionLife,
    @DefaultValue("10") @Min(1) int loginFailures,
    @DefaultValue("3s") Duration gatherTimeout) {}
