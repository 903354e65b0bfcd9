/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every subcommand, one file each: cmd-NAME.c. The table of them is in virt-payload.c. */
#pragma once

#include "command/command.h"

extern const VpCommand vp_cmd_attach;
extern const VpCommand vp_cmd_detach;
extern const VpCommand vp_cmd_diff;
extern const VpCommand vp_cmd_doctor;
extern const VpCommand vp_cmd_dump;
extern const VpCommand vp_cmd_edit;
extern const VpCommand vp_cmd_list;
extern const VpCommand vp_cmd_render;
extern const VpCommand vp_cmd_rewrite;
extern const VpCommand vp_cmd_set;
extern const VpCommand vp_cmd_show;
extern const VpCommand vp_cmd_sweep;
extern const VpCommand vp_cmd_unset;
extern const VpCommand vp_cmd_update;
extern const VpCommand vp_cmd_validate;
extern const VpCommand vp_cmd_wait;
