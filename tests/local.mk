# SPDX-License-Identifier: LGPL-2.1-or-later
# The tests of `make check`, and the longer ones that are targets of their own.

UNIT_TESTS = \
	tests/payload/test-recognise \
	tests/payload/test-rewrite \
	tests/libvirt/test-virt \
	tests/libvirt/test-attach \
	tests/libvirt/test-update \
	tests/libvirt/test-agent \
	tests/libvirt/test-api \
	tests/libvirt/test-qemu-user \
	tests/domain/test-xml-scan \
	tests/domain/test-domain \
	tests/domain/test-hotplug \
	tests/domain/test-place \
	tests/domain/test-target \
	tests/domain/test-image-name \
	tests/domain/test-front-search \
	tests/domain/test-xml-edit \
	tests/domain/test-xml-node \
	tests/spec/test-check \
	tests/spec/test-xml \
	tests/spec/test-subnet \
	tests/spec/test-vocabulary \
	tests/spec/test-ovirt \
	tests/image/test-image \
	tests/image/test-iso \
	tests/image/test-read \
	tests/image/test-read-iso \
	tests/image/test-read-vfat \
	tests/image/test-vfat \
	tests/base/test-io \
	tests/image/test-tree \
	tests/image/test-vfat-directory \
	tests/image/test-read-walk \
	tests/image/test-iso-record \
	tests/image/test-iso-hierarchy \
	tests/image/test-iso-name \
	tests/image/test-node \
	tests/payload/test-drive \
	tests/payload/test-misplaced \
	tests/payload/test-own-disk \
	tests/payload/test-owner \
	tests/payload/test-payload \
	tests/payload/test-plugged \
	tests/payload/test-profile \
	tests/payload/test-secret-store \
	tests/payload/test-seed \
	tests/payload/test-start \
	tests/payload/test-store \
	tests/payload/test-stray \
	tests/payload/test-conf \
	tests/base/test-yaml-writer \
	tests/base/test-yaml-map \
	tests/base/test-yaml-text \
	tests/base/test-json-text \
	tests/base/test-hash \
	tests/base/test-mime \
	tests/render/test-password \
	tests/render/test-access \
	tests/render/test-cloud-config \
	tests/render/test-meta-data \
	tests/render/test-network \
	tests/render/test-mime \
	tests/render/test-sysprep \
	tests/render/test-raw \
	tests/render/test-render \
	tests/render/test-write-file \
	tests/render/test-cloud-config-users \
	tests/render/test-network-data-json \
	tests/render/test-network-config \
	tests/render/test-network-config-2 \
	tests/render/test-sysprep-template \
	tests/render/test-sysprep-values \
	tests/render/test-cloud-config-system \
	tests/render/test-data \
	tests/payload/test-reference \
	tests/payload/test-secrets \
	tests/hook/test-confine \
	tests/hook/test-handover \
	tests/hook/test-hook \
	tests/hook/test-main \
	tests/hook/test-resumed \
	tests/base/test-error \
	tests/base/test-escape \
	tests/base/test-suggest \
	tests/base/test-mime-header \
	tests/base/test-json-grammar \
	tests/base/test-base64 \
	tests/base/test-number \
	tests/base/test-yaml-parser \
	tests/command/test-command \
	tests/command/test-sweep \
	tests/command/test-attach \
	tests/command/test-health \
	tests/command/test-update \
	tests/command/test-this-host \
	tests/command/test-detach \
	tests/command/test-wait \
	tests/command/test-ssh \
	tests/command/test-address \
	tests/command/test-probe \
	tests/command/test-import-fields \
	tests/command/test-import-meaning \
	tests/command/test-import-meta-data \
	tests/command/test-import-network-links \
	tests/command/test-import-seed \
	tests/command/test-import-user-data \
	tests/command/test-doctor-profiles \
	tests/command/test-edit-file \
	tests/command/test-render-seed \
	tests/command/test-seed-directory \
	tests/command/test-set-cloud-config \
	tests/command/test-list \
	tests/command/test-definition \
	tests/command/test-set-data \
	tests/command/test-set-user \
	tests/command/test-unset \
	tests/view/test-mask \
	tests/view/test-mask-name \
	tests/view/test-mask-text \
	tests/view/test-mask-tree \
	tests/view/test-contents \
	tests/view/test-mask-xml \
	tests/view/test-canaries \
	tests/spec/test-field \
	tests/libvirt/test-cloud-init-status \
	tests/libvirt/test-hook-file \
	tests/libvirt/test-host \
	tests/view/test-line-diff \
	tests/view/test-table \
	tests/view/test-output \
	tests/view/test-input \
	tests/view/test-hunks \
	tests/view/test-diagnose \
	tests/view/test-diagnose-guest \
	tests/view/test-diagnose-network \
	tests/view/test-shown \
	tests/view/test-diagnose-place \
	tests/view/test-xml-piece \
	tests/view/test-prompt \
	tests/view/test-diagnose-line \
	tests/view/test-diagnose-unwise \
	tests/view/test-mask-yaml \
	tests/view/test-mask-mime \
	tests/view/test-mask-command \
	tests/view/test-mask-json \
	tests/view/test-mask-edit \
	tests/view/test-term \
	$(NULL)
