/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What no single field of a VpSpec shows: contradictions, and names that must lead somewhere. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "domain/target.h"
#include "spec/check.h"
#include "spec/link.h"
#include "spec/spec.h"

/* fatgen103, "Volume label": 11 bytes; ECMA-119, 8.4.7: 32. */
enum { MAX_VFAT_LABEL = 11, MAX_ISO_LABEL = 32 };

/* The element's name, its line, and the message. line 0: none is known. */
static gboolean G_GNUC_PRINTF(6, 7) fail(const VpSpec *spec, const char *path, guint line,
                                         VpErrorCode code, GError **error, const char *format, ...)
{
    static const char *const roots[] = {
        [VP_KIND_CLOUD_INIT] = "cloud-init/", [VP_KIND_SYSPREP] = "sysprep/", [VP_KIND_FILES] = ""};
    g_autoptr(GString) message = g_string_new(roots[spec->kind]);
    va_list args;

    g_string_append(message, path);
    if (line)
        g_string_append_printf(message, " (line %u)", line);
    g_string_append(message, ": ");
    va_start(args, format);
    g_string_append_vprintf(message, format, args);
    va_end(args);
    g_set_error_literal(error, VP_ERROR, code, message->str);
    return FALSE;
}

static gboolean
check_label(const VpSpec *spec, GError **error)
{
    gsize limit = spec->format == VP_FORMAT_VFAT ? MAX_VFAT_LABEL : MAX_ISO_LABEL;
    const char *label = vp_spec_label(spec);

    if (strlen(label) > limit)
        return fail(spec, "volId", 0, VP_ERROR_VALUE, error,
                    "is longer than %" G_GSIZE_FORMAT " characters", limit);
    return TRUE;
}

static gboolean
check_target(const VpSpec *spec, GError **error)
{
    if (!spec->target || spec->bus == VP_BUS_AUTO ||
        vp_domain_target_suits(spec->target, spec->bus))
        return TRUE;
    return fail(spec, "@target", 0, VP_ERROR_TARGET, error,
                "does not fit the bus; it must begin with '%s'",
                vp_domain_target_prefix(spec->bus));
}

static gboolean
check_drive(const VpSpec *spec, GError **error)
{
    if (spec->bus == VP_BUS_FDC && spec->format != VP_FORMAT_VFAT)
        return fail(spec, "@format", 0, VP_ERROR_CONFLICT, error,
                    "a floppy (@bus) is vfat, not iso9660");
    if (spec->ec2 && spec->datasource != VP_DATASOURCE_CONFIG_DRIVE)
        return fail(spec, "@ec2", 0, VP_ERROR_CONFLICT, error,
                    "is of the config drive only (@datasource)");
    return check_label(spec, error) && check_target(spec, error);
}

/* --- passwords -------------------------------------------------------------------------------- */

static gboolean
check_password(const VpSpec *spec, const char *path, const VpPassword *password, GError **error)
{
    g_autoptr(GError) cause = NULL;

    if (!password)
        return TRUE;
    if (password->text && password->secret)
        return fail(spec, path, password->line, VP_ERROR_CONFLICT, error,
                    "has both a text and secret; give one of the two");
    if (!password->text && !password->secret)
        return fail(spec, path, password->line, VP_ERROR_MISSING, error, "needs a text or secret");
    if (password->hashed && password->clear)
        return fail(spec, path, password->line, VP_ERROR_CONFLICT, error,
                    "is both hashed and clear; give one of the two");
    if (password->text && password->hashed && !vp_spec_check_password_hash(password->text, &cause))
        return fail(spec, path, password->line, VP_ERROR_PASSWORD, error, "%s", cause->message);
    return TRUE;
}

/* --- lists ------------------------------------------------------------------------------------ */

/* What Windows takes and others do not. */
static gboolean
check_group(const VpSpec *spec, const VpUser *user, const char *path, const char *group,
            GError **error)
{
    g_autoptr(GError) cause = NULL;

    if (group == NULL || spec->windows || vp_spec_check_group_name(group, &cause))
        return TRUE;
    return fail(spec, path, user->line, VP_ERROR_USER, error, "%s", cause->message);
}

static gboolean
check_groups(const VpSpec *spec, const VpUser *user, GError **error)
{
    for (guint i = 0; i < user->groups->len; i++) {
        if (!check_group(spec, user, "user/group", user->groups->pdata[i], error))
            return FALSE;
    }
    return check_group(spec, user, "user/primary-group", user->primary_group, error);
}

/* cloud-init's cc_users_groups makes no such user, and none after it. */
static gboolean
check_home(const VpSpec *spec, const VpUser *user, GError **error)
{
    gboolean has_none = user->system == VP_YES || user->no_create_home == VP_YES;

    if (!has_none || (user->ssh_keys->len == 0 && user->ssh_import_ids->len == 0))
        return TRUE;
    return fail(spec, user->system == VP_YES ? "user/system" : "user/no-create-home", user->line,
                VP_ERROR_CONFLICT, error, "leaves no home directory for the user's ssh keys");
}

static gboolean
check_users(const VpSpec *spec, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < spec->users->len; i++) {
        VpUser *user = spec->users->pdata[i];
        const VpUser *other = g_hash_table_lookup(seen, user->name);

        if (other)
            return fail(spec, "user", user->line, VP_ERROR_DUPLICATE, error,
                        "has the name of the user on line %u; join the two", other->line);
        g_hash_table_insert(seen, user->name, user);
        if (!check_password(spec, "user/password", user->password, error))
            return FALSE;
        if (user->password && user->lock_password == VP_YES)
            return fail(spec, "user/lock-password", user->line, VP_ERROR_CONFLICT, error,
                        "locks the password that the same user is given");
        if (!check_groups(spec, user, error) || !check_home(spec, user, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_meta(const VpSpec *spec, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < spec->meta->len; i++) {
        const VpMeta *meta = spec->meta->pdata[i];

        if (!g_hash_table_add(seen, meta->key))
            return fail(spec, "meta", 0, VP_ERROR_DUPLICATE, error,
                        "entry %u has the key of an earlier one", i + 1);
    }
    return TRUE;
}

static gboolean
check_network(const VpSpec *spec, GError **error)
{
    if (spec->links->len > 0 && spec->network_config) {
        const VpLink *link = spec->links->pdata[0];

        return fail(spec, "network-config", spec->network_config->line, VP_ERROR_CONFLICT, error,
                    "excludes cloud-init/network (line %u); give one of the two", link->line);
    }
    return vp_spec_link_validate(spec, error);
}

static gboolean
check_sysprep(const VpSpec *spec, GError **error)
{
    const VpSysprep *sysprep = spec->sysprep;

    if (!sysprep)
        return TRUE;
    if (!sysprep->domain &&
        (sysprep->domain_user || sysprep->domain_password || sysprep->machine_object_ou))
        return fail(spec, "domain", 0, VP_ERROR_MISSING, error,
                    "is needed by domain-user, domain-password and machine-object-ou");
    if (sysprep->domain_user && !sysprep->domain_password)
        return fail(spec, "domain-password", 0, VP_ERROR_MISSING, error,
                    "is needed by domain-user");
    return check_password(spec, "domain-password", sysprep->domain_password, error) &&
           check_password(spec, "admin-password", sysprep->admin_password, error);
}

gboolean
vp_spec_validate(const VpSpec *spec, GError **error)
{
    return check_drive(spec, error) && check_users(spec, error) && check_meta(spec, error) &&
           check_network(spec, error) && check_sysprep(spec, error);
}
