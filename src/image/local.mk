# SPDX-License-Identifier: LGPL-2.1-or-later
# Trees of files and the two file systems, ISO 9660 and FAT: layouts out, hostile images in. Must not know
# what a guest is, or what is in the files.

libvp_la_SOURCES += \
	src/image/content.c \
	src/image/content.h \
	src/image/fat.h \
	src/image/image.c \
	src/image/image.h \
	src/image/iso-hierarchy.c \
	src/image/iso-hierarchy.h \
	src/image/iso-name.c \
	src/image/iso-name.h \
	src/image/iso-record.c \
	src/image/iso-record.h \
	src/image/iso.c \
	src/image/iso.h \
	src/image/iso9660.h \
	src/image/node.c \
	src/image/node.h \
	src/image/read-iso.c \
	src/image/read-vfat.c \
	src/image/read-walk.c \
	src/image/read-walk.h \
	src/image/read.c \
	src/image/read.h \
	src/image/tree.c \
	src/image/tree.h \
	src/image/vfat-directory.c \
	src/image/vfat-directory.h \
	src/image/vfat.c \
	src/image/vfat.h \
	$(NULL)
