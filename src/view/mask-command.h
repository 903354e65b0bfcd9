/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that take secrets by options whose names do not say so. */
#pragma once

#include <glib.h>

typedef struct VpMaskCommand VpMaskCommand;

/* "curl"; NULL for a word that is not one of these commands. Static. */
const VpMaskCommand *vp_view_mask_command(const char *word, gsize length);

/* TRUE if all that follows the word is secret: "passwd" of "openssl passwd -6 SECRET". */
gboolean vp_view_mask_command_hides(const VpMaskCommand *command, const char *word, gsize length);

/* Where the secret begins in the word ("-uNAME:SECRET": 2; everything after the letter counts);
 * length if it is the next word ("-u"); -1 if the word is not such an option. */
gssize vp_view_mask_command_option(const VpMaskCommand *command, const char *word, gsize length);