SHELL_TESTS = \
	tests/test-conformance.py \
	tests/test-cloudbase-init.py \
	tests/test-matrix.py \
	tests/test-random-specs.py \
	tests/test-mime-python.py \
	tests/test-growth.py \
	tests/test-help.sh \
	tests/test-main.sh \
	tests/test-completion.sh \
	tests/test-messages.sh \
	tests/test-options.sh \
	tests/test-render.sh \
	tests/test-before-removal.sh \
	tests/test-bytes.sh \
	tests/test-dump.sh \
	tests/test-set.sh \
	tests/test-unset.sh \
	tests/test-show.sh \
	tests/test-edit.sh \
	tests/test-validate.sh \
	tests/test-import.py \
	tests/test-import.sh \
	tests/test-golden.sh \
	tests/test-json.sh \
	tests/test-libvirtd-import.sh \
	tests/test-libvirtd-profile.sh \
	tests/test-profile.sh \
	tests/test-ssh.sh \
	tests/test-template.sh \
	tests/test-libvirtd-ssh.sh \
	tests/test-list.sh \
	tests/test-diff.sh \
	tests/test-libvirtd-set.sh \
	tests/test-libvirtd-update.sh \
	tests/test-libvirtd-wait.sh \
	tests/test-lint.sh \
	tests/test-checks.sh \
	tests/test-long-checks.sh \
	tests/test-check-faults.py \
	tests/test-man.sh \
	tests/test-examples.sh \
	tests/test-confinement.sh \
	tests/test-valgrind.sh \
	tests/test-libvirtd-situations.sh \
	tests/test-libvirtd-start.sh \
	tests/test-libvirtd-ansible.sh \
	tests/test-libvirtd-attach.sh \
	tests/test-libvirtd-boot.sh \
	tests/test-libvirtd-canaries.sh \
	tests/test-libvirtd-clone.sh \
	tests/test-libvirtd-ovirt.sh \
	tests/test-libvirtd-owner.sh \
	tests/test-libvirtd-save.sh \
	tests/test-libvirtd-life.sh \
	tests/test-libvirtd-cycles.sh \
	tests/test-libvirtd-handover.sh \
	tests/test-libvirtd-migrate.sh \
	tests/test-libvirtd-session.sh \
	tests/test-libvirtd-hook-file.sh \
	tests/test-libvirtd-hooks.sh \
	tests/test-libvirtd-kubevirt.sh \
	tests/test-libvirtd-removal.sh \
	tests/test-libvirtd-systemd.sh \
	tests/test-libvirtd-ten.sh \
	tests/test-doc.sh \
	tests/test-layout.py \
	tests/test-vdsm.sh \
	tests/test-kubevirt.sh \
	tests/test-image-iso-readers.sh \
	tests/test-image-vfat-readers.sh \
	tests/test-image-kernel.sh \
	tests/test-kernel-fetch.sh \
	tests/test-install.sh \
	tests/test-hook.sh \
	tests/test-hardening.sh \
	tests/test-command-cost.sh \
	tests/test-hook-cost.sh \
	tests/test-threats.sh \
	tests/test-faults.sh \
	tests/test-fuzz.sh \
	tests/test-private-libvirtd.sh \
	tests/test-demo.sh \
	tests/test-scripts.sh \
	tests/test-guest.sh \
	tests/test-readme.sh \
	tests/test-image-read-foreign.sh \
	tests/test-host.sh \
	$(NULL)

