/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks across the fields of a VpSpec: contradictions, and names that must refer to something. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/faults.h"
#include "base/hash.h"
#include "domain/target.h"
#include "spec/check.h"
#include "spec/link.h"
#include "spec/spec.h"

/* fatgen103, "Volume label": 11 bytes; ECMA-119, 8.4.7: 32. */
enum { MAX_VFAT_LABEL = 11, MAX_ISO_LABEL = 32 };

/* The element's name, its place, and the message. Returns whether to continue. */
static gboolean G_GNUC_PRINTF(6, 7)
    note(const VpSpec *spec, const char *name, const VpPlace *place, VpErrorCode code,
         VpFaults *faults, const char *format, ...)
{
    static const char *const roots[] = {
        [VP_KIND_CLOUD_INIT] = "cloud-init/", [VP_KIND_SYSPREP] = "sysprep/", [VP_KIND_FILES] = ""};
    g_autofree char *path = g_strconcat(roots[spec->kind], name, NULL);
    GError *error;
    va_list args;

    va_start(args, format);
    error = g_error_new_valist(VP_ERROR, code, format, args);
    va_end(args);
    (void)vp_error_set_place(&error, path, place);
    return vp_faults_note(faults, error);
}

static gboolean
check_label(const VpSpec *spec, VpFaults *faults)
{
    gsize limit = spec->format == VP_FORMAT_VFAT ? MAX_VFAT_LABEL : MAX_ISO_LABEL;
    const char *label = vp_spec_label(spec);

    if (strlen(label) > limit)
        return note(spec, "volId", &spec->place, VP_ERROR_VALUE, faults,
                    "is longer than %" G_GSIZE_FORMAT " characters", limit);
    return TRUE;
}

static gboolean
check_target(const VpSpec *spec, VpFaults *faults)
{
    if (spec->target == NULL || spec->bus == VP_BUS_AUTO ||
        vp_domain_target_suits(spec->target, spec->bus))
        return TRUE;
    return note(spec, "@target", &spec->place, VP_ERROR_TARGET, faults,
                "does not fit the bus; it must begin with '%s'",
                vp_domain_target_prefix(spec->bus));
}

static gboolean
check_drive(const VpSpec *spec, VpFaults *faults)
{
    if (spec->bus == VP_BUS_FDC && spec->format != VP_FORMAT_VFAT)
        return note(spec, "@format", &spec->place, VP_ERROR_CONFLICT, faults,
                    "a floppy (@bus) is vfat, not iso9660");
    if (spec->ec2 && spec->datasource != VP_DATASOURCE_CONFIG_DRIVE)
        return note(spec, "@ec2", &spec->place, VP_ERROR_CONFLICT, faults,
                    "applies only to a config drive (@datasource)");
    return check_label(spec, faults) && check_target(spec, faults);
}

/* --- passwords -------------------------------------------------------------------------------- */

static gboolean
check_password(const VpSpec *spec, const char *path, const VpPassword *password, VpFaults *faults)
{
    g_autoptr(GError) cause = NULL;

    if (password == NULL)
        return TRUE;
    if (password->text != NULL && password->secret != NULL)
        return note(spec, path, &password->place, VP_ERROR_CONFLICT, faults,
                    "has both a text and secret; give one of the two");
    if (password->text == NULL && password->secret == NULL)
        return note(spec, path, &password->place, VP_ERROR_MISSING, faults,
                    "needs a text or secret");
    if (password->hashed && password->clear)
        return note(spec, path, &password->place, VP_ERROR_CONFLICT, faults,
                    "is both hashed and clear; give one of the two");
    if (password->text != NULL && password->hashed &&
        !vp_spec_check_password_hash(password->text, &cause))
        return note(spec, path, &password->place, VP_ERROR_PASSWORD, faults, "%s", cause->message);
    return TRUE;
}

/* --- lists ------------------------------------------------------------------------------------ */

/* Values that only Windows accepts. */
static gboolean
check_group(const VpSpec *spec, const VpUser *user, const char *path, const char *group,
            VpFaults *faults)
{
    g_autoptr(GError) cause = NULL;

    if (group == NULL || spec->windows || vp_spec_check_group_name(group, &cause))
        return TRUE;
    return note(spec, path, &user->place, VP_ERROR_USER, faults, "%s", cause->message);
}

static gboolean
check_groups(const VpSpec *spec, const VpUser *user, VpFaults *faults)
{
    for (guint i = 0; i < user->groups->len; i++) {
        if (!check_group(spec, user, "user/group", user->groups->pdata[i], faults))
            return FALSE;
    }
    return check_group(spec, user, "user/primary-group", user->primary_group, faults);
}

/* cloud-init's cc_users_groups makes no such user, and none after it. */
static gboolean
check_home(const VpSpec *spec, const VpUser *user, VpFaults *faults)
{
    gboolean has_none = user->system == VP_YES || user->no_create_home == VP_YES;

    if (!has_none || (user->ssh_keys->len == 0 && user->ssh_import_ids->len == 0))
        return TRUE;
    return note(spec, user->system == VP_YES ? "user/system" : "user/no-create-home", &user->place,
                VP_ERROR_CONFLICT, faults, "leaves no home directory for the user's ssh keys");
}

