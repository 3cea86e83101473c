{{- define "tnl.name" -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{- end }}

{{- define "tnl.labels" -}}
app.kubernetes.io/part-of: transnormer
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "tnl.selector" -}}
app.kubernetes.io/instance: {{ .root.Release.Name }}, app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "tnl.image" -}}
{{- if .image.digest -}}{{ .image.repository }}@{{ .image.digest }}
{{- else -}}{{ .image.repository }}:{{ .image.tag | default .root.Chart.AppVersion }}{{- end -}}
{{- end }}

{{/* Pods that trainer-service launches; the labels are its own. */}}
{{- define "tnl.trainingSelector" -}}
app.kubernetes.io/instance: {{ .Release.Name }}, app.kubernetes.io/managed-by: tnl-trainer
{{- end }}

{{/* Peers in a network policy: pods of this release with one of the components, {root, components}. */}}
{{- define "tnl.peers" -}}
- podSelector:
    matchLabels: {app.kubernetes.io/instance: {{ .root.Release.Name }}, app.kubernetes.io/part-of: transnormer}
    matchExpressions: [{key: app.kubernetes.io/component, operator: In, values: {{ toJson .components }}}]
{{- end }}

{{- define "tnl.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "tnl.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "tnl.scheduling" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{ toJson . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{ toJson . }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toJson . }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{ toJson . }}
{{- end }}
{{- with .Values.priorityClass }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{/* Replicas lie apart where there is room: {root, component}. */}}
{{- define "tnl.spread" -}}
topologySpreadConstraints:
  - topologyKey: kubernetes.io/hostname
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: {matchLabels: { {{ include "tnl.selector" . }} }}
{{- end }}

{{- define "tnl.accountAnnotations" -}}
{{- with .Values.serviceAccountAnnotations }}
annotations: {{ toJson . }}
{{- end }}
{{- end }}

{{- define "tnl.identitiesSecret" -}}
{{ .Values.identities.existingSecret | default (printf "%s-identities" (include "tnl.name" .)) }}
{{- end }}

{{- define "tnl.bootstrapSecret" -}}
{{ .Values.bootstrapKey.existingSecret | default (printf "%s-bootstrap-key" (include "tnl.name" .)) }}
{{- end }}

{{- define "tnl.databaseSecret" -}}
{{- if eq .Values.database.mode "external" -}}
{{ required "database.external.existingSecret names the secret with username and password" .Values.database.external.existingSecret }}
{{- else -}}{{ include "tnl.name" . }}-postgres{{- end -}}
{{- end }}

{{- define "tnl.jdbcUrl" -}}
{{- if eq .root.Values.database.mode "external" -}}
{{- with .root.Values.database.external -}}
jdbc:postgresql://{{ required "database.external.host is needed" .host }}:{{ .port }}/{{ .name }}?sslmode={{ .sslMode }}&currentSchema={{ $.schema }}
{{- end -}}
{{- else -}}
jdbc:postgresql://{{ include "tnl.name" .root }}-postgres:5432/tnl?currentSchema={{ .schema }}
{{- end -}}
{{- end }}

{{- define "tnl.kafkaServers" -}}
{{- if eq .Values.kafka.mode "external" -}}
{{ required "kafka.external.bootstrapServers is needed" .Values.kafka.external.bootstrapServers }}
{{- else -}}{{ include "tnl.name" . }}-kafka:9092{{- end -}}
{{- end }}

{{- define "tnl.storeUri" -}}
{{- if eq .Values.store.mode "s3" -}}{{ required "store.s3.uri is needed" .Values.store.s3.uri }}
{{- else -}}file:///store{{- end -}}
{{- end }}

{{/* Where S3 listens, by the endpoint's port or scheme. */}}
{{- define "tnl.s3Port" -}}
{{- $endpoint := urlParse .Values.store.s3.endpoint -}}
{{- if contains ":" $endpoint.host -}}{{ last (splitList ":" $endpoint.host) }}
{{- else -}}{{ ternary 80 443 (eq $endpoint.scheme "http") }}{{- end -}}
{{- end }}

{{- define "tnl.storeClaim" -}}
{{ .Values.store.claim.existingClaim | default (printf "%s-store" (include "tnl.name" .)) }}
{{- end }}

{{- define "tnl.storeEnv" -}}
- {name: TNL_STORE_URI, value: {{ include "tnl.storeUri" . | quote }}}
{{- if eq .Values.store.mode "s3" }}
- {name: TNL_STORE_S3_REGION, value: {{ .Values.store.s3.region | quote }}}
- {name: TNL_STORE_S3_PATH_STYLE, value: {{ .Values.store.s3.pathStyle | quote }}}
{{- with .Values.store.s3.endpoint }}
- {name: TNL_STORE_S3_ENDPOINT, value: {{ . | quote }}}
{{- end }}
{{- with .Values.store.s3.existingSecret }}
- name: TNL_STORE_S3_ACCESS_KEY
  valueFrom: {secretKeyRef: {name: {{ . }}, key: access-key}}
- name: TNL_STORE_S3_SECRET_KEY
  valueFrom: {secretKeyRef: {name: {{ . }}, key: secret-key}}
{{- end }}
{{- end }}
{{- end }}

{{/* Ports of the services, which are the same everywhere. */}}
{{- define "tnl.port" -}}
{{- get (dict "corpus" "8081" "cleaning" "8082" "trainer" "8083" "inference" "8084" "door" "8080") . -}}
{{- end }}

{{- define "tnl.mainClass" -}}
{{- get (dict "corpus" "org.transnormer.corpus.CorpusServiceApplication" "cleaning" "org.transnormer.cleaning.CleaningServiceApplication" "trainer" "org.transnormer.trainer.TrainerServiceApplication" "inference" "org.transnormer.inference.InferenceServiceApplication" "door" "org.transnormer.door.DoorServiceApplication") . -}}
{{- end }}

{{/* What every service is told: {root, service}. */}}
{{- define "tnl.serviceEnv" -}}
{{- $root := .root -}}
- {name: SPRING_PROFILES_ACTIVE, value: cluster}
- {name: SERVER_PORT, value: {{ include "tnl.port" .service | quote }}}
- {name: SPRING_DATASOURCE_URL, value: {{ include "tnl.jdbcUrl" (dict "root" $root "schema" .service) | quote }}}
- name: SPRING_DATASOURCE_USERNAME
  valueFrom: {secretKeyRef: {name: {{ include "tnl.databaseSecret" $root }}, key: username}}
- name: SPRING_DATASOURCE_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ include "tnl.databaseSecret" $root }}, key: password}}
- {name: SPRING_FLYWAY_DEFAULT_SCHEMA, value: {{ .service }}}
- {name: SPRING_KAFKA_BOOTSTRAP_SERVERS, value: {{ include "tnl.kafkaServers" $root | quote }}}
- {name: TNL_SCRATCH, value: /scratch}
- {name: TNL_SECURITY_IDENTITY, value: {{ .service }}}
- {name: TNL_SECURITY_PRIVATE_KEY, value: {{ printf "/identities/%s.key" .service }}}
{{- range $identity := list "corpus" "cleaning" "trainer" "inference" "door" }}
- {name: {{ printf "TNL_SECURITY_TRUST_%s" (upper $identity) }}, value: {{ printf "/identities/%s.crt" $identity }}}
- {name: {{ printf "TNL_SERVICES_%s" (upper $identity) }}, value: {{ printf "http://%s-%s:%s" (include "tnl.name" $root) $identity (include "tnl.port" $identity) }}}
{{- end }}
{{ include "tnl.storeEnv" $root }}
{{- with $root.Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Where the volumes of a value with roots are mounted, with commas between. */}}
{{- define "tnl.paths" -}}
{{- range $i, $root := .roots }}{{ if $i }},{{ end }}{{ $root.path }}{{ end -}}
{{- end }}

