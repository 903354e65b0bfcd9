# SPDX-License-Identifier: LGPL-2.1-or-later
# This host: configuration, referenced files, the payload directory, the drive in a definition. Must not know
# who calls, the hook or the command, and never prints.

libvp_la_SOURCES += \
	src/payload/conf.c \
	src/payload/conf.h \
	src/payload/drive.c \
	src/payload/drive.h \
	src/payload/misplaced.c \
	src/payload/misplaced.h \
	src/payload/own-disk.c \
	src/payload/own-disk.h \
	src/payload/owner.c \
	src/payload/owner.h \
	src/payload/payload.c \
	src/payload/payload.h \
	src/payload/plugged.c \
	src/payload/plugged.h \
	src/payload/profile.c \
	src/payload/profile.h \
	src/payload/recognise.c \
	src/payload/recognise.h \
	src/payload/reference.c \
	src/payload/reference.h \
	src/payload/rewrite.c \
	src/payload/rewrite.h \
	src/payload/secret-store.c \
	src/payload/secret-store.h \
	src/payload/secrets.c \
	src/payload/secrets.h \
	src/payload/seed.c \
	src/payload/seed.h \
	src/payload/start.c \
	src/payload/start.h \
	src/payload/store.c \
	src/payload/store.h \
	src/payload/stray.c \
	src/payload/stray.h \
	$(NULL)
