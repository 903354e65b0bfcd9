# SPDX-License-Identifier: LGPL-2.1-or-later
# libvirt's API, and through it a guest's agent: the only folder that includes libvirt's headers. Must not
# know subcommands.

libvpcommand_la_SOURCES += \
	src/libvirt/cloud-init-status.c \
	src/libvirt/cloud-init-status.h \
	src/libvirt/hook-file.c \
	src/libvirt/hook-file.h \
	src/libvirt/host.c \
	src/libvirt/host.h \
	src/libvirt/qemu-user.c \
	src/libvirt/qemu-user.h \
	$(NULL)

virt_payload_SOURCES += \
	src/libvirt/agent.c \
	src/libvirt/agent.h \
	src/libvirt/api.c \
	src/libvirt/api.h \
	src/libvirt/attach.c \
	src/libvirt/attach.h \
	src/libvirt/update.c \
	src/libvirt/update.h \
	src/libvirt/virt.c \
	src/libvirt/virt.h \
	$(NULL)
