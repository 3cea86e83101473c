package org.transnormer.integration.cluster;

/**
 * The kind of object that the Prometheus operator brings; made for the test where it is unknown.
 */
record ServiceMonitors(Installation installation, boolean made) implements AutoCloseable {

  private static final String NAME = "servicemonitors.monitoring.coreos.com";

  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: servicemonitors.monitoring.coreos.com}
      spec:
        group: monitoring.coreos.com
        scope: Namespaced
        names: {kind: ServiceMonitor, plural: servicemonitors, singular: servicemonitor}
        versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
      """;

  static ServiceMonitors known(Installation installation) {
    boolean made = !installation.kubectl("get", "crd", "-o=name").contains(NAME);
    if (made) {
      installation.create(DEFINITION);
      installation.kubectl("wait", "--for=condition=Established", "crd/" + NAME, "--timeout=60s");
    }
    return new ServiceMonitors(installation, made);
  }

  @Override
  public void close() {
    if (made) {
      installation.kubectl("delete", "servicemonitors", "--all");
      installation.kubectl("delete", "crd", NAME);
    }
  }
}
