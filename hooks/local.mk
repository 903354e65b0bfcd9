# SPDX-License-Identifier: LGPL-2.1-or-later
# The hook that libvirt runs, and adapters for other managers: see doc/vdsm.md and doc/kubevirt.md.

EXTRA_DIST += hooks/vdsm.in
pkgdata_SCRIPTS = hooks/vdsm
CLEANFILES += hooks/vdsm
hooks/vdsm: hooks/vdsm.in Makefile
	$(AM_V_GEN)$(MKDIR_P) hooks && \
	$(SED) -e 's|[@]payloaddir@|$(payloaddir)|' -e 's|[@]sysconfdir@|$(sysconfdir)|' \
	  -e 's|[@]sbindir@|$(sbindir)|' $(srcdir)/hooks/vdsm.in >$@.tmp && \
	chmod 755 $@.tmp && mv $@.tmp $@

pkglibexec_PROGRAMS = virt-payload-kubevirt
virt_payload_kubevirt_SOURCES = hooks/kubevirt.c
virt_payload_kubevirt_LDADD = libvp.la

dist_man_MANS += man/virt-payload-hook.8

# A copy of the program in libvirt's hook directory, and no other file there: libvirt runs whatever it finds.
# Nothing reads the core's .la file.
# Packages run it, and before-removal, from their scripts.
dist_pkgdata_SCRIPTS = \
	hooks/before-removal \
	hooks/install-hook \
	$(NULL)
INSTALL_HOOK = $(SHELL) $(srcdir)/hooks/install-hook

install-exec-hook:
	rm -f '$(DESTDIR)$(pkglibdir)/virt-payload-core.la'
	$(INSTALL_HOOK) install '$(DESTDIR)$(hookdir)' '$(sbindir)/virt-payload-hook' \
	  '$(DESTDIR)$(sbindir)/virt-payload-hook'

# The copy before what it needs: guests may start meanwhile.
uninstall-copy:
	$(INSTALL_HOOK) uninstall '$(DESTDIR)$(hookdir)' '$(sbindir)/virt-payload-hook'
.PHONY: uninstall-copy

uninstall-hook:
	rm -f '$(DESTDIR)$(pkglibdir)/virt-payload-core.so'
	-rmdir '$(DESTDIR)$(pkglibdir)' 2>/dev/null
