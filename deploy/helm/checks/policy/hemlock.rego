# What every workload of the chart keeps to, whatever values it is given.
package main

pods contains {"name": input.metadata.name, "spec": input.spec} if input.kind == "Pod"

pods contains {"name": input.metadata.name, "spec": input.spec.template.spec} if {
	input.kind in {"Deployment", "StatefulSet", "DaemonSet", "Job"}
}

containers contains {"name": pod.name, "container": container} if {
	some pod in pods
	some container in array.concat(pod.spec.containers, object.get(pod.spec, "initContainers", []))
}

deny contains msg if {
	input.kind in {"Secret", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}
	msg := sprintf("%s %s: the chart makes no secrets and asks for no rights", [input.kind, input.metadata.name])
}

deny contains msg if {
	some pod in pods
	some key in {"hostNetwork", "hostPID", "hostIPC"}
	object.get(pod.spec, key, false)
	msg := sprintf("%s: %s shares the host's namespaces", [pod.name, key])
}

deny contains msg if {
	some pod in pods
	some volume in object.get(pod.spec, "volumes", [])
	some kind in (object.keys(volume) - {"name"})
	not kind in {"emptyDir", "configMap", "secret"}
	msg := sprintf("%s: volume %s is a %s", [pod.name, volume.name, kind])
}

deny contains msg if {
	some pod in pods
	some volume in object.get(pod.spec, "volumes", [])
	volume.emptyDir
	not volume.emptyDir.sizeLimit
	msg := sprintf("%s: volume %s has no size limit", [pod.name, volume.name])
}

deny contains msg if {
	some pod in pods
	object.get(pod.spec, "automountServiceAccountToken", true) != false
	msg := sprintf("%s: a service account token is mounted", [pod.name])
}

deny contains msg if {
	some pod in pods
	not pod.spec.securityContext.runAsNonRoot == true
	msg := sprintf("%s: may run as root", [pod.name])
}

deny contains msg if {
	some pod in pods
	not pod.spec.securityContext.runAsUser >= 1000
	msg := sprintf("%s: has a user id of the system's", [pod.name])
}

deny contains msg if {
	some pod in pods
	not pod.spec.securityContext.seccompProfile.type == "RuntimeDefault"
	msg := sprintf("%s: no seccomp profile", [pod.name])
}

deny contains msg if {
	input.kind == "Deployment"
	not input.spec.template.spec.terminationGracePeriodSeconds >= 45
	msg := sprintf("%s: has less than 45 s to save its work and end", [input.metadata.name])
}

deny contains msg if {
	some each in containers
	not each.container.securityContext.readOnlyRootFilesystem == true
	msg := sprintf("%s: the root file system is writable", [each.name])
}

deny contains msg if {
	some each in containers
	not each.container.securityContext.allowPrivilegeEscalation == false
	msg := sprintf("%s: privileges can be escalated", [each.name])
}

deny contains msg if {
	some each in containers
	not each.container.securityContext.capabilities.drop == ["ALL"]
	msg := sprintf("%s: capabilities are not dropped", [each.name])
}

deny contains msg if {
	some each in containers
	object.get(each.container.securityContext.capabilities, "add", []) != []
	msg := sprintf("%s: capabilities are added", [each.name])
}

deny contains msg if {
	some each in containers
	not regex.match(`(:[^:/@]+|@sha256:[0-9a-f]{64})$`, each.container.image)
	msg := sprintf("%s: image %s has no version", [each.name, each.container.image])
}

deny contains msg if {
	some each in containers
	endswith(each.container.image, ":latest")
	msg := sprintf("%s: image %s is whatever was latest", [each.name, each.container.image])
}

deny contains msg if {
	some each in containers
	some variable in object.get(each.container, "env", [])
	regex.match(`(?i)(password|secret|access_key|token|credential)`, variable.name)
	not endswith(variable.name, "_FILE")
	not variable.valueFrom.secretKeyRef
	msg := sprintf("%s: %s is written down instead of read from a Secret", [each.name, variable.name])
}

deny contains msg if {
	some each in containers
	some kind in {"memory", "ephemeral-storage"}
	not each.container.resources.limits[kind]
	msg := sprintf("%s: no limit on %s", [each.name, kind])
}

deny contains msg if {
	input.kind == "Deployment"
	some container in input.spec.template.spec.containers
	some probe in {"startupProbe", "livenessProbe", "readinessProbe"}
	not container[probe]
	msg := sprintf("%s: no %s", [input.metadata.name, probe])
}

deny contains msg if {
	input.kind == "ServiceAccount"
	not input.automountServiceAccountToken == false
	msg := sprintf("%s: its token is mounted", [input.metadata.name])
}
