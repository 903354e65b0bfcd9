# SPDX-License-Identifier: LGPL-2.1-or-later
# The subcommands, a file each, and the one table of them, from which parsing, help and completion come.
# Nothing else knows them.

libvpcommand_la_SOURCES += \
	src/command/command.c \
	src/command/command.h \
	src/command/edit-file.c \
	src/command/edit-file.h \
	src/command/import-fields.c \
	src/command/import-meaning.c \
	src/command/import-meaning.h \
	src/command/import-meta-data.c \
	src/command/import-network-links.c \
	src/command/import-network-links.h \
	src/command/import-network.c \
	src/command/import-seed.c \
	src/command/import-seed.h \
	src/command/import-user-data.c \
	src/command/import.h \
	src/command/probe.c \
	src/command/probe.h \
	src/command/render-seed.c \
	src/command/render-seed.h \
	src/command/seed-directory.c \
	src/command/seed-directory.h \
	src/command/set-cloud-config.c \
	src/command/set-data.c \
	src/command/set-network.c \
	src/command/set-user.c \
	src/command/set.h \
	$(NULL)

virt_payload_SOURCES += \
	src/command/address.c \
	src/command/attach.c \
	src/command/commands.h \
	src/command/definition.c \
	src/command/definition.h \
	src/command/detach.c \
	src/command/diff.c \
	src/command/doctor-profiles.c \
	src/command/doctor-profiles.h \
	src/command/doctor.c \
	src/command/dump.c \
	src/command/edit.c \
	src/command/guest.c \
	src/command/guest.h \
	src/command/health.c \
	src/command/health.h \
	src/command/host-key.c \
	src/command/import.c \
	src/command/instance.c \
	src/command/instance.h \
	src/command/list.c \
	src/command/main.c \
	src/command/many.c \
	src/command/many.h \
	src/command/reach.c \
	src/command/reach.h \
	src/command/render.c \
	src/command/report.c \
	src/command/report.h \
	src/command/rewrite.c \
	src/command/set.c \
	src/command/show.c \
	src/command/ssh.c \
	src/command/sweep.c \
	src/command/template.c \
	src/command/template.h \
	src/command/this-host.c \
	src/command/this-host.h \
	src/command/unset.c \
	src/command/update.c \
	src/command/validate.c \
	src/command/wait.c \
	$(NULL)
