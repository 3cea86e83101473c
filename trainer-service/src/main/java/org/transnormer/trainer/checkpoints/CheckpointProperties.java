package org.transnormer.trainer.checkpoints;

import java.nio.file.Path;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param importRoots local folders below which a checkpoint from outside may lie; none by default
 */
@ConfigurationProperties("tnl.trainer.checkpoints")
record CheckpointProperties(@DefaultValue List<Path> importRoots) {}
