package org.transnormer.support.security;

import jakarta.validation.constraints.NotBlank;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param identity name of this service, issuer of its tokens
 * @param privateKey PEM file with this identity's PKCS#8 RSA key
 * @param trust PEM file (certificate or public key) of each identity whose tokens are accepted
 * @param userIssuers identities that may speak for people; all others speak for themselves only
 * @param tokenTtl life of a token
 * @param clockSkew tolerated between machines
 * @param defaultRules false in a service that brings its own rules for every path
 */
@Validated
@ConfigurationProperties("tnl.security")
public record SecurityProperties(
    @NotBlank String identity,
    Path privateKey,
    @DefaultValue Map<String, Path> trust,
    @DefaultValue("door") List<String> userIssuers,
    @DefaultValue("5m") Duration tokenTtl,
    @DefaultValue("30s") Duration clockSkew,
    @DefaultValue("true") boolean defaultRules) {}
