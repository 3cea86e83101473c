package org.transnormer.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.transnormer.support.architecture.ConfigurationKeys;

/** A key is a promise to whoever has set it: this list changes on purpose or not at all. */
class ConfigurationKeysTest {

  @Test
  void theKeysAreThese() {
    assertThat(ConfigurationKeys.below("org.transnormer.trainer"))
        .containsExactly(
            "tnl.trainer.backoff",
            "tnl.trainer.checkpoints.import-roots",
            "tnl.trainer.control-url",
            "tnl.trainer.interval",
            "tnl.trainer.kubernetes.arguments",
            "tnl.trainer.kubernetes.command",
            "tnl.trainer.kubernetes.environment",
            "tnl.trainer.kubernetes.gpu-resource",
            "tnl.trainer.kubernetes.gpus",
            "tnl.trainer.kubernetes.image",
            "tnl.trainer.kubernetes.image-pull-policy",
            "tnl.trainer.kubernetes.image-pull-secrets",
            "tnl.trainer.kubernetes.instance",
            "tnl.trainer.kubernetes.limits",
            "tnl.trainer.kubernetes.max-groups",
            "tnl.trainer.kubernetes.namespace",
            "tnl.trainer.kubernetes.node-selector",
            "tnl.trainer.kubernetes.priority-class",
            "tnl.trainer.kubernetes.queue",
            "tnl.trainer.kubernetes.rendezvous-port",
            "tnl.trainer.kubernetes.requests",
            "tnl.trainer.kubernetes.runtime-class",
            "tnl.trainer.kubernetes.scratch",
            "tnl.trainer.kubernetes.service-account",
            "tnl.trainer.kubernetes.shared-memory",
            "tnl.trainer.kubernetes.store-claim",
            "tnl.trainer.kubernetes.store-path",
            "tnl.trainer.kubernetes.termination-grace",
            "tnl.trainer.kubernetes.tolerations",
            "tnl.trainer.kubernetes.topology",
            "tnl.trainer.kubernetes.ttl-after-finished",
            "tnl.trainer.kubernetes.user",
            "tnl.trainer.launcher",
            "tnl.trainer.lease",
            "tnl.trainer.local.environment",
            "tnl.trainer.local.folder",
            "tnl.trainer.local.jvm-arguments",
            "tnl.trainer.local.keep-folders",
            "tnl.trainer.local.ranks",
            "tnl.trainer.local.slots",
            "tnl.trainer.local.stop-timeout",
            "tnl.trainer.local.threads",
            "tnl.trainer.max-attempts",
            "tnl.trainer.max-backoff",
            "tnl.trainer.progress.log-lines",
            "tnl.trainer.start-timeout",
            "tnl.trainer.stop-timeout");
  }
}
