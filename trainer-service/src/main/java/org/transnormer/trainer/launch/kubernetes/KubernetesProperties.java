package org.transnormer.trainer.launch.kubernetes;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Training in Indexed Jobs.
 *
 * @param namespace of the jobs; by default the one this service runs in
 * @param instance tells the jobs of this platform from those of another in the same namespace
 * @param command replaces the image's entry point; empty leaves it
 * @param arguments of the entry point
 * @param serviceAccount of the pods; it needs no rights
 * @param requests by resource name, for each rank
 * @param limits by resource name, for each rank
 * @param gpus of each rank, as {@code gpuResource}; tolerates its taint
 * @param runtimeClass of the pods, where GPUs need one
 * @param topology node label of what ranks should share, such as a node or a rack, when there is
 *     room; empty to spread them as it comes
 * @param sharedMemory size of {@code /dev/shm}, which collective communication uses
 * @param scratch largest size of a rank's scratch folder
 * @param storeClaim volume claim that holds a {@code file:} store
 * @param storePath where it is mounted, for the service and the workers alike
 * @param queue name of a Kueue queue; jobs then start suspended and wait for admission
 * @param user uid and gid of the pods
 * @param terminationGrace for a last checkpoint when a pod is evicted
 * @param ttlAfterFinished how long a finished job stays for a look
 * @param maxGroups groups that may exist at once
 * @param rendezvousPort at which rank 0 waits for the others
 * @param environment for the workers, beside what the platform tells them
 */
@Validated
@ConfigurationProperties("tnl.trainer.kubernetes")
public record KubernetesProperties(
    @Nullable String namespace,
    @DefaultValue("tnl") @NotBlank String instance,
    @NotBlank String image,
    @DefaultValue("IfNotPresent") String imagePullPolicy,
    @DefaultValue List<String> imagePullSecrets,
    @DefaultValue List<String> command,
    @DefaultValue List<String> arguments,
    @Nullable String serviceAccount,
    @DefaultValue Map<String, String> requests,
    @DefaultValue Map<String, String> limits,
    @DefaultValue("0") @Min(0) int gpus,
    @DefaultValue("nvidia.com/gpu") String gpuResource,
    @DefaultValue Map<String, String> nodeSelector,
    @DefaultValue List<Toleration> tolerations,
    @Nullable String priorityClass,
    @Nullable String runtimeClass,
    @DefaultValue("kubernetes.io/hostname") String topology,
    @DefaultValue("1Gi") String sharedMemory,
    @DefaultValue("20Gi") String scratch,
    @Nullable String storeClaim,
    @Nullable Path storePath,
    @Nullable String queue,
    @DefaultValue("10001") @Min(1) long user,
    @DefaultValue("30s") Duration terminationGrace,
    @DefaultValue("10m") Duration ttlAfterFinished,
    @DefaultValue("100") @Min(1) int maxGroups,
    @DefaultValue("29400") int rendezvousPort,
    @DefaultValue Map<String, String> environment) {

  /** As in a pod's specification. */
  public record Toleration(
      @Nullable String key,
      @DefaultValue("Exists") String operator,
      @Nullable String value,
      @Nullable String effect) {}
}