# Each is tests/fuzz/fuzz-NAME.c with its inputs in tests/fuzz/corpus/NAME: `make check` runs those,
# `make fuzz` looks for more.
FUZZ_TARGETS = \
	tests/fuzz/fuzz-domain \
	tests/fuzz/fuzz-rewrite \
	tests/fuzz/fuzz-mime \
	tests/fuzz/fuzz-image-write \
	tests/fuzz/fuzz-image-read \
	tests/fuzz/fuzz-mask \
	tests/fuzz/fuzz-canary \
	tests/fuzz/fuzz-conf \
	tests/fuzz/fuzz-front \
	$(NULL)

check_PROGRAMS += $(UNIT_TESTS) $(FUZZ_TARGETS)
# Tools of the shell tests.
check_PROGRAMS += \
	tests/conformance/mime-parts \
	tests/conformance/render-tree \
	tests/canary-elements \
	tests/image-to-tree \
	tests/tree-to-image \
	tests/bench/empty \
	$(NULL)
dist_check_SCRIPTS += $(SHELL_TESTS)
TESTS = $(UNIT_TESTS) $(FUZZ_TARGETS) $(SHELL_TESTS)
noinst_HEADERS = \
	tests/cputime.h \
	tests/canary-document.h \
	tests/canary-element.h \
	tests/command/golden-cases.h \
	tests/command/import-case.h \
	tests/command/seed-tree.h \
	tests/command/set-case.h \
	tests/golden.h \
	tests/hook/without-systemd.h \
	tests/parse-domain.h \
	tests/capture.h \
	tests/libvirt/fake-command.h \
	tests/libvirt/fake-libvirt.h \
	tests/read-spec.h \
	tests/remove-tree.h \
	tests/render/cloud-config-part.h \
	tests/render/plan-network.h \
	tests/specs.h \
	tests/trees.h \
	tests/view/advice.h \
	$(NULL)
EXTRA_DIST += \
	.clang-format \
	.clang-tidy \
	tests/check-claims \
	tests/check-english \
	tests/check-headers \
	tests/english.txt \
	.shellcheckrc \
	tests/null.clang-query \
	bootstrap \
	tests/data \
	tests/test-threats.py \
	tests/check-faults.py \
	tests/demo \
	tests/lib/testnode.sh \
	tests/conformance/asked.py \
	tests/conformance/became.py \
	tests/conformance/cases.py \
	tests/conformance/definition.py \
	tests/conformance/guest.py \
	tests/conformance/links.py \
	tests/conformance/machine.py \
	tests/conformance/random_specs.py \
	tests/conformance/renderers.py \
	tests/conformance/tap.py \
	tests/conformance/told.py \
	tests/conformance/world.py \
	tests/fuzz/corpus \
	tests/fuzz/conf.dict \
	tests/fuzz/domain.dict \
	tests/fuzz/front.dict \
	tests/fuzz/mask.dict \
	tests/fuzz/mime.dict \
	tests/fuzz/rewrite.dict \
	tests/guest/agent \
	tests/guest/build-cloud-init \
	tests/guest/build-debian-guest \
	tests/guest/build-demo-guest \
	tests/guest/init \
	tests/lib \
	$(NULL)

