# SPDX-License-Identifier: LGPL-2.1-or-later
# Ground: errors, files, text, numbers, YAML and JSON. Knows nothing of virt-payload, of guests or of
# libvirt; includes nothing of another folder.

libvp_la_SOURCES += \
	src/base/autofd.h \
	src/base/base64.c \
	src/base/base64.h \
	src/base/error.c \
	src/base/error.h \
	src/base/escape.c \
	src/base/escape.h \
	src/base/faults.c \
	src/base/faults.h \
	src/base/hash.c \
	src/base/hash.h \
	src/base/io.c \
	src/base/io.h \
	src/base/json-grammar.c \
	src/base/json-grammar.h \
	src/base/json-text.c \
	src/base/json-text.h \
	src/base/mime-encoding.c \
	src/base/mime-encoding.h \
	src/base/mime-header.c \
	src/base/mime-header.h \
	src/base/mime.c \
	src/base/mime.h \
	src/base/number.c \
	src/base/number.h \
	src/base/secret.c \
	src/base/secret.h \
	src/base/suggest.c \
	src/base/suggest.h \
	src/base/yaml-map.c \
	src/base/yaml-map.h \
	src/base/yaml-parser.c \
	src/base/yaml-parser.h \
	src/base/yaml-text.c \
	src/base/yaml-text.h \
	src/base/yaml-writer.c \
	src/base/yaml-writer.h \
	$(NULL)
