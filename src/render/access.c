/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How users, passwords and keys reach the guest. */
#include <config.h>

#include "base/error.h"
#include "render/access.h"
#include "render/password.h"

/* cloudbase-init's user is named in its own configuration, "Admin" by default. */
static gboolean
is_administrator(const char *name)
{
    return g_ascii_strcasecmp(name, "Administrator") == 0 || g_ascii_strcasecmp(name, "Admin") == 0;
}

static const VpUser *
find_administrator(const VpSpec *spec)
{
    for (guint i = 0; i < spec->users->len; i++) {
        const VpUser *user = g_ptr_array_index(spec->users, i);

        if (is_administrator(user->name))
            return user;
    }
    return NULL;
}

static const VpUser *
find_root(const VpSpec *spec)
{
    for (guint i = 0; i < spec->users->len; i++) {
        const VpUser *user = g_ptr_array_index(spec->users, i);

        if (g_str_equal(user->name, "root"))
            return user;
    }
    return NULL;
}

const VpUser *
vp_render_access_superuser(const VpSpec *spec)
{
    return spec->windows ? find_administrator(spec) : find_root(spec);
}

/* A name that is not a superuser's is recognised without a walk through all users. */
gboolean
vp_render_access_is_superuser(const VpSpec *spec, const VpUser *user)
{
    if (!spec->windows)
        return g_str_equal(user->name, "root");
    return is_administrator(user->name) && user == find_administrator(spec);
}

/* An authorized_keys line starts with its options or with its type: sshd(8), AUTHORIZED_KEYS FILE
 * FORMAT. */
static gboolean
key_has_options(const char *key)
{
    static const char *const types[] = {"ssh-", "ecdsa-", "sk-"};

    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        if (g_str_has_prefix(key, types[i]))
            return FALSE;
    }
    return TRUE;
}

gboolean
vp_render_access_key_is_public(const VpSpec *spec, gboolean is_superuser, const char *key)
{
    return is_superuser && (spec->windows || !key_has_options(key));
}

gboolean
vp_render_access_has_password(const VpUser *user)
{
    return user->password != NULL && user->lock_password != VP_YES;
}

static gboolean
has_private_keys(const VpSpec *spec, const VpUser *user)
{
    gboolean is_superuser = vp_render_access_is_superuser(spec, user);

    for (guint i = 0; i < user->ssh_keys->len; i++) {
        if (!vp_render_access_key_is_public(spec, is_superuser, user->ssh_keys->pdata[i]))
            return TRUE;
    }
    return FALSE;
}

/* cloud-init changes nothing else of a user that the image has, as it has root. */
static gboolean
has_root_attributes(const VpUser *user)
{
    return user->sudo->len > 0 || user->lock_password != VP_UNSET || user->ssh_import_ids->len > 0;
}

static gboolean
has_windows_attributes(const VpUser *user)
{
    return user->groups->len > 0 || user->primary_group != NULL || user->gecos != NULL;
}

gboolean
vp_render_access_needs_entry(const VpSpec *spec, const VpUser *user)
{
    if (!vp_render_access_is_superuser(spec, user))
        return TRUE;
    if (spec->windows)
        return has_windows_attributes(user);
    return user->password != NULL || has_root_attributes(user) || has_private_keys(spec, user);
}

/* Of a line "root:PASSWORD" cloud-init makes a random password for some texts and a hash of others.
 */
static gboolean
password_fits_a_line(const VpPassword *password)
{
    if (password->hashed)
        return vp_render_password_is_known_hash(password->text);
    return !password->clear || (!vp_render_password_is_known_hash(password->text) &&
                                !vp_render_password_is_random_word(password->text));
}

static gboolean
is_root_alone(const VpSpec *spec)
{
    const VpUser *root = spec->windows ? NULL : find_root(spec);

    return spec->users->len == 1 && spec->default_user != VP_YES && root != NULL &&
           root->password != NULL && !has_root_attributes(root) &&
           password_fits_a_line(root->password);
}

gboolean
vp_render_access_keeps_default(const VpSpec *spec)
{
    if (spec->default_user != VP_UNSET)
        return spec->default_user == VP_YES;
    for (guint i = 0; i < spec->users->len; i++) {
        const VpUser *user = g_ptr_array_index(spec->users, i);

        if (!g_str_equal(user->name, "root"))
            return FALSE;
    }
    return TRUE;
}

VpAccessForm
vp_render_access_form(const VpSpec *spec)
{
    if (is_root_alone(spec))
        return VP_ACCESS_ROOT;
    for (guint i = 0; i < spec->users->len; i++) {
        if (vp_render_access_needs_entry(spec, g_ptr_array_index(spec->users, i)))
            return VP_ACCESS_LIST;
    }
    if (!spec->windows && spec->default_user != VP_UNSET)
        return VP_ACCESS_LIST;
    return VP_ACCESS_NONE;
}

gboolean
vp_render_access_check_windows_password(const VpUser *user, GError **error)
{
    if (user->password == NULL || (user->password->clear && !user->password->hashed))
        return TRUE;
    return vp_error_set_at(error, VP_ERROR_PASSWORD, "cloud-init/user/password",
                           &user->password->place,
                           "Windows takes only clear text; give that, with clear='yes'");
}
