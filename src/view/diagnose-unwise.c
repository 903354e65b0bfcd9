/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Advice on a spec that is valid. */
#include <config.h>

#include <string.h>

#include "render/data.h"
#include "render/mime.h"
#include "render/raw.h"
#include "view/diagnose-unwise.h"

void
vp_view_diagnose_advise(const VpAdviser *adviser, const char *name, const VpPlace *place,
                        const char *message)
{
    adviser->tell(name, place, message, adviser->data);
}

static void
check_password(const VpAdviser *adviser, const char *name, const VpPassword *password)
{
    if (password == NULL || password->secret != NULL || password->text == NULL)
        return;
    if (!password->hashed)
        vp_view_diagnose_advise(
            adviser, name, &password->place,
            "the password is in the definition in clear text; 'virt-payload set' stores a hash, "
            "and @secret keeps it on the host");
    else if (*password->text != '$' || g_str_has_prefix(password->text, "$1$"))
        vp_view_diagnose_advise(adviser, name, &password->place,
                                "the hash is weak; use $6$ or $y$");
    if (password->clear && !adviser->spec->windows && adviser->spec->kind == VP_KIND_CLOUD_INIT)
        vp_view_diagnose_advise(
            adviser, name, &password->place,
            "the guest receives the password in clear text, and keeps it on its disk");
}

static void
check_user(const VpAdviser *adviser, const VpUser *user)
{
    check_password(adviser, "password", user->password);
    if (user->password == NULL && user->ssh_keys->len == 0 && user->ssh_import_ids->len == 0 &&
        user->system != VP_YES)
        vp_view_diagnose_advise(adviser, "user", &user->place,
                                "the user has neither key nor password and cannot log in");
}

static void
check_root(const VpAdviser *adviser, const VpUser *user)
{
    if (g_str_equal(user->name, "root") && user->password != NULL &&
        adviser->spec->ssh_password_auth == VP_YES)
        vp_view_diagnose_advise(
            adviser, "password", &user->password->place,
            "root may log in over SSH with a password if the image's sshd allows it; prefer "
            "a key");
}

static void
check_drive(const VpAdviser *adviser)
{
    const VpSpec *spec = adviser->spec;

    if (!spec->windows && spec->kind == VP_KIND_CLOUD_INIT &&
        (spec->bus == VP_BUS_SATA || spec->bus == VP_BUS_IDE))
        vp_view_diagnose_advise(
            adviser, "@bus", &adviser->spec->place,
            "the kernels of many cloud images have no driver for SATA and IDE, and do not see "
            "the drive; 'auto' uses the bus of the guest's own disk");
    if (spec->windows && spec->kind == VP_KIND_CLOUD_INIT &&
        spec->datasource == VP_DATASOURCE_NOCLOUD)
        vp_view_diagnose_advise(
            adviser, "@datasource", &adviser->spec->place,
            "cloudbase-init looks for a config drive, and for NoCloud only if configured to");
}

static gboolean
has_key(const char *text, const char *key)
{
    gsize length = strlen(key);

    for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, length) == 0 && line[length] == ':')
            return TRUE;
        if (*line == '\0')
            break;
    }
    return FALSE;
}

/* chpasswd's own "list", however far it is indented. */
static gboolean
has_password_list(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    gboolean is_within = FALSE;

    for (char **line = lines; *line != NULL; line++) {
        const char *word = *line;

        if (g_ascii_isalpha(*word)) {
            is_within = g_str_has_prefix(word, "chpasswd:");
            word += is_within ? strlen("chpasswd:") : 0;
        }
        if (is_within && g_str_has_prefix(word + strspn(word, " {"), "list:"))
            return TRUE;
    }
    return FALSE;
}

/* cloud-init's own "deprecated" notes, by the version that brought them. */
static void
check_cloud_config(const VpAdviser *adviser, const char *text, const VpPlace *place)
{
    static const struct {
        const char *key;
        const char *message;
    } deprecated[] = {
        {"apt_update", "apt_update is deprecated since cloud-init 22.2; use package_update"},
        {"apt_upgrade", "apt_upgrade is deprecated since cloud-init 22.2; use package_upgrade"},
        {"apt_reboot_if_required", "apt_reboot_if_required is deprecated since cloud-init 22.2; "
                                   "use package_reboot_if_required"},
        {"apt_mirror", "apt_mirror is deprecated since cloud-init 22.2; use apt"},
        {"apt_sources", "apt_sources is deprecated since cloud-init 22.2; use apt"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(deprecated); i++) {
        if (has_key(text, deprecated[i].key))
            vp_view_diagnose_advise(adviser, "user-data", place, deprecated[i].message);
    }
    if (has_password_list(text))
        vp_view_diagnose_advise(
            adviser, "user-data", place,
            "chpasswd/list is deprecated since cloud-init 22.2; use chpasswd/users");
}

static gboolean
begins_with(GBytes *bytes, const char *text)
{
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);

    return size >= strlen(text) && memcmp(data, text, strlen(text)) == 0;
}

static void
check_user_data(const VpAdviser *adviser)
{
    const VpData *data = adviser->spec->user_data;
    GBytes *bytes = data != NULL ? data->bytes : NULL;
    g_autofree char *text = bytes != NULL ? vp_render_data_to_text(bytes) : NULL;

    if (text == NULL)
        return;
    switch (vp_render_mime_detect(bytes)) {
    case VP_USER_DATA_CLOUD_CONFIG:
        check_cloud_config(adviser, text, &data->place);
        if (adviser->spec->windows && !begins_with(bytes, "#cloud-config"))
            vp_view_diagnose_advise(
                adviser, "user-data", &data->place,
                "cloudbase-init recognises '#cloud-config' only at the very beginning; remove "
                "the white space before it");
        break;
    case VP_USER_DATA_IGNITION:
        if (vp_render_raw_has_unknown_ignition_key(bytes))
            vp_view_diagnose_advise(adviser, "user-data", &data->place,
                                    "has a key that Ignition does not know and ignores");
        break;
    case VP_USER_DATA_UNKNOWN:
        if (!g_str_has_prefix(g_strchug(text), "#upstart-job"))
            vp_view_diagnose_advise(
                adviser, "user-data", &data->place,
                "does not start with a header that cloud-init recognises ('#cloud-config', "
                "'#!', ...), and will be ignored");
        break;
    default:
        break;
    }
}

void
vp_view_diagnose_unwise(const VpSpec *spec, VpUnwise *tell, gpointer data)
{
    const VpAdviser adviser = {spec, tell, data};

    for (guint i = 0; i < spec->users->len; i++) {
        check_user(&adviser, spec->users->pdata[i]);
        check_root(&adviser, spec->users->pdata[i]);
    }
    check_password(&adviser, "admin-password", spec->sysprep.admin_password);
    check_password(&adviser, "domain-password", spec->sysprep.domain_password);
    if (spec->regenerate_ssh_keys == VP_NO)
        vp_view_diagnose_advise(&adviser, "regenerate-ssh-keys", &spec->place,
                                "guests made from the same disk image will share their host keys");
    check_drive(&adviser);
    check_user_data(&adviser);
}