# What the tests of the whole run: virt-payload as `make install` puts it.
check_DATA = tests/stage.stamp
tests/stage.stamp: $(sbin_PROGRAMS) $(pkglib_LTLIBRARIES) hooks/install-hook
	$(AM_V_GEN)rm -rf tests/stage && \
	$(MAKE) $(AM_MAKEFLAGS) install DESTDIR='$(abs_builddir)/tests/stage' >$@.tmp && mv $@.tmp $@
CLEANFILES += tests/stage.stamp

# What the host's /etc holds before each run of tests, for the one that comes after all others.
check_DATA += tests/host-etc.before
tests/host-etc.before: host-etc-now
	$(AM_V_GEN)'$(srcdir)/tests/lib/host-etc' >$@
.PHONY: host-etc-now
# by way of a variable: automake would leave out its own rule for the test
last_log = tests/test-host.sh.log
$(last_log): $(filter-out $(last_log),$(TEST_LOGS))
CLEANFILES += tests/host-etc.before

# README's two commands on bare systems, SUITES="trixie sid" or three: half an hour each.
EXTRA_DIST += tests/check-suites
check-suites:
	'$(srcdir)/tests/check-suites' $(SUITES)
.PHONY: check-suites
clean-local: clean-fuzz clean-sanitizers
	rm -rf tests/stage

# Every case in real guests, CASES="first-run users" or all, GUESTS_TIME=8m of them or all: hours.
EXTRA_DIST += \
	tests/check-guests \
	tests/guest/cases.sh \
	tests/guest/rows \
	$(NULL)
# Everything that cloud-init's own code and independent readers say of payloads; `make check` takes fewer
# random specs.
check-conformance: tests/conformance/render-tree
	$(AM_TESTS_ENVIRONMENT) '$(srcdir)/tests/test-conformance.py'
	$(AM_TESTS_ENVIRONMENT) VP_RANDOM_SPECS=10000 '$(srcdir)/tests/test-random-specs.py'
.PHONY: check-conformance

check-guests: all $(check_DATA)
	$(AM_TESTS_ENVIRONMENT) GUESTS_TIME='$(GUESTS_TIME)' '$(srcdir)/tests/check-guests' $(CASES)
.PHONY: check-guests

# The Debian package by dpkg's own hands.
EXTRA_DIST += tests/check-package
check-package:
	$(AM_TESTS_ENVIRONMENT) '$(srcdir)/tests/check-package'
.PHONY: check-package

# The RPM package by rpmbuild, Debian's as well.
EXTRA_DIST += tests/check-rpm
check-rpm: all
	$(AM_TESTS_ENVIRONMENT) '$(srcdir)/tests/check-rpm'
.PHONY: check-rpm

# A guest's life over and over, two seconds and more each; `make check` takes ten.
CYCLES = 1000
check-cycles: all $(check_DATA)
	$(AM_TESTS_ENVIRONMENT) VP_CYCLES='$(CYCLES)' '$(srcdir)/tests/test-libvirtd-cycles.sh'
.PHONY: check-cycles

tests_bench_empty_LDADD =

# What hook and command cost beside their floors and peers: some minutes, on a machine that does nothing else.
EXTRA_PROGRAMS = tests/bench/spawn tests/bench/libraries
CLEANFILES += $(EXTRA_PROGRAMS) $(EXTRA_LTLIBRARIES) tests/bench/hook.json tests/bench/hook.svg tests/bench/command.json \
	tests/bench/storm.json
