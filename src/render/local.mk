# SPDX-License-Identifier: LGPL-2.1-or-later
# What the guests' agents accept: a VpSpec to the files of each datasource. Must not know libvirt's XML, the
# payload directory, or configuration.

libvp_la_SOURCES += \
	src/render/access.c \
	src/render/access.h \
	src/render/cloud-config-files.c \
	src/render/cloud-config-system.c \
	src/render/cloud-config-users.c \
	src/render/cloud-config-writer.h \
	src/render/cloud-config.c \
	src/render/cloud-config.h \
	src/render/data.c \
	src/render/data.h \
	src/render/meta-data.c \
	src/render/meta-data.h \
	src/render/mime.c \
	src/render/mime.h \
	src/render/network-config-2.c \
	src/render/network-config-2.h \
	src/render/network-config.c \
	src/render/network-config.h \
	src/render/network-data-json.c \
	src/render/network-data-json.h \
	src/render/network.c \
	src/render/network.h \
	src/render/password.c \
	src/render/password.h \
	src/render/raw.c \
	src/render/raw.h \
	src/render/render.c \
	src/render/render.h \
	src/render/sysprep-template.c \
	src/render/sysprep-template.h \
	src/render/sysprep-values.c \
	src/render/sysprep-values.h \
	src/render/sysprep.c \
	src/render/sysprep.h \
	src/render/write-file.c \
	src/render/write-file.h \
	$(NULL)
