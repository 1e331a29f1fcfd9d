# Berth: `make` lists the targets. Everything a target needs is installed by it: Node.js 24 and the npm
# packages into this folder, Debian packages when run as root.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# The one place that says which Node.js this is written with; version managers read it too.
NODE_VERSION := $(shell cat .nvmrc)
ARCH := $(shell uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
# Of the packages node-linux-ARCH of exactly this version: what else a registry or a mirror hands out is not unpacked.
NODE_SHA512_x64 := de750bb336795f47dc898a46d2de93add029273027f3e16520d3fa3a2317ed5f07aefa404cf37ddfa5352e545e389ae22d16b87bcc84a900580a72f23cd02ced
NODE_SHA512_arm64 := 1692513c4cf63afbd32df8c83a5346158f492cf30a825e66f9de2819804b836e242759a6bcdd5997f1cf2601781c3689e752127afd65d5c459fc333e91e5d6e6
SYSTEM_NODE := $(shell command -v node 2>/dev/null)
SYSTEM_MAJOR := $(shell node --version 2>/dev/null | sed 's/^v\([0-9]*\).*/\1/')

# The system's Node.js when it is new enough, else one of our own.
ifeq ($(shell [ "$(SYSTEM_MAJOR)" -ge 24 ] 2>/dev/null && echo yes),yes)
NODE := $(SYSTEM_NODE)
else
NODE := $(CURDIR)/.tools/node/bin/node
endif
export PATH := $(dir $(NODE)):$(CURDIR)/node_modules/.bin:$(PATH)

COMPILER := $(shell command -v $(CC))
PREFIX ?= /usr/local
CNI_BIN ?= /opt/cni/bin
IMAGE_ROOT ?= $(CURDIR)/build/image
SOURCES := $(shell find src -name '*.ts' ! -name '*.test.ts')

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

demo: packages build ## eight namespaces get real addresses; the daemon is killed and comes back (about a minute)
	@$(NODE) test/demo/main.ts

walkthrough: packages build ## do what README and docs say, and show it: NAME=statefulset and others (as root); lists them without
	@$(if $(filter-out start cluster topology bgp monitoring,$(NAME)),$(MAKE) --no-print-directory cluster-binaries)
	@$(NODE) test/walkthrough/main.ts $(NAME)

test: packages build check ## all tests: units, real plugins in namespaces, kill rounds, a real Kubernetes
	@rm -rf build/test
	@# Most tests wait more than they compute, so four parts go side by side. What only computes gives way to the others.
	@$(MAKE) --no-print-directory --keep-going --jobs=4 test-nodes test-control-planes test-machine test-simulated; \
	status=$$?; grep -HE '^(failed: |[0-9]+ passed, )' build/test/*.log; exit $$status

# System tests that only compute, those that need a Kubernetes, and which of these need its nodes: most of their time is kubelet's.
# With what needs an API server goes what needs several etcds. All others need this machine, or namespaces of it.
SIMULATED := test/sim/ test/mutation/
ON_NODES := $(foreach name,attachments cluster deploy examples fixed-addresses guides identities leaks spiderpool-guides teardown workloads,test/cluster/$(name).test.ts)
ON_KUBERNETES := test/cluster/ test/store-kubernetes/ test/attack/ test/migrate/engines test/migrate/peers
ON_ETCDS := test/members/ test/agents/ test/store-etcd/
without = $(foreach part,$(1),--exclude '$(part)**')
# One part: each line of its output begins with its name.
part = (set -o pipefail; mkdir -p build/test; { TIMEFORMAT='took %0R s, of which %0U s and %0S s in the kernel of processor time'; time $(2); } 2>&1 | tee build/test/$(1).log | sed -u 's/^/[$(1)] /')
system = $(call part,$(1),vitest run --project system $(2))
build_kubernetes = scripts/kubernetes-binaries.sh >/dev/null || [ $$? = 3 ]
# A build leaves the machine to those who test meanwhile.
kubernetes_binaries = [ "$$(id -u)" != 0 ] || { renice -n 10 $$$$ >/dev/null; $(build_kubernetes); }

# Two clusters at once: these wait the longest, and compute the least.
test-nodes: helm
	@$(kubernetes_binaries)
	@$(call system,nodes,--fileParallelism --maxWorkers 2 $(ON_NODES))

test-control-planes: newer-etcd
	@$(kubernetes_binaries)
	@$(call system,control-planes,$(ON_KUBERNETES) $(ON_ETCDS) $(call without,$(ON_NODES)))

test-machine: newer-etcd helm
	@$(call system,machine,$(call without,$(SIMULATED) $(ON_KUBERNETES) $(ON_ETCDS)))

test-simulated:
	@status=0; \
	$(call part,unit,vitest run --project unit --no-isolate --maxWorkers 100%) || status=1; \
	$(call part,simulated,nice -n 10 vitest run --project system $(SIMULATED)) || status=1; \
	exit $$status

unit: node_modules/.stamp build/native/.stamp ## every test that needs no root, no namespaces, no cluster; FILE=src/cni/args runs one
	@# Files share the modules of a worker: a third of the processor time.
	@vitest run --project unit --no-isolate --maxWorkers 100% $(FILE)

check: node_modules/.stamp ## types, lint, format, import direction, unused code
	@$(NODE) scripts/check-sources.ts
	@tsc --noEmit
	@biome ci --error-on-warnings --colors=off --max-diagnostics=20 .
	@knip --no-progress

format: node_modules/.stamp ## write the one format there is
	@biome check --write .

bench: packages build ## measure against peers run in the same command; prints ratios
	@$(NODE) --expose-gc bench/main.ts

bench-compare: node_modules/.stamp ## what changed since an earlier result: OLD=path/result.json
	@$(NODE) bench/compare-main.ts --old '$(OLD)'

soak: packages build ## kill rounds, then storms of faults, at length: ROUNDS=2000 STORM_SECONDS=300 SEED=1
	@$(NODE) test/chaos/main.ts --rounds $(or $(ROUNDS),2000) --storm-seconds $(or $(STORM_SECONDS),300) --seed $(or $(SEED),1)

ha: packages build ## a cluster of three under load, its leader killed again and again, cut off, wiped: SECONDS=600 SEED=1 (as root)
	@$(NODE) test/ha/main.ts --seconds $(or $(SECONDS),600) $(if $(SEED),--seed $(SEED))

attack: packages build cluster-binaries ## attack daemon, member and controller from a namespace; memory, and ADD under attack: TARGET=daemon (as root)
	@$(NODE) test/attack/main.ts $(if $(TARGET),--target $(TARGET))

fuzz: packages node_modules/.stamp ## random input to every way in, the C executable too: SECONDS=60 SEED=1 TARGET=grpc
	@$(NODE) test/fuzz/main.ts --seconds $(or $(SECONDS),60) --seed $(or $(SEED),1) $(if $(TARGET),--target $(TARGET))

sim: node_modules/.stamp ## the simulator: SEED=1 STEPS=10000000 (fresh seed without)
	@$(NODE) test/sim/main.ts $(if $(SEED),--seed $(SEED)) --steps $(or $(STEPS),10000000)

mutation-check: node_modules/.stamp ## plant faults; the simulator must find each: SEED=1 ONLY=text
	@$(NODE) test/mutation/main.ts --seed $(or $(SEED),1) --only '$(ONLY)'

mutation-record: node_modules/.stamp ## where the record of `make test` no longer leads to a planted fault, find it again and write it down: ONLY=text
	@$(NODE) test/mutation/main.ts --record --seed $(or $(SEED),1) --only '$(ONLY)'
	@$(NODE) scripts/generate-fault-table.ts

scale: node_modules/.stamp ## how costs grow with the cluster: data and plots into docs/scale
	@$(NODE) --max-old-space-size=16000 bench/scale.ts

cut-off: packages build cluster-binaries ## a node of a real cluster cut off for two minutes and healed: BERTH_CUT_SECONDS=120 (as root)
	@BERTH_CUT_SECONDS=$(or $(BERTH_CUT_SECONDS),120) vitest run --project system test/cluster/workloads.test.ts -t 'cut off'

leaks: packages build cluster-binaries ## attachments abandoned in every way on a real cluster, and when their addresses come back: COUNT=1000 (as root)
	@BERTH_LEAKS=$(or $(COUNT),1000) vitest run --project system test/cluster/leaks.test.ts

keep: packages build cluster-binaries ## twenty Pods of a StatefulSet restarted, moved, scaled, their nodes lost: SECONDS=600 SEED=1; pools that follow: ROUNDS=5 (as root)
	@BERTH_KEEP_SECONDS=$(or $(SECONDS),600) BERTH_ELASTIC_ROUNDS=$(or $(ROUNDS),5) BERTH_KEEP_PODS=20 BERTH_ELASTIC_PODS=30 $(if $(SEED),BERTH_KEEP_SEED=$(SEED)) \
	  vitest run --project system test/cluster/fixed-addresses.test.ts -t 'follow it from|ordinals stay for'

cluster-binaries: ## build Kubernetes for the test cluster (three minutes, once) unless KUBEBUILDER_ASSETS has it
	@$(build_kubernetes)

newer-etcd: ## fetch a newer etcd than the system's, to test with, unless BERTH_NEWER_ETCD is one
	@scripts/newer-etcd.sh >/dev/null || [ $$? = 3 ]

helm: ## fetch Helm 3 and 4, to test with, unless BERTH_HELM3 and BERTH_HELM4 are some
	@for major in 3 4; do scripts/helm.sh $$major >/dev/null || [ $$? = 3 ] || exit 1; done

cluster-up: packages build cluster-binaries ## a Kubernetes of two nodes on this machine, to try things (as root)
	@$(NODE) test/cluster/main.ts up

cluster-shell: node_modules/.stamp ## a shell with kubectl for the cluster that is up
	@$(NODE) test/cluster/main.ts shell

cluster-down: node_modules/.stamp ## end that cluster, and remove what killed tests left
	@$(NODE) test/cluster/main.ts down

build: build/main/.stamp build/native/.stamp bin/ipam-daemon bin/ipam-controller bin/cilium-ipam-controller bin/ipam-cli bin/ipam-plugin ## bundle the programs, compile the CNI executable, write launchers into bin/

install: build ## install into PREFIX (/usr/local) and CNI_BIN (/opt/cni/bin)
	umask 022 && mkdir -p $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(CNI_BIN)
	umask 022 && rm -rf $(DESTDIR)$(PREFIX)/lib/berth && mkdir -p $(DESTDIR)$(PREFIX)/lib/berth
	cp -R --parents build/main build/native proto $(DESTDIR)$(PREFIX)/lib/berth/
	$(NODE) scripts/install-packages.ts $(DESTDIR)$(PREFIX)/lib/berth
	install -m 755 $(NODE) $(DESTDIR)$(PREFIX)/lib/berth/node
	@# Whoever builds and installs under umask 077 keeps the programs to himself otherwise: the controller is no root.
	chmod -R u=rwX,go=rX $(DESTDIR)$(PREFIX)/lib/berth
	@umask 022; for name in ipam-daemon ipam-controller cilium-ipam-controller ipam-cli; do \
	  scripts/launcher.sh $$name $(PREFIX)/lib/berth/node $(PREFIX)/lib/berth /var/cache/berth >$(DESTDIR)$(PREFIX)/bin/$$name && \
	  chmod 755 $(DESTDIR)$(PREFIX)/bin/$$name || exit 1; done
	umask 022 && mkdir -p $(DESTDIR)$(PREFIX)/lib/systemd/system && sed 's,/usr/local/bin/,$(PREFIX)/bin/,' deploy/systemd/ipam-daemon.service \
	  >$(DESTDIR)$(PREFIX)/lib/systemd/system/ipam-daemon.service
	umask 022 && $(NODE) scripts/man-pages.ts $(DESTDIR)$(PREFIX)/share/man $$($(NODE) -p 'require("./package.json").version')
	umask 022 && mkdir -p $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions \
	  $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
	@umask 022; cli() { $(NODE) build/main/ipam-cli.js completion $$1; }; cd $(CURDIR) && \
	  cli bash >$(DESTDIR)$(PREFIX)/share/bash-completion/completions/ipam-cli && \
	  cli zsh >$(DESTDIR)$(PREFIX)/share/zsh/site-functions/_ipam-cli && \
	  cli fish >$(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/ipam-cli.fish
	@# kubectl's plugin "berth": the same program, and what may stand at the cursor (kubectl 1.26 and later).
	@umask 022; printf '#!/bin/sh\nBERTH_CLI_NAME="kubectl berth" exec %s/bin/ipam-cli "$$@"\n' $(PREFIX) >$(DESTDIR)$(PREFIX)/bin/kubectl-berth && \
	  printf '#!/bin/sh\nexec %s/bin/ipam-cli __complete --kubectl -- "$$@"\n' $(PREFIX) >$(DESTDIR)$(PREFIX)/bin/kubectl_complete-berth && \
	  chmod 755 $(DESTDIR)$(PREFIX)/bin/kubectl-berth $(DESTDIR)$(PREFIX)/bin/kubectl_complete-berth
	@if [ -x bin/.compiled ]; then install -m 755 bin/ipam-plugin bin/ipam-cni bin/cni-plugin $(DESTDIR)$(CNI_BIN)/; \
	if scripts/is-free.sh $(DESTDIR)$(CNI_BIN)/kube-ipam; then install -m 755 bin/kube-ipam $(DESTDIR)$(CNI_BIN)/; fi; \
	else umask 022; scripts/plugin-launchers.sh $(PREFIX)/lib/berth/node $(PREFIX)/lib/berth $(DESTDIR)$(CNI_BIN); fi

image: build/berth-image.tar ## a container image of all programs, made without a builder: build/berth-image.tar

build/berth-image.tar: build/main/.stamp bin/ipam-plugin Makefile package-lock.json scripts/launcher.sh scripts/make-image.ts scripts/image-archive.ts
	@$(MAKE) --no-print-directory image-root
	@$(NODE) scripts/make-image.ts $(IMAGE_ROOT) $@
	@rm -rf $(IMAGE_ROOT)

# What an image has of ours.
image-root: build
	@[ -x bin/.compiled ] || { echo "no C compiler: an image needs the compiled CNI executable"; exit 1; }
	@rm -rf $(IMAGE_ROOT)
	@$(MAKE) --no-print-directory install DESTDIR=$(IMAGE_ROOT) PREFIX=/usr/local CNI_BIN=/opt/cni/bin >/dev/null
	@umask 022; for name in install-cni apply-resources; do \
	  scripts/launcher.sh $$name /usr/local/lib/berth/node /usr/local/lib/berth /var/cache/berth >$(IMAGE_ROOT)/usr/local/bin/$$name && \
	  chmod 755 $(IMAGE_ROOT)/usr/local/bin/$$name || exit 1; done

VERSION := $(shell sed -n 's/^  "version": "\(.*\)",/\1/p' package.json)
# Debian's name of this machine's architecture, or of the other one (DEB_ARCH=arm64), for which there must be a cross compiler.
OWN_ARCH := $(ARCH:x64=amd64)
DEB_ARCH ?= $(OWN_ARCH)
DEB_OUT ?= $(CURDIR)/build
# Installs into the first, with the second as PREFIX, for the architecture that is the third.
define install_for
rm -rf $(1) && $(MAKE) --no-print-directory install DESTDIR=$(1) PREFIX=$(2) CNI_BIN=/opt/cni/bin >/dev/null
@[ $(3) = $(OWN_ARCH) ] || NODE=$(NODE) NODE_VERSION=$(NODE_VERSION) NODE_SHA512=$(NODE_SHA512_$(3:amd64=x64)) \
  scripts/other-architecture.sh $(1) $(2) /opt/cni/bin $(3)
endef

deb: build ## a Debian package: build/berth_VERSION_ARCH.deb; DEB_ARCH=arm64 for the other architecture
	@[ -x bin/.compiled ] || { echo "no C compiler: a package needs the compiled CNI executable"; exit 1; }
	@$(call install_for,$(CURDIR)/build/deb-$(DEB_ARCH),/usr,$(DEB_ARCH))
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct 2>/dev/null || echo 0) $(NODE) scripts/make-deb.ts build/deb-$(DEB_ARCH) \
	  $(DEB_OUT)/berth_$(VERSION)_$(DEB_ARCH).deb $(VERSION) $(DEB_ARCH)
	@rm -rf build/deb-$(DEB_ARCH)

KREW_ARCHES ?= $(OWN_ARCH)
# Where the archives will be found.
KREW_URL ?= file://$(CURDIR)/build
krew_archive = build/kubectl-berth_$(VERSION)_linux_$(1).tar.gz

krew: build ## kubectl's plugin "berth": a manifest for krew and its archives, KREW_ARCHES="amd64 arm64", KREW_URL=https://…
	@$(foreach arch,$(KREW_ARCHES),$(MAKE) --no-print-directory $(call krew_archive,$(arch)) KREW_ARCH=$(arch) &&) :
	@$(NODE) scripts/make-krew.ts build/berth.yaml $(VERSION) $(KREW_URL) $(foreach arch,$(KREW_ARCHES),$(call krew_archive,$(arch)))

build/kubectl-berth_%.tar.gz: build
	@$(call install_for,$(CURDIR)/build/krew-$(KREW_ARCH),/usr,$(KREW_ARCH))
	@printf '#!/bin/sh\nhere=$$(dirname "$$(readlink -f "$$0")")\nBERTH_CLI_NAME="kubectl berth" exec "$$here/node" "$$here/build/main/ipam-cli.js" "$$@"\n' \
	  >build/krew-$(KREW_ARCH)/usr/lib/berth/kubectl-berth && chmod 755 build/krew-$(KREW_ARCH)/usr/lib/berth/kubectl-berth
	@cp LICENSE build/krew-$(KREW_ARCH)/usr/lib/berth/
	@tar --create --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C build/krew-$(KREW_ARCH)/usr/lib/berth . | gzip -n >$@
	@rm -rf build/krew-$(KREW_ARCH)

release: build ## what a release hands out, with checksums: build/release-VERSION; RELEASE_ARCHES="amd64 arm64" RELEASE_URL=https://…
	@NODE=$(NODE) scripts/release.sh $(CURDIR)/build/release-$(VERSION) $(VERSION) $(or $(RELEASE_ARCHES),$(OWN_ARCH))

install-deps: packages node_modules/.stamp ## install Debian packages (as root), Node.js 24 and the npm packages

generate: node_modules/.stamp ## write src/api/generated from proto/ipam.proto, deploy/crds, docs/manifests.md, the tables of rooms, of settings and of planted faults, deploy/monitoring, the Helm chart
	@scripts/generate-types.sh src/api/generated
	@$(NODE) scripts/generate-crds.ts
	@$(NODE) scripts/generate-manifests-page.ts
	@$(NODE) scripts/generate-rooms.ts
	@$(NODE) scripts/generate-settings-tables.ts
	@$(NODE) scripts/generate-fault-table.ts
	@$(NODE) scripts/generate-monitoring.ts
	@$(NODE) scripts/generate-helm-chart.ts

clean: ## remove what was built and fetched
	rm -rf bin build coverage node_modules .tools

packages:
	@scripts/debian-packages.sh

# Launchers made for want of a compiler are replaced once there is one.
ifneq ($(COMPILER),)
ifeq ($(wildcard bin/.compiled),)
.PHONY: bin/ipam-plugin
endif
endif
bin/ipam-plugin: shim/berth-cni.c shim/kube-ipam.h shim/steps.h shim/Makefile src/main/cni-plugin.ts | node_modules/.stamp
	@[ -e bin/.compiled ] || rm -f bin/ipam-plugin bin/ipam-cni bin/cni-plugin bin/kube-ipam
	@if [ -n "$(COMPILER)" ]; then $(MAKE) -s -C shim OUT=$(CURDIR)/bin && ln -f bin/ipam-plugin bin/.compiled; \
	else scripts/plugin-launchers.sh "$(NODE)" $(CURDIR) bin; fi

build/main/.stamp: $(SOURCES) package.json rolldown.config.ts node_modules/.stamp
	@rolldown -c rolldown.config.ts >/dev/null
	@touch $@

# Without a compiler the daemon cannot ask who calls on its Unix socket, and lets only its owner connect; and it locks its
# data by the program flock.
build/native/.stamp: $(wildcard native/*.c) $(if $(COMPILER),,Makefile) | node_modules/.stamp
	@mkdir -p build/native
	@[ -z "$(COMPILER)" ] || for file in native/*.c; do \
	  $(CC) -shared -fPIC -O2 -Wall -Wextra -Werror -std=gnu11 -I node_modules/node-api-headers/include \
	  -o build/native/$$(basename $$file .c).node $$file || exit 1; done
	@touch $@

bin/ipam-daemon bin/ipam-controller bin/cilium-ipam-controller bin/ipam-cli: scripts/launcher.sh Makefile | $(NODE)
	@mkdir -p bin
	@scripts/launcher.sh $(@F) $(NODE) $(CURDIR) $(CURDIR)/build/compile-cache >$@
	@chmod 755 $@

node_modules/.stamp: package.json package-lock.json | $(NODE)
	@command -v npm >/dev/null || { echo "npm is missing: install it (Debian: apt-get install npm)"; exit 1; }
	@# Not `npm ci`: it refuses a lock file without the optional packages of other platforms, which some mirrors lack.
	@npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

$(CURDIR)/.tools/node/bin/node:
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js with npm (Debian: apt-get install npm), any version"; exit 1; }
	@echo "fetching Node.js $(NODE_VERSION) (the system has $(or $(SYSTEM_MAJOR),none))"
	@rm -rf .tools/node .tools/fetch && mkdir -p .tools/fetch
	@[ -n "$(NODE_SHA512_$(ARCH))" ] || { echo "no Node.js is known for $(ARCH): install version 24 or newer"; exit 1; }
	@cd .tools/fetch && npm pack --silent --loglevel=error node-linux-$(ARCH)@$(NODE_VERSION) >/dev/null && mv *.tgz node.tgz
	@cd .tools/fetch && echo "$(NODE_SHA512_$(ARCH))  node.tgz" | sha512sum --check --status || { \
	  rm -rf $(CURDIR)/.tools/fetch; echo "node-linux-$(ARCH)@$(NODE_VERSION) is not the package whose SHA-512 is in the Makefile: not used"; exit 1; }
	@cd .tools/fetch && tar xzf node.tgz
	@mv .tools/fetch/package .tools/node && rm -rf .tools/fetch
	@.tools/node/bin/node --version

.PHONY: help demo test test-nodes test-control-planes test-machine test-simulated unit check format cluster-binaries newer-etcd helm cluster-up cut-off leaks keep cluster-shell cluster-down bench bench-compare scale sim mutation-check mutation-record soak ha attack fuzz build install image image-root deb krew release install-deps generate clean packages
