# SPDX-License-Identifier: LGPL-2.1-or-later
# libvirt's hook protocol: front (only libc), core, and what each operation does. Must not call libvirt, which
# holds the guest's lock, or know the command.

libvp_la_SOURCES += \
	src/hook/call.h \
	src/hook/confine-calls.c \
	src/hook/confine-calls.h \
	src/hook/confine.c \
	src/hook/confine.h \
	src/hook/handover.c \
	src/hook/handover.h \
	src/hook/hook.c \
	src/hook/hook.h \
	src/hook/operation.c \
	src/hook/operation.h \
	src/hook/resumed.c \
	src/hook/resumed.h \
	$(NULL)

virt_payload_hook_SOURCES += \
	hooks/qemu.c \
	src/hook/front.c \
	src/hook/front.h \
	src/domain/front-search.c \
	src/domain/front-search.h \
	src/hook/call.h \
	src/hook/operation.c \
	src/hook/operation.h \
	$(NULL)

virt_payload_core_la_SOURCES += \
	src/hook/main.c \
	$(NULL)