tests_bench_spawn_LDADD =
EXTRA_LTLIBRARIES = tests/bench/unconfined.la
tests_bench_unconfined_la_SOURCES = tests/bench/unconfined.c
tests_bench_unconfined_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
tests_bench_libraries_SOURCES = tests/bench/empty.c
tests_bench_libraries_CFLAGS = $(VP_CFLAGS)
tests_bench_libraries_LDADD = $(GLIB_LIBS) $(LIBXML_LIBS) $(LIBYAML_LIBS) $(JSONC_LIBS) $(LIBCRYPT_LIBS)
tests_bench_libraries_LDFLAGS = -Wl,--no-as-needed
EXTRA_DIST += \
	tests/bench/bench \
	tests/bench/bench-command.py \
	tests/bench/bench-hook.py \
	tests/bench/bench-storm.py \
	tests/bench/figures.py \
	tests/bench/plot.py \
	$(NULL)
bench: tests/stage.stamp tests/bench/empty tests/bench/spawn tests/bench/libraries tests/bench/unconfined.la
	$(AM_TESTS_ENVIRONMENT) '$(srcdir)/tests/bench/bench' hook
	$(AM_TESTS_ENVIRONMENT) '$(srcdir)/tests/bench/bench' command
	$(AM_TESTS_ENVIRONMENT) '$(srcdir)/tests/bench/bench' storm
.PHONY: bench

tests_hook_test_hook_SOURCES = tests/hook/test-hook.c src/hook/front.c

# with a command of its own
tests_hook_test_handover_SOURCES = tests/hook/test-handover.c src/hook/handover.c
tests_hook_test_handover_CPPFLAGS = $(AM_CPPFLAGS) -UVP_SBINDIR -DVP_SBINDIR='"$(abs_builddir)/tests/hook/handover"'
# with a host of its own
tests_hook_test_main_SOURCES = tests/hook/test-main.c src/hook/main.c src/hook/handover.c
tests_hook_test_main_CPPFLAGS = $(AM_CPPFLAGS) -UVP_SBINDIR -DVP_SBINDIR='"$(abs_builddir)/tests/hook/main"' \
	-UVP_SYSCONFDIR -DVP_SYSCONFDIR='"$(abs_builddir)/tests/hook/main"'

# What an allocation that fails does; the rpath makes libtool build a shared object that is not installed.
check_LTLIBRARIES += tests/failing-malloc.la
tests_failing_malloc_la_SOURCES = tests/failing-malloc.c
tests_failing_malloc_la_CFLAGS = $(VP_CFLAGS)
tests_failing_malloc_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
check_LTLIBRARIES += tests/freed-text.la
tests_freed_text_la_SOURCES = tests/freed-text.c
tests_freed_text_la_CFLAGS = $(VP_CFLAGS)
tests_freed_text_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere

# Ten thousand documents with planted secrets: a minute.
check-canaries: tests/view/test-canaries
	VP_CANARIES=10000 $(builddir)/tests/view/test-canaries --verbose
.PHONY: check-canaries

# Every system call, errno, allocation and instant: some minutes.
check-faults: tests/stage.stamp $(check_LTLIBRARIES)
	$(AM_TESTS_ENVIRONMENT) VP_FAULTS=all '$(srcdir)/tests/test-faults.sh'
.PHONY: check-faults
# main of a test that has none
check_LTLIBRARIES += tests/fuzz/libfuzz.la
tests_fuzz_libfuzz_la_SOURCES = \
	tests/fuzz/fuzz.h \
	tests/fuzz/run-corpus.c \
	$(NULL)
tests_fuzz_libfuzz_la_LIBADD = $(GLIB_LIBS)

LDADD = libvp.la tests/fuzz/libfuzz.la
tests_image_test_iso_SOURCES = tests/image/test-iso.c tests/image-drive.c tests/image-drive.h
tests_image_test_vfat_SOURCES = tests/image/test-vfat.c tests/image-drive.c tests/image-drive.h
tests_image_test_read_SOURCES = tests/image/test-read.c tests/image-drive.c tests/image-drive.h
tests_image_test_read_iso_SOURCES = tests/image/test-read-iso.c tests/image-drive.c tests/image-drive.h
tests_image_test_read_vfat_SOURCES = tests/image/test-read-vfat.c tests/image-drive.c tests/image-drive.h

