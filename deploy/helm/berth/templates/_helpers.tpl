{{/* The image of all programs. A digest counts before a tag. */}}
{{- define "berth.image" -}}
{{- with .Values.image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{ .Values.image.repository }}
{{- if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end -}}
{{- end }}

{{/* ipam-controller */}}

{{- define "berth.controller.podAnnotations" -}}
{{- with .Values.controller.podAnnotations }}{{ toYaml . }}
{{ end }}
{{- with .Values.controller.config }}berth.network/config: {{ toYaml . | sha256sum }}{{ end }}
{{- end }}

{{- define "berth.controller.args" -}}
{{- if .Values.controller.config }}
- --config=/etc/ipam/config.yaml
{{- end }}
{{- if ne (int .Values.controller.ports.metrics) 2113 }}
- --metrics-addr=0.0.0.0:{{ .Values.controller.ports.metrics }}
{{- end }}
{{- if ne (int .Values.webhook.port) 9443 }}
- --webhook-addr=0.0.0.0:{{ .Values.webhook.port }}
{{- end }}
{{- if ne .Values.webhook.tls.source "own" }}
- --webhook-cert-dir=/etc/ipam-webhook
{{- end }}
{{- end }}

{{- define "berth.controller.volumeMounts" -}}
{{- if .Values.controller.config }}
- name: config
  mountPath: /etc/ipam
  readOnly: true
{{- end }}
{{- if ne .Values.webhook.tls.source "own" }}
- name: webhook-tls
  mountPath: /etc/ipam-webhook
  readOnly: true
{{- end }}
{{- end }}

{{- define "berth.controller.volumes" -}}
{{- if .Values.controller.config }}
- name: config
  configMap:
    name: ipam-controller
{{- end }}
{{- if ne .Values.webhook.tls.source "own" }}
- name: webhook-tls
  secret:
    secretName: {{ include "berth.webhook.secretName" . }}
{{- end }}
{{- end }}

{{/* The Secret of the webhook's certificate, where the controllers do not make it. */}}
{{- define "berth.webhook.secretName" -}}
{{ .Values.webhook.tls.secretName | default "berth-webhook-given" }}
{{- end }}

{{/* ipam-daemon */}}

{{- define "berth.daemon.podAnnotations" -}}
{{- with .Values.daemon.podAnnotations }}{{ toYaml . }}
{{ end }}
{{- with .Values.daemon.config }}berth.network/config: {{ toYaml . | sha256sum }}{{ end }}
{{- end }}

{{- define "berth.daemon.issuer" -}}
{{- if and (eq .Values.engine "kubernetes") (eq .Values.daemon.tls.issuer "kubernetes") }}- --tls-issuer=kubernetes{{ end }}
{{- end }}

{{- define "berth.daemon.args" -}}
{{- if .Values.daemon.config }}
- --config=/etc/ipam/config.yaml
{{- end }}
{{- if ne (int .Values.daemon.ports.metrics) 2112 }}
- --metrics-addr=0.0.0.0:{{ .Values.daemon.ports.metrics }}
{{- end }}
{{- if eq .Values.engine "etcd" }}
- --etcd-endpoints={{ join "," .Values.etcd.endpoints }}
{{- with .Values.etcd.prefix }}
- --etcd-prefix={{ . }}
{{- end }}
{{- if .Values.etcd.secretName }}
- --etcd-ca-file=/etc/ipam-etcd/ca.crt
{{- if not .Values.etcd.authorityOnly }}
- --etcd-cert-file=/etc/ipam-etcd/tls.crt
- --etcd-key-file=/etc/ipam-etcd/tls.key
{{- end }}
{{- end }}
{{- if .Values.etcd.kubeconfigSecretName }}
- --kubeconfig=/etc/ipam-kubeconfig/kubeconfig
{{- end }}
{{- end }}
{{- end }}

{{- define "berth.daemon.volumeMounts" -}}
{{- if .Values.daemon.config }}
- name: config
  mountPath: /etc/ipam
  readOnly: true
{{- end }}
{{- if eq .Values.engine "etcd" }}
{{- if .Values.etcd.secretName }}
- name: etcd-tls
  mountPath: /etc/ipam-etcd
  readOnly: true
{{- end }}
{{- if .Values.etcd.kubeconfigSecretName }}
- name: kubeconfig
  mountPath: /etc/ipam-kubeconfig
  readOnly: true
{{- end }}
{{- end }}
{{- end }}

{{- define "berth.daemon.volumes" -}}
{{- if .Values.daemon.config }}
- name: config
  configMap:
    name: ipam-daemon
{{- end }}
{{- if eq .Values.engine "etcd" }}
{{- with .Values.etcd.secretName }}
- name: etcd-tls
  secret:
    secretName: {{ . }}
{{- end }}
{{- with .Values.etcd.kubeconfigSecretName }}
- name: kubeconfig
  secret:
    secretName: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{/* Does the daemon enter the network namespaces of Pods? Its configuration may ask for what needs it. */}}
{{- define "berth.daemon.entersNamespaces" -}}
{{- $conflicts := .Values.daemon.config.conflicts | default dict }}
{{- $asked := or (ne ($conflicts.detection | default "none") "none") (ne ($conflicts.gateway | default "none") "none") }}
{{- if or .Values.daemon.entersNetworkNamespaces $asked }}yes{{ end }}
{{- end }}

{{- define "berth.daemon.capabilities" -}}
{{- if include "berth.daemon.entersNamespaces" . }}add: [SYS_ADMIN, NET_ADMIN, NET_RAW]{{ end }}
{{- end }}

{{/* Namespaces that are made while the daemon runs: without, it sees a file of each that cannot be entered. */}}
{{- define "berth.daemon.mountPropagation" -}}
{{- if include "berth.daemon.entersNamespaces" . }}mountPropagation: HostToContainer{{ end }}
{{- end }}

{{/* What no schema can say: values that do not go together. */}}
{{- define "berth.check" -}}
{{- $tls := .Values.webhook.tls }}
{{- $resources := or .Values.pools .Values.subnets .Values.reservedIPs }}
{{- if eq .Values.engine "etcd" }}
{{- if not .Values.etcd.endpoints }}{{ fail "etcd.endpoints: name the members of the etcd where state is to be" }}{{ end }}
{{- if $resources }}{{ fail "pools, subnets, reservedIPs: with engine etcd they are not in the API server; write them with ipam-cli apply" }}{{ end }}
{{- else }}
{{- if and (eq $tls.source "provided") (not $tls.secretName) (not (and $tls.certificate $tls.key $tls.ca)) }}
{{- fail "webhook.tls: with source provided name a Secret in secretName, or give certificate, key and ca" }}
{{- end }}
{{- if and (ne $tls.source "provided") (or $tls.certificate $tls.key $tls.ca) }}
{{- fail (printf "webhook.tls: certificate, key and ca are for source provided, and source is %s" $tls.source) }}
{{- end }}
{{- if and $resources (not (int .Values.controller.replicas)) }}
{{- fail "pools, subnets, reservedIPs: without a controller no webhook judges them; leave them out, or set controller.replicas" }}
{{- end }}
{{- end }}
{{- end }}
