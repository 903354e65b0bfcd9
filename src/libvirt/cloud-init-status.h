/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The progress of cloud-init in a guest, from its files in /run/cloud-init
 * (https://docs.cloud-init.io/en/latest/reference/status.html). Pure; the files are the guest's,
 * and are not trusted. */
#pragma once

#include <glib.h>

#define VP_CLOUD_INIT_RESULT "/run/cloud-init/result.json"
#define VP_CLOUD_INIT_STATUS "/run/cloud-init/status.json"
#define VP_CLOUD_INIT_DISABLED "/run/cloud-init/disabled"

/* result.json, which exists once all stages are done: the number of errors in it. -1 if it is not
 * such a file. */
int vp_virt_cloud_init_errors(GBytes *result);

/* The datasource by its class, "DataSourceConfigDrive"; NULL if the file does not say. */
char *vp_virt_cloud_init_datasource(GBytes *result);

/* status.json: the stage that runs, "modules-final"; NULL if none does. */
char *vp_virt_cloud_init_stage(GBytes *status);
