# SPDX-License-Identifier: LGPL-2.1-or-later
# People: contents, masks over secrets, diagnoses, the terminal. Must not call libvirt or know the hook.

libvpcommand_la_SOURCES += \
	src/view/contents.c \
	src/view/contents.h \
	src/view/diagnose-guest.c \
	src/view/diagnose-guest.h \
	src/view/diagnose-network.c \
	src/view/diagnose-network.h \
	src/view/diagnose-line.c \
	src/view/diagnose-line.h \
	src/view/diagnose-place.c \
	src/view/diagnose-place.h \
	src/view/diagnose-unwise.c \
	src/view/diagnose-unwise.h \
	src/view/diagnose.c \
	src/view/diagnose.h \
	src/view/hunks.c \
	src/view/hunks.h \
	src/view/input.c \
	src/view/input.h \
	src/view/line-diff.c \
	src/view/line-diff.h \
	src/view/mask-name.c \
	src/view/mask-name.h \
	src/view/mask-command.c \
	src/view/mask-command.h \
	src/view/mask-tree.c \
	src/view/mask-tree.h \
	src/view/mask-edit.c \
	src/view/mask-edit.h \
	src/view/mask-json.c \
	src/view/mask-mime.c \
	src/view/mask-text.c \
	src/view/mask-xml.c \
	src/view/mask-yaml.c \
	src/view/mask.c \
	src/view/mask.h \
	src/view/output.c \
	src/view/output.h \
	src/view/prompt.c \
	src/view/prompt.h \
	src/view/shown.c \
	src/view/shown.h \
	src/view/table.c \
	src/view/table.h \
	src/view/term.c \
	src/view/term.h \
	src/view/xml-piece.c \
	src/view/xml-piece.h \
	$(NULL)
