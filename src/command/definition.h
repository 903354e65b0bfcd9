/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpEdit: the definition that set, unset and edit change, a guest's or one on standard input, from
 * reading to storing it. */
#pragma once

#include "command/command.h"
#include "command/guest.h"
#include "domain/domain.h"

/* Which of a guest's two definitions is meant, in virsh's words. If none is given: the persistent
 * one, if the guest has one, otherwise that of the running guest. */
typedef struct {
    gboolean config;
    gboolean live;
    gboolean current;
} VpEditParts;

/* NOLINTBEGIN(bugprone-macro-parentheses): offsetof takes a member's name, and no parentheses */
/* Rows of a table of options. */
/* clang-format off */
#define VP_EDIT_PART_OPTIONS(Options, parts)                                                       \
    {"config", '\0', VP_OPTION_FLAG, G_STRUCT_OFFSET(Options, parts.config), NULL,                 \
     "in the persistent definition (the default)"},                                        \
    {"live", '\0', VP_OPTION_FLAG, G_STRUCT_OFFSET(Options, parts.live), NULL,                     \
     "in the running guest, including its drive"},                                      \
    {"current", '\0', VP_OPTION_FLAG, G_STRUCT_OFFSET(Options, parts.current), NULL,               \
     "--live if the guest runs, otherwise --config"}
/* clang-format on */
/* NOLINTEND(bugprone-macro-parentheses) */

typedef struct {
    VpCallGuest opened; /* no guest: standard input to standard output */
    GBytes *text;       /* of standard input */
    VpDomain *domain;   /* persistent; that of the running guest if only that is meant */
    gboolean config;    /* it is stored as the persistent definition */
    gboolean live;      /* the running guest gets it */
    char *element;      /* the payload as it was; NULL: none */
    GPtrArray *before;  /* of VpSpec: what the definition said; NULL if that is not valid */
    gboolean is_stored; /* the fields are, whatever failed afterwards */
    gboolean has_bus;   /* a bus was asked for, perhaps auto: an existing drive moves to it */
} VpEdit;

void vp_command_definition_clear(VpEdit *edit);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VpEdit, vp_command_definition_clear)

/* name: a guest, or "-". Sets call->guest. VP_ERROR_DRIVE if the guest does not have the
 * definition that is meant: a transient guest has no persistent one, a guest that is shut off no
 * live one. VP_ERROR_USAGE if the parts contradict each other. */
gboolean vp_command_definition_open(VpCall *call, const char *name, const VpEditParts *parts,
                                    VpEdit *edit, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What happens to the drive in the definition. */
typedef enum {
    VP_EDIT_DRIVE_FOLLOW, /* an existing one follows the payload, and is removed with it */
    VP_EDIT_DRIVE_ADD,    /* added if it is not there */
    VP_EDIT_DRIVE_LEAVE,
} VpEditDrive;

/* VP_ERROR_USAGE if the options --drive and --no-drive contradict each other or the parts. */
gboolean vp_command_definition_check_drive(const VpEditParts *parts, gboolean drive,
                                           gboolean no_drive,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* By these options. */
VpEditDrive vp_command_definition_drive(gboolean drive, gboolean no_drive);

/* Reads the changed domain, builds its image, as the next start would, and stores the domain.
 * Messages lack the line, because the user has never seen the text. For a running guest the drive's
 * image is updated as by vp_virt_update_run; with both parts the running guest gets everything that
 * the definition then says. The result is reported on standard output, unless the definition is
 * written there. */
gboolean vp_command_definition_store(VpCall *call, VpEdit *edit, VpEditDrive drive,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
