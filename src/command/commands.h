/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every subcommand, one file each: NAME.c. Their table is in main.c. */
#pragma once

#include "command/command.h"

extern const VpCommand vp_command_address;
extern const VpCommand vp_command_attach;
extern const VpCommand vp_command_detach;
extern const VpCommand vp_command_diff;
extern const VpCommand vp_command_doctor;
extern const VpCommand vp_command_dump;
extern const VpCommand vp_command_edit;
extern const VpCommand vp_command_import;
extern const VpCommand vp_command_list;
extern const VpCommand vp_command_render;
extern const VpCommand vp_command_rewrite;
extern const VpCommand vp_command_set;
extern const VpCommand vp_command_show;
extern const VpCommand vp_command_ssh;
extern const VpCommand vp_command_sweep;
extern const VpCommand vp_command_unset;
extern const VpCommand vp_command_update;
extern const VpCommand vp_command_validate;
extern const VpCommand vp_command_wait;
