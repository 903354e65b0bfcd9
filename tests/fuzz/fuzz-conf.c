/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Any bytes as virt-payload.conf: a configuration that can be used, or one line that names the
 * mistake's place. */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "fuzz.h"
#include "payload/conf.h"

static void
check_directory(const char *path)
{
    g_autofree char *slashed = g_strdup_printf("%s/", path);

    g_assert(path[0] == '/' && path[1] != '\0');
    g_assert(strstr(slashed, "/./") == NULL && strstr(slashed, "/../") == NULL);
    g_assert(!g_str_has_suffix(path, "/") && strpbrk(path, "\r\n") == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpConf) conf =
        vp_payload_conf_parse(geteuid(), (const char *)data, size, "conf", &error);

    if (!conf) {
        g_assert(g_error_matches(error, VP_ERROR, VP_ERROR_CONFIG));
        g_assert(g_str_has_prefix(error->message, "conf") &&
                 strpbrk(error->message, "\r\n") == NULL);
        return 0;
    }
    g_assert(!error);
    check_directory(conf->directory);
    check_directory(conf->secrets_directory);
    check_directory(conf->files_directory);
    g_assert(conf->attach <= VP_ATTACH_OFF);
    g_assert(conf->uri == NULL || *conf->uri != '\0');
    return 0;
}