tests_libvirt_test_virt_SOURCES = \
	tests/libvirt/test-virt.c \
	src/libvirt/api.c \
	src/libvirt/virt.c \
	$(NULL)
tests_libvirt_test_virt_CFLAGS = $(AM_CFLAGS) $(LIBVIRT_CFLAGS)
tests_libvirt_test_virt_LDADD = libvp.la $(DL_LIBS) $(LIBVIRT_LIBS)
# libvirt as the tests' own table: tests/libvirt/fake-libvirt.h in the place of api.c
FAKE_LIBVIRT = tests/libvirt/fake-libvirt.h src/libvirt/virt.c
FAKE_LIBVIRT_CFLAGS = $(AM_CFLAGS) $(LIBVIRT_CFLAGS)
FAKE_LIBVIRT_LDADD = libvpcommand.la $(LIBVIRT_LIBS)
tests_libvirt_test_attach_SOURCES = tests/libvirt/test-attach.c src/libvirt/attach.c $(FAKE_LIBVIRT)
tests_libvirt_test_attach_CFLAGS = $(FAKE_LIBVIRT_CFLAGS)
tests_libvirt_test_attach_LDADD = $(FAKE_LIBVIRT_LDADD)
tests_libvirt_test_update_SOURCES = \
	tests/libvirt/test-update.c \
	src/libvirt/attach.c \
	src/libvirt/update.c \
	$(FAKE_LIBVIRT) \
	$(NULL)
tests_libvirt_test_update_CFLAGS = $(FAKE_LIBVIRT_CFLAGS)
tests_libvirt_test_update_LDADD = $(FAKE_LIBVIRT_LDADD)
tests_libvirt_test_agent_SOURCES = tests/libvirt/test-agent.c src/libvirt/agent.c $(FAKE_LIBVIRT)
tests_libvirt_test_agent_CFLAGS = $(FAKE_LIBVIRT_CFLAGS)
tests_libvirt_test_agent_LDADD = $(FAKE_LIBVIRT_LDADD)
tests_libvirt_test_api_SOURCES = tests/libvirt/test-api.c src/libvirt/api.c
tests_libvirt_test_api_CPPFLAGS = $(AM_CPPFLAGS) -Ddlopen=test_dlopen -Ddlsym=test_dlsym
tests_libvirt_test_api_CFLAGS = $(AM_CFLAGS) $(LIBVIRT_CFLAGS)
tests_libvirt_test_api_LDADD = libvpcommand.la $(DL_LIBS)
tests_libvirt_test_qemu_user_LDADD = libvpcommand.la
# subcommands on that guest
FAKE_COMMAND = tests/capture.h tests/libvirt/fake-command.h $(FAKE_LIBVIRT) \
	src/command/guest.c src/command/reach.c src/command/report.c
