# SPDX-License-Identifier: LGPL-2.1-or-later
# libvirt's domain XML: parsed, searched, edited. front-search is also used by the hook's front: only libc. Must not
# know what our metadata means, or anything of images.

libvp_la_SOURCES += \
	src/domain/bus.h \
	src/domain/domain.c \
	src/domain/domain.h \
	src/domain/front-search.c \
	src/domain/front-search.h \
	src/domain/hotplug.c \
	src/domain/hotplug.h \
	src/domain/image-name.c \
	src/domain/image-name.h \
	src/domain/place.c \
	src/domain/place.h \
	src/domain/target.c \
	src/domain/target.h \
	src/domain/xml-edit.c \
	src/domain/xml-edit.h \
	src/domain/xml-error.h \
	src/domain/xml-node.c \
	src/domain/xml-node.h \
	src/domain/xml-scan.c \
	src/domain/xml-scan.h \
	$(NULL)
