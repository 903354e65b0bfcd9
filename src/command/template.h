/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fields of one guest, for another: all except those that only one guest can have. */
#pragma once

#include "command/command.h"
#include "domain/domain.h"

/* name: a guest, or a file of domain XML (its path has a slash). Left out are the host name, an
 * instance-id of its own, ssh host keys, the MAC addresses of interfaces, and a network with static
 * addresses; told gets a line for each of the last two kinds. VP_ERROR_NOT_FOUND if the template
 * has no fields. */
gboolean vp_command_template_copy(VpCall *call, const char *name, VpDomain *domain, GString *told,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