tests_command_test_wait_SOURCES = tests/command/test-wait.c src/command/wait.c src/libvirt/agent.c $(FAKE_COMMAND)
tests_command_test_wait_CFLAGS = $(FAKE_LIBVIRT_CFLAGS)
tests_command_test_wait_LDADD = $(FAKE_LIBVIRT_LDADD)
tests_command_test_ssh_SOURCES = tests/command/test-ssh.c src/command/ssh.c $(FAKE_COMMAND)
tests_command_test_ssh_CFLAGS = $(FAKE_LIBVIRT_CFLAGS)
tests_command_test_ssh_LDADD = $(FAKE_LIBVIRT_LDADD)
tests_command_test_address_SOURCES = tests/command/test-address.c src/command/address.c $(FAKE_COMMAND)
tests_command_test_address_CFLAGS = $(FAKE_LIBVIRT_CFLAGS)
tests_command_test_address_LDADD = $(FAKE_LIBVIRT_LDADD)
tests_command_test_sweep_SOURCES = tests/command/test-sweep.c src/command/sweep.c $(FAKE_COMMAND)
tests_command_test_sweep_CFLAGS = $(FAKE_LIBVIRT_CFLAGS)
tests_command_test_sweep_LDADD = $(FAKE_LIBVIRT_LDADD)
tests_command_test_attach_SOURCES = tests/command/test-attach.c src/command/attach.c src/libvirt/attach.c $(FAKE_COMMAND)
tests_command_test_attach_CFLAGS = $(FAKE_LIBVIRT_CFLAGS)
tests_command_test_attach_LDADD = $(FAKE_LIBVIRT_LDADD)
tests_command_test_unset_SOURCES = \
	tests/command/test-unset.c \
	src/command/definition.c \
	src/command/instance.c \
	src/command/unset.c \
	src/libvirt/attach.c \
	src/libvirt/update.c \
	$(FAKE_COMMAND) \
	$(NULL)
tests_command_test_unset_CFLAGS = $(FAKE_LIBVIRT_CFLAGS)
tests_command_test_unset_LDADD = $(FAKE_LIBVIRT_LDADD)
tests_command_test_definition_SOURCES = \
	tests/command/test-definition.c \
	src/command/definition.c \
	src/command/instance.c \
	src/libvirt/attach.c \
	src/libvirt/update.c \
	$(FAKE_COMMAND) \
	$(NULL)
tests_command_test_definition_CFLAGS = $(FAKE_LIBVIRT_CFLAGS)
tests_command_test_definition_LDADD = $(FAKE_LIBVIRT_LDADD)
tests_command_test_list_SOURCES = \
	tests/command/test-list.c \
	src/command/health.c \
	src/command/instance.c \
	src/command/list.c \
	src/command/this-host.c \
	$(FAKE_COMMAND) \
	$(NULL)
tests_command_test_list_CFLAGS = $(FAKE_LIBVIRT_CFLAGS)
tests_command_test_list_LDADD = $(FAKE_LIBVIRT_LDADD)
tests_command_test_health_SOURCES = tests/command/test-health.c src/command/health.c $(FAKE_LIBVIRT)
tests_command_test_health_CFLAGS = $(FAKE_LIBVIRT_CFLAGS)
tests_command_test_health_LDADD = $(FAKE_LIBVIRT_LDADD)
tests_command_test_update_SOURCES = \
	tests/command/test-update.c \
	src/command/instance.c \
	src/command/update.c \
	src/libvirt/attach.c \
	src/libvirt/update.c \
	$(FAKE_COMMAND) \
	$(NULL)
tests_command_test_update_CFLAGS = $(FAKE_LIBVIRT_CFLAGS)
tests_command_test_update_LDADD = $(FAKE_LIBVIRT_LDADD)
tests_command_test_this_host_SOURCES = tests/command/test-this-host.c src/command/this-host.c tests/capture.h \
	$(FAKE_LIBVIRT)
tests_command_test_this_host_CFLAGS = $(FAKE_LIBVIRT_CFLAGS)
tests_command_test_this_host_LDADD = $(FAKE_LIBVIRT_LDADD)
tests_command_test_detach_SOURCES = tests/command/test-detach.c src/command/detach.c src/libvirt/attach.c $(FAKE_COMMAND)
tests_command_test_detach_CFLAGS = $(FAKE_LIBVIRT_CFLAGS)
tests_command_test_detach_LDADD = $(FAKE_LIBVIRT_LDADD)
tests_command_test_command_LDADD = libvpcommand.la
tests_command_test_probe_LDADD = libvpcommand.la
tests_command_test_import_meaning_LDADD = libvpcommand.la
tests_command_test_import_meta_data_LDADD = libvpcommand.la
tests_command_test_import_seed_LDADD = libvpcommand.la
tests_command_test_seed_directory_LDADD = libvpcommand.la
tests_command_test_import_fields_LDADD = libvpcommand.la
tests_command_test_render_seed_LDADD = libvpcommand.la
tests_command_test_set_data_LDADD = libvpcommand.la
tests_command_test_set_user_LDADD = libvpcommand.la
tests_command_test_set_cloud_config_LDADD = libvpcommand.la
tests_command_test_import_user_data_LDADD = libvpcommand.la
tests_command_test_doctor_profiles_SOURCES = \
	tests/command/test-doctor-profiles.c \
	src/command/doctor-profiles.c \
	$(NULL)
