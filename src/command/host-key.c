/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ssh-keygen writes the key to its final place: the private half is never copied. */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "command/set.h"
#include "payload/secret-store.h"
#include "spec/check.h"

#define HOST_KEY "ssh_host_ed25519_key"
#define FAILED "the host key cannot be generated: "

static gboolean
spawn(const char *const *argv, char **output, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *errors = NULL;
    int status = 0;

    if (!g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, output, &errors,
                      &status, &cause))
        return vp_error_set(error, VP_ERROR_FAILED, FAILED "%s", cause->message);
    return status == 0 || vp_error_set(error, VP_ERROR_FAILED, FAILED "ssh-keygen failed");
}

static gboolean
make(const char *path, GError **error)
{
    g_autofree char *public_path = g_strconcat(path, ".pub", NULL);
    const char *const argv[] = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "",
                                "-C",         "",   "-f", path,      NULL};
    g_autofree char *output = NULL;

    if (access(path, F_OK) == 0)
        return TRUE;
    if (!spawn(argv, &output, error))
        return FALSE;
    (void)unlink(public_path);
    return TRUE;
}

/* Makes an ed25519 key in the guest's own directory of secrets, unless it has one of that name.
 * *public_key: "ssh-ed25519 BODY". VP_ERROR_FAILED without ssh-keygen(1). */
static gboolean
make_secret(const VpConf *conf, const char *uuid, char **public_key, GError **error)
{
    g_autofree char *directory = vp_payload_secret_store_prepare(conf, uuid, error);
    g_autofree char *path = directory != NULL ? g_build_filename(directory, HOST_KEY, NULL) : NULL;
    const char *const argv[] = {"ssh-keygen", "-y", "-f", path, NULL};
    g_autofree char *output = NULL;

    if (path == NULL || !make(path, error) || !spawn(argv, &output, error))
        return FALSE;
    g_strchomp(output);
    if (!vp_spec_check_ssh_key(output, NULL))
        return vp_error_set(error, VP_ERROR_FAILED, FAILED "ssh-keygen printed no public key");
    *public_key = g_steal_pointer(&output);
    return TRUE;
}

gboolean
vp_command_set_host_key_generated(VpSet *set, const char *name, const char *value, GError **error)
{
    g_autofree char *public_key = NULL;
    VpField element;

    if (set->conf == NULL || !vp_payload_secret_store_can_write(set->conf))
        return vp_error_set(error, VP_ERROR_FAILED,
                            "only root on the guest's host can store its secrets");
    return make_secret(set->conf, set->domain->uuid, &public_key, error) &&
           vp_command_set_ssh_host_key(set, "ssh-host-key", "ed25519=" HOST_KEY, error) &&
           vp_spec_field_find(&set->root, "ssh-host-key", "type", "ed25519", &element) &&
           vp_spec_field_set(&element, "@public", public_key, error);
}