{{/* A service's own private key and everybody's public ones: {root, service}. */}}
{{- define "tnl.identityVolume" -}}
- name: identities
  secret:
    secretName: {{ include "tnl.identitiesSecret" .root }}
    defaultMode: 0440
    items:
      - {key: {{ .service }}.key, path: {{ .service }}.key}
      {{- range list "corpus" "cleaning" "trainer" "inference" "door" }}
      - {key: {{ . }}.crt, path: {{ . }}.crt}
      {{- end }}
{{- end }}

{{- define "tnl.commonVolumes" -}}
- {name: tmp, emptyDir: {}}
- {name: scratch, emptyDir: {}}
{{- if eq .Values.store.mode "claim" }}
- {name: store, persistentVolumeClaim: {claimName: {{ include "tnl.storeClaim" . }}}}
{{- end }}
{{- end }}

{{- define "tnl.commonMounts" -}}
- {name: tmp, mountPath: /tmp}
- {name: scratch, mountPath: /scratch}
{{- if eq .Values.store.mode "claim" }}
- {name: store, mountPath: /store}
{{- end }}
{{- end }}

{{- define "tnl.trainerEnv" -}}
- {name: TNL_TRAINER_LAUNCHER, value: kubernetes}
- {name: SPRING_CONFIG_ADDITIONAL_LOCATION, value: /config/}
- {name: TNL_TRAINER_KUBERNETES_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
{{- end }}

{{/* A map whose keys keep their dots and slashes when Spring binds them. */}}
{{- define "tnl.bracketed" -}}
{{- range $key, $value := . }}
{{ printf "[%s]" $key | quote }}: {{ $value | quote }}
{{- else }}
{}
{{- end }}
{{- end }}

{{/* What trainer-service is told of the pods that it launches. */}}
{{- define "tnl.trainerConfig" -}}
tnl:
  trainer:
    kubernetes:
      instance: {{ .Release.Name }}
      image: {{ include "tnl.image" (dict "root" . "image" .Values.trainingImage) }}
      image-pull-policy: {{ .Values.image.pullPolicy }}
      image-pull-secrets: [{{ range $i, $secret := .Values.image.pullSecrets }}{{ if $i }}, {{ end }}{{ $secret.name }}{{ end }}]
      arguments: [org.transnormer.worker.TrainerWorker]
      service-account: {{ include "tnl.name" . }}-training
      requests: {{- include "tnl.bracketed" .Values.training.resources.requests | trim | nindent 8 }}
      limits: {{- include "tnl.bracketed" .Values.training.resources.limits | trim | nindent 8 }}
      gpus: {{ .Values.training.gpus }}
      gpu-resource: {{ .Values.training.gpuResource }}
      {{- with .Values.training.runtimeClass }}
      runtime-class: {{ . }}
      {{- end }}
      {{- with .Values.training.priorityClass }}
      priority-class: {{ . }}
      {{- end }}
      topology: {{ .Values.training.topology | quote }}
      shared-memory: {{ .Values.training.sharedMemory }}
      scratch: {{ .Values.training.scratch }}
      environment: {{- include "tnl.bracketed" .Values.training.environment | trim | nindent 8 }}
      max-groups: {{ .Values.training.maxRuns }}
      ttl-after-finished: {{ .Values.training.ttlAfterFinished }}
      termination-grace: {{ .Values.training.terminationGrace }}
      node-selector: {{- include "tnl.bracketed" .Values.training.nodeSelector | trim | nindent 8 }}
      tolerations: {{ toJson .Values.training.tolerations }}
      {{- with .Values.training.queue }}
      queue: {{ . }}
      {{- end }}
      user: 65532
      {{- if eq .Values.store.mode "claim" }}
      store-claim: {{ include "tnl.storeClaim" . }}
      store-path: /store
      {{- end }}
{{- end }}
