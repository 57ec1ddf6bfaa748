package org.farga.slurm;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Configuration;

/** The clusters that the settings name. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({SlurmClusterSettings.class, AccountSettings.class, ReconcilerSettings.class})
class SlurmConfiguration {}
