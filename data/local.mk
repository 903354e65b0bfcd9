# SPDX-License-Identifier: LGPL-2.1-or-later
# What is installed beside the programs: configuration, the vocabulary, completion, confinement.

fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_bashcompletion_DATA = data/bash-completion/virt-payload
dist_zshcompletion_DATA = data/zsh/_virt-payload
dist_fishcompletion_DATA = data/fish/virt-payload.fish

# So that the directory is there, with its mode, before the first guest starts.
EXTRA_DIST += data/tmpfiles.d/virt-payload.conf.in
tmpfiles_DATA = data/tmpfiles.d/virt-payload.conf
CLEANFILES += data/tmpfiles.d/virt-payload.conf
data/tmpfiles.d/virt-payload.conf: data/tmpfiles.d/virt-payload.conf.in Makefile
	$(AM_V_GEN)$(MKDIR_P) data/tmpfiles.d && \
	$(SED) -e 's|[@]payloaddir@|$(payloaddir)|' -e 's|/var/run/|/run/|' \
	  $(srcdir)/data/tmpfiles.d/virt-payload.conf.in >$@.tmp && mv $@.tmp $@

# --- configuration

# An administrator's own file stays as it is, at install and at uninstall.
EXTRA_DIST += data/virt-payload.conf.in
noinst_DATA += data/virt-payload.conf
CLEANFILES += data/virt-payload.conf

data/virt-payload.conf: data/virt-payload.conf.in Makefile
	$(AM_V_GEN)$(MKDIR_P) data && \
	$(SED) -e 's|[@]payloaddir@|$(payloaddir)|' -e 's|[@]sysconfdir@|$(sysconfdir)|' \
	  $(srcdir)/data/virt-payload.conf.in >$@.tmp && mv $@.tmp $@

install-data-local: install-conf
install-conf: data/virt-payload.conf
	$(MKDIR_P) '$(DESTDIR)$(sysconfdir)/virt-payload/files' \
	  '$(DESTDIR)$(sysconfdir)/virt-payload/profiles'
	$(INSTALL) -d -m 0700 '$(DESTDIR)$(sysconfdir)/virt-payload/secrets'
	test -e '$(DESTDIR)$(sysconfdir)/virt-payload.conf' || \
	  $(INSTALL_DATA) data/virt-payload.conf '$(DESTDIR)$(sysconfdir)/virt-payload.conf'

uninstall-local: tell-guests uninstall-copy uninstall-conf
tell-guests: virt-payload
	test -n '$(DESTDIR)' || $(SHELL) $(srcdir)/hooks/before-removal ./virt-payload
uninstall-conf: data/virt-payload.conf
	! cmp -s data/virt-payload.conf '$(DESTDIR)$(sysconfdir)/virt-payload.conf' || \
	  rm -f '$(DESTDIR)$(sysconfdir)/virt-payload.conf'
	cd '$(DESTDIR)$(sysconfdir)' && \
	  for directory in virt-payload/files virt-payload/profiles virt-payload/secrets virt-payload; do \
	    rmdir $$directory 2>/dev/null || :; done
.PHONY: install-conf uninstall-conf tell-guests

# --- the vocabulary

dist_pkgdata_DATA = data/metadata.rng data/output.schema.json
examplesdir = $(pkgdatadir)/examples
dist_examples_DATA = \
	data/examples/bond-vlan.xml \
	data/examples/debian.xml \
	data/examples/fedora-coreos.xml \
	data/examples/fedora.xml \
	data/examples/nocloud.xml \
	data/examples/ovirt.xml \
	data/examples/root-password.xml \
	data/examples/static-network.xml \
	data/examples/windows-cloudbase-init.xml \
	data/examples/windows-sysprep.xml \
	$(NULL)

# --- confinement

# Beside the programs and not in force: an administrator loads them (each file says how).
apparmordir = $(pkgdatadir)/apparmor
dist_apparmor_DATA = data/apparmor/usr.sbin.virt-payload-hook
selinuxdir = $(pkgdatadir)/selinux
dist_selinux_DATA = \
	data/selinux/virt-payload.fc \
	data/selinux/virt-payload.te \
	$(NULL)