tests_command_test_doctor_profiles_LDADD = libvpcommand.la
tests_command_test_edit_file_LDADD = libvpcommand.la
tests_command_test_import_network_links_LDADD = libvpcommand.la
tests_view_test_mask_LDADD = libvpcommand.la
tests_view_test_mask_name_LDADD = libvpcommand.la
tests_view_test_mask_text_LDADD = libvpcommand.la
tests_view_test_mask_tree_LDADD = libvpcommand.la
tests_view_test_contents_LDADD = libvpcommand.la
tests_view_test_mask_xml_LDADD = libvpcommand.la
tests_view_test_canaries_LDADD = libvpcommand.la
tests_spec_test_field_LDADD = libvpcommand.la
tests_libvirt_test_cloud_init_status_LDADD = libvpcommand.la
tests_libvirt_test_hook_file_LDADD = libvpcommand.la
tests_libvirt_test_host_LDADD = libvpcommand.la
tests_view_test_line_diff_LDADD = libvpcommand.la
tests_view_test_table_LDADD = libvpcommand.la
tests_view_test_output_LDADD = libvpcommand.la
tests_view_test_input_LDADD = libvpcommand.la
tests_view_test_hunks_LDADD = libvpcommand.la
tests_view_test_diagnose_LDADD = libvpcommand.la
tests_view_test_diagnose_guest_LDADD = libvpcommand.la
tests_view_test_diagnose_network_LDADD = libvpcommand.la
tests_view_test_shown_LDADD = libvpcommand.la
tests_view_test_diagnose_place_LDADD = libvpcommand.la
tests_view_test_xml_piece_LDADD = libvpcommand.la
tests_view_test_prompt_LDADD = libvpcommand.la
tests_view_test_diagnose_line_LDADD = libvpcommand.la
tests_view_test_diagnose_unwise_LDADD = libvpcommand.la
tests_view_test_mask_yaml_LDADD = libvpcommand.la
tests_view_test_mask_mime_LDADD = libvpcommand.la
tests_view_test_mask_command_LDADD = libvpcommand.la
tests_view_test_mask_json_LDADD = libvpcommand.la
tests_view_test_mask_edit_LDADD = libvpcommand.la
tests_view_test_term_LDADD = libvpcommand.la
tests_fuzz_fuzz_mask_LDADD = libvpcommand.la tests/fuzz/libfuzz.la
tests_fuzz_fuzz_canary_LDADD = libvpcommand.la tests/fuzz/libfuzz.la
TEST_EXTENSIONS =
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
AM_TESTS_ENVIRONMENT = \
	export \
	G_TEST_SRCDIR='$(abs_srcdir)/tests' \
	G_TEST_BUILDDIR='$(abs_builddir)/tests' \
	VP_SRCDIR='$(abs_srcdir)' \
	VP_BUILDDIR='$(abs_builddir)' \
	VP_SBINDIR='$(sbindir)' \
	VP_PKGLIBDIR='$(pkglibdir)' \
	VP_PKGDATADIR='$(pkgdatadir)' \
	VP_HOOKDIR='$(hookdir)' \
	VP_SYSCONFDIR='$(sysconfdir)' \
	VP_PAYLOADDIR='$(payloaddir)' \
	G_DEBUG=fatal-warnings \
	;