static gboolean
check_user(const VpSpec *spec, VpUser *user, GHashTable *seen, VpFaults *faults)
{
    const VpUser *other = g_hash_table_lookup(seen, user->name);

    if (other != NULL)
        return note(spec, "user", &user->place, VP_ERROR_DUPLICATE, faults,
                    "has the name of the user on line %u; merge the two", other->place.line);
    g_hash_table_insert(seen, user->name, user);
    if (user->password != NULL && user->lock_password == VP_YES &&
        !note(spec, "user/lock-password", &user->place, VP_ERROR_CONFLICT, faults,
              "locks the password that the same user is given"))
        return FALSE;
    return check_password(spec, "user/password", user->password, faults) &&
           check_groups(spec, user, faults) && check_home(spec, user, faults);
}

static gboolean
check_users(const VpSpec *spec, VpFaults *faults)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(vp_hash_text, g_str_equal);

    for (guint i = 0; i < spec->users->len; i++)
        if (!check_user(spec, spec->users->pdata[i], seen, faults))
            return FALSE;
    return TRUE;
}

static gboolean
check_meta(const VpSpec *spec, VpFaults *faults)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(vp_hash_text, g_str_equal);

    for (guint i = 0; i < spec->meta->len; i++) {
        const VpMeta *meta = spec->meta->pdata[i];

        if (!g_hash_table_add(seen, meta->key) &&
            !note(spec, "meta", &meta->place, VP_ERROR_DUPLICATE, faults,
                  "has the key of an earlier one"))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_commands(const VpSpec *spec, const char *name, const GPtrArray *commands, VpFaults *faults)
{
    for (guint i = 0; i < commands->len; i++) {
        const VpGuestCommand *command = commands->pdata[i];

        if (command->text == NULL && command->args->len == 0 &&
            !note(spec, name, &command->place, VP_ERROR_MISSING, faults, "is empty"))
            return FALSE;
        if (command->text != NULL && command->args->len > 0 &&
            !note(spec, name, &command->place, VP_ERROR_CONFLICT, faults,
                  "has both a text and arg; give one of the two"))
            return FALSE;
    }
    return TRUE;
}

/* One key of each type, and what a swap file needs; for the rest no two fields say the same. */
static gboolean
check_system(const VpSpec *spec, VpFaults *faults)
{
    const VpSystem *system = &spec->system;
    g_autoptr(GHashTable) types = g_hash_table_new(vp_hash_text, g_str_equal);
    g_autoptr(GHashTable) names = g_hash_table_new(vp_hash_text, g_str_equal);

    for (guint i = 0; i < system->ssh_host_keys->len; i++) {
        const VpSshHostKey *key = system->ssh_host_keys->pdata[i];

        if (!g_hash_table_add(types, key->type) &&
            !note(spec, "ssh-host-key", &key->place, VP_ERROR_DUPLICATE, faults,
                  "has the type of an earlier one"))
            return FALSE;
    }
    for (guint i = 0; i < system->apt_repositories->len; i++) {
        const VpAptRepository *repository = system->apt_repositories->pdata[i];

        if (!g_hash_table_add(names, repository->name) &&
            !note(spec, "apt-repository", &repository->place, VP_ERROR_DUPLICATE, faults,
                  "has the name of an earlier one"))
            return FALSE;
    }
    if (system->swap != NULL && system->swap->size == NULL)
        return note(spec, "swap", &system->swap->place, VP_ERROR_MISSING, faults,
                    "needs a size, or auto");
    /* cloud-init reads it only then */
    if (system->apt_security_mirror != NULL && system->apt_mirror == NULL)
        return note(spec, "apt-security-mirror", &spec->place, VP_ERROR_MISSING, faults,
                    "needs apt-mirror");
    return TRUE;
}

static gboolean
check_network(const VpSpec *spec, VpFaults *faults)
{
    if (spec->links->len > 0 && spec->network_config != NULL) {
        const VpLink *link = spec->links->pdata[0];

        return note(spec, "network-config", &spec->network_config->place, VP_ERROR_CONFLICT, faults,
                    "excludes cloud-init/network (line %u); give one of the two", link->place.line);
    }
    return vp_spec_link_validate(spec, faults);
}

static gboolean
check_sysprep(const VpSpec *spec, VpFaults *faults)
{
    const VpSysprep *sysprep = &spec->sysprep;

    if (sysprep->domain == NULL &&
        (sysprep->domain_user != NULL || sysprep->domain_password != NULL ||
         sysprep->machine_object_ou != NULL))
        return note(spec, "domain", &spec->place, VP_ERROR_MISSING, faults,
                    "is needed by domain-user, domain-password and machine-object-ou");
    if (sysprep->domain_user != NULL && sysprep->domain_password == NULL)
        return note(spec, "domain-password", &spec->place, VP_ERROR_MISSING, faults,
                    "is needed by domain-user");
    return check_password(spec, "domain-password", sysprep->domain_password, faults) &&
           check_password(spec, "admin-password", sysprep->admin_password, faults);
}

void
vp_spec_validate(const VpSpec *spec, VpFaults *faults)
{
    (void)(check_drive(spec, faults) && check_users(spec, faults) && check_meta(spec, faults) &&
           check_commands(spec, "boot-cmd", spec->boot_cmds, faults) &&
           check_commands(spec, "run-cmd", spec->run_cmds, faults) && check_system(spec, faults) &&
           check_network(spec, faults) && check_sysprep(spec, faults));
}
