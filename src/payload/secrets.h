/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The directory of @secret as a whole: what in it a start would refuse, or no guest may use. */
#pragma once

#include <glib.h>

/* path: of the file or directory that the message is about */
typedef void VpSecretsTell(const char *path, const char *message, gpointer data);

/* Checks owners, modes, links, and files that are below no guest's directory. A missing directory
 * is fine. */
void vp_payload_secrets_check(const char *directory, VpSecretsTell *tell, gpointer data);
