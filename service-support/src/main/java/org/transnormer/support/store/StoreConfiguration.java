package org.transnormer.support.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.artifacts.store.ObjectStore;

/** The object store, from {@code tnl.store.*}. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StoreProperties.class)
public class StoreConfiguration {

  @Bean
  Scratch scratch(@Value("${tnl.scratch}") Path folder) throws IOException {
    return new Scratch(Files.createDirectories(folder).toRealPath());
  }

  @Bean
  ObjectStore objectStore(StoreProperties properties, Scratch scratch) throws IOException {
    return ObjectStore.open(properties.config(scratch.folder()));
  }
}
