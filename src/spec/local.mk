# SPDX-License-Identifier: LGPL-2.1-or-later
# The vocabulary: what one guest shall be given, from our metadata and oVirt's, and what a value may look
# like. Must not know what becomes of it in files, or open any.

libvp_la_SOURCES += \
	src/spec/check-network.c \
	src/spec/check-password.c \
	src/spec/check-ssh-key.c \
	src/spec/check-sudo.c \
	src/spec/check-system.c \
	src/spec/check.c \
	src/spec/check.h \
	src/spec/data.c \
	src/spec/data.h \
	src/spec/link.c \
	src/spec/link.h \
	src/spec/object.c \
	src/spec/object.h \
	src/spec/ovirt.c \
	src/spec/read.c \
	src/spec/read.h \
	src/spec/spec.c \
	src/spec/spec.h \
	src/spec/subnet.c \
	src/spec/subnet.h \
	src/spec/system.h \
	src/spec/table.c \
	src/spec/table.h \
	src/spec/validate.c \
	src/spec/xml.c \
	$(NULL)

libvpcommand_la_SOURCES += \
	src/spec/field.c \
	src/spec/field.h \
	$(NULL)
