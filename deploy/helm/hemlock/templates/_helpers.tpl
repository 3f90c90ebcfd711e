{{- define "hemlock.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 40 characters, so that every name built on it fits into a label. */}}
{{- define "hemlock.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "hemlock.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "hemlock.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What is fixed about each component. `calls` names the clients of quarkus.grpc.clients and where they lead. */}}
{{- define "hemlock.components" -}}
dataset: {suffix: dataset, image: dataset-service, port: 9001, calls: {}}
poison: {suffix: poison, image: poison-service, port: 9002, calls: {dataset: dataset, evaluation: evaluator}}
trainer: {suffix: trainer, image: trainer-service, port: 9003, calls: {dataset: dataset}}
worker: {suffix: trainer-worker, image: trainer-service, port: 9003, calls: {dataset: dataset}}
evaluator: {suffix: evaluator, image: evaluator-service, port: 9004, calls: {dataset: dataset, poison: poison, training: trainer}}
{{- end -}}

{{/*
The settings of a component with its fixed facts and its name, as YAML.
Takes (dict "root" $ "component" "dataset").
*/}}
{{- define "hemlock.component" -}}
{{- $facts := get (include "hemlock.components" .root | fromYaml) .component -}}
{{- $own := get .root.Values .component -}}
{{- $all := mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy $own) $facts -}}
{{- $name := printf "%s-%s" (include "hemlock.fullname" .root) $facts.suffix -}}
{{- $account := ternary (default $name $all.serviceAccount.name) (default "default" $all.serviceAccount.name) $all.serviceAccount.create -}}
{{- $values := .root.Values -}}
{{- $secrets := dict
    "storage" (default $values.storage.existingSecret $all.secrets.storage)
    "kafka" (default $values.kafka.existingSecret $all.secrets.kafka)
    "tls" (default $values.tls.existingSecret $all.secrets.tls)
    "auth" (default $values.auth.service.existingSecret $all.secrets.auth)
-}}
{{- $username := default $values.kafka.username $all.kafkaUsername -}}
{{- toYaml (mergeOverwrite $all (dict "key" .component "name" $name "account" $account "secrets" $secrets "kafkaUsername" $username)) -}}
{{- end -}}

{{- define "hemlock.sasl" -}}
{{- if hasPrefix "SASL_" .Values.kafka.securityProtocol }}true{{ end -}}
{{- end -}}

{{- define "hemlock.selectorLabels" -}}
app.kubernetes.io/name: {{ include "hemlock.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .suffix }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "hemlock.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name (.root.Chart.Version | replace "+" "_") }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{ include "hemlock.podLabels" . }}
{{- end -}}

{{/* Without the chart's version: a new chart alone is no reason to replace pods. */}}
{{- define "hemlock.podLabels" -}}
{{ include "hemlock.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: hemlock
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Takes (dict "root" $ "image" "dataset-service" "digest" ""). */}}
{{- define "hemlock.image" -}}
{{- $repository := required "image.repository is required: where the images are, for example registry.example.com/hemlock" .root.Values.image.repository -}}
{{- if .digest -}}
{{- printf "%s/%s@%s" $repository .image .digest -}}
{{- else -}}
{{- printf "%s/%s:%s" $repository .image (default .root.Chart.AppVersion .root.Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{/* Bytes of a quantity such as 512Mi; the schema lets no other unit through. */}}
{{- define "hemlock.bytes" -}}
{{- $quantity := toString . -}}
{{- $number := regexFind "^[0-9]+" $quantity | int64 -}}
{{- $unit := regexReplaceAll "^[0-9]+" $quantity "" -}}
{{- $factors := dict "" 1 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- mul $number (get $factors $unit) -}}
{{- end -}}

{{/* Configuration keys of a component as YAML. Takes (dict "root" $ "c" component). */}}
{{- define "hemlock.properties" -}}
{{- $root := .root -}}
{{- $c := .c -}}
{{- $values := $root.Values -}}
{{- $all := dict
    "quarkus.http.host" "0.0.0.0"
    "quarkus.http.port" (toString $c.port)
    "quarkus.log.console.json.enabled" "true"
    "hemlock.storage.endpoint" (required "storage.endpoint is required: the S3 endpoint, for example https://s3.example.com" $values.storage.endpoint)
    "hemlock.storage.region" $values.storage.region
    "hemlock.storage.bucket" $values.storage.bucket
    "hemlock.storage.cache-dir" "/var/cache/hemlock/blobs"
    "hemlock.storage.cache-bytes" (include "hemlock.bytes" $c.cacheSize)
    "hemlock.kafka.bootstrap-servers" (required "kafka.bootstrapServers is required: host:port of brokers with share groups" $values.kafka.bootstrapServers)
    "hemlock.kafka.create-topics" (toString (eq $values.kafka.topics.create "services"))
    "hemlock.kafka.partitions" (toString $values.kafka.partitions)
    "hemlock.kafka.replication-factor" (toString $values.kafka.replicationFactor)
-}}
{{- if ne $values.kafka.securityProtocol "PLAINTEXT" -}}
{{- $_ := set $all "hemlock.kafka.security-protocol" $values.kafka.securityProtocol -}}
{{- end -}}
{{- if include "hemlock.sasl" $root -}}
{{- $_ := set $all "hemlock.kafka.sasl-mechanism" $values.kafka.saslMechanism -}}
{{- $_ := set $all "hemlock.kafka.username" (required "kafka.username is required with a SASL_ protocol: who the services are to the brokers" $c.kafkaUsername) -}}
{{- end -}}
{{- if $c.secrets.tls -}}
{{- $_ := set $all "hemlock.tls.certificate" "/etc/hemlock-tls/tls.crt" -}}
{{- $_ := set $all "hemlock.tls.key" "/etc/hemlock-tls/tls.key" -}}
{{- $_ := set $all "hemlock.tls.client-certificates" $values.tls.clientCertificates -}}
{{- else if ne $values.tls.plaintext "allowed" -}}
{{- fail "tls.existingSecret is required: the Secret with the services' certificate; or tls.plaintext=allowed where a service mesh encrypts" -}}
{{- end -}}
{{- if $values.tls.authoritiesSecret -}}
{{- $_ := set $all "hemlock.tls.authorities" "/etc/hemlock-authorities/ca.crt" -}}
{{- end -}}
{{- if eq $values.tls.plaintext "allowed" -}}
{{- $_ := set $all "hemlock.tls.plaintext" "allowed" -}}
{{- end -}}
{{- $_ := set $all "hemlock.auth.issuer" (required "auth.issuer is required: the OpenID Connect issuer whose tokens are believed" $values.auth.issuer) -}}
{{- $_ := set $all "hemlock.auth.audience" $values.auth.audience -}}
{{- $_ := set $all "hemlock.auth.roles-claim" $values.auth.rolesClaim -}}
{{- $_ := set $all "hemlock.auth.tenant-claim" $values.auth.tenantClaim -}}
{{- if $values.auth.keysConfigMap -}}
{{- $_ := set $all "hemlock.auth.keys" "/etc/hemlock-issuer/keys.json" -}}
{{- else if $values.auth.keys -}}
{{- $_ := set $all "hemlock.auth.keys" $values.auth.keys -}}
{{- end -}}
{{- if $values.auth.service.tokenUrl -}}
{{- $_ := set $all "hemlock.auth.service.token-url" $values.auth.service.tokenUrl -}}
{{- else -}}
{{- $_ := set $all "hemlock.auth.service.token-file" "/etc/hemlock-token/token" -}}
{{- end -}}
{{- range $client, $key := $c.calls -}}
{{- $callee := include "hemlock.component" (dict "root" $root "component" $key) | fromYaml -}}
{{- $_ := set $all (printf "quarkus.grpc.clients.%s.host" $client) $callee.name -}}
{{- $_ := set $all (printf "quarkus.grpc.clients.%s.port" $client) (toString $callee.port) -}}
{{- end -}}
{{- if eq $c.key "dataset" -}}
{{- $_ := set $all "hemlock.dataset.temp-dir" "/tmp" -}}
{{- if $c.approvalKeysConfigMap -}}
{{- $_ := set $all "hemlock.dataset.admission.public-keys" "/etc/hemlock-approval-keys/keys.pem" -}}
{{- end -}}
{{- else if eq $c.key "trainer" -}}
{{- $_ := set $all "hemlock.work.train.concurrency" "0" -}}
{{- $_ := set $all "hemlock.trainer.admission" $c.admission -}}
{{- if not $values.worker.gpu.enabled -}}
{{- $_ := set $all "hemlock.trainer.memory-bytes" (include "hemlock.workerMemory" $root) -}}
{{- end -}}
{{- else if eq $c.key "worker" -}}
{{- $_ := set $all "hemlock.work.train.concurrency" (toString $c.concurrency) -}}
{{- $_ := set $all "hemlock.torch.threads" (toString $c.threads) -}}
{{- $_ := set $all "hemlock.trainer.admission" $values.trainer.admission -}}
{{- if $c.gpu.enabled -}}
{{- $_ := set $all "hemlock.torch.device" "cuda" -}}
{{- else -}}
{{- $_ := set $all "hemlock.trainer.memory-bytes" (include "hemlock.workerMemory" $root) -}}
{{- end -}}
{{- end -}}
{{- range $key, $value := mergeOverwrite (dict) $values.config $c.config -}}
{{- $_ := set $all $key (ternary (toString (int64 $value)) (toString $value) (kindIs "float64" $value)) -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{/* What a worker leaves to one training: its memory without the Java heap, by the trainings in hand. */}}
{{- define "hemlock.workerMemory" -}}
{{- $worker := include "hemlock.component" (dict "root" . "component" "worker") | fromYaml -}}
{{- $bytes := include "hemlock.bytes" $worker.resources.limits.memory | int64 -}}
{{- div (div (mul $bytes (sub 100 (int $worker.heapPercentage))) 100) (int $worker.concurrency) -}}
{{- end -}}

{{- define "hemlock.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "hemlock.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: {{ .Values.podSecurity.runAsUser }}
runAsGroup: {{ .Values.podSecurity.runAsUser }}
fsGroup: {{ .Values.podSecurity.runAsUser }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* Ports as a YAML list. Takes (dict "ports" list "protocols" list). */}}
{{- define "hemlock.ports" -}}
{{- range $port := .ports }}
{{- range $protocol := $.protocols }}
- port: {{ int $port }}
  protocol: {{ $protocol }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The ports of the store's URL, separated by commas. */}}
{{- define "hemlock.storagePorts" -}}
{{- $url := urlParse .Values.storage.endpoint -}}
{{- $port := regexFind ":[0-9]+$" $url.host | trimPrefix ":" -}}
{{- default (ternary "443" "80" (eq $url.scheme "https")) $port -}}
{{- end -}}

{{/* The ports of the brokers, separated by commas. */}}
{{- define "hemlock.kafkaPorts" -}}
{{- $ports := list -}}
{{- range splitList "," .Values.kafka.bootstrapServers -}}
{{- $ports = append $ports (regexFind ":[0-9]+$" (trim .) | trimPrefix ":") -}}
{{- end -}}
{{- join "," (uniq $ports) -}}
{{- end -}}

{{/* Files that components mount besides their configuration, as a YAML map of names. Takes (dict "root" $ "c" component). */}}
{{- define "hemlock.files" -}}
{{- $values := .root.Values -}}
{{- with .c.secrets.tls }}
tls: {path: /etc/hemlock-tls, secret: {{ . }}}
{{- end }}
{{- with $values.tls.authoritiesSecret }}
authorities: {path: /etc/hemlock-authorities, secret: {{ . }}, items: [ca.crt]}
{{- end }}
{{- with $values.auth.keysConfigMap }}
issuer: {path: /etc/hemlock-issuer, configMap: {{ . }}}
{{- end }}
{{- $secret := required "auth.service.existingSecret is required: the Secret with what services show each other" .c.secrets.auth }}
{{- if not $values.auth.service.tokenUrl }}
token: {path: /etc/hemlock-token, secret: {{ $secret }}}
{{- end }}
{{- if eq .c.key "dataset" }}
{{- with .c.approvalKeysConfigMap }}
approval-keys: {path: /etc/hemlock-approval-keys, configMap: {{ . }}}
{{- end }}
{{- end }}
{{- end -}}
