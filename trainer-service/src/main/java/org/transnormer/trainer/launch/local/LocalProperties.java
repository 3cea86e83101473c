package org.transnormer.trainer.launch.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Training in child processes.
 *
 * @param folder working folders of the workers; by default below {@code tnl.scratch}
 * @param threads of each rank of a run that does not say; 0 leaves it to the worker
 * @param ranks of a run at most; more than 1 where this machine has a GPU for each
 * @param slots groups that run at once; a second one on the same cores only slows the first
 * @param jvmArguments beside those that a worker cannot do without
 * @param environment for the workers, beside what the platform tells them
 * @param stopTimeout how long workers may take to write a checkpoint when this process stops
 * @param keepFolders working folders of past attempts that stay for a look
 */
@ConfigurationProperties("tnl.trainer.local")
public record LocalProperties(
    @Nullable Path folder,
    @DefaultValue("0") int threads,
    @DefaultValue("1") int ranks,
    @DefaultValue("1") int slots,
    @DefaultValue({"-Xmx1g", "-XX:+UseSerialGC", "-Xshare:auto"}) List<String> jvmArguments,
    @DefaultValue Map<String, String> environment,
    @DefaultValue("10s") Duration stopTimeout,
    @DefaultValue("20") int keepFolders) {}
