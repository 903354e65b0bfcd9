/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each version of cloud-init and cloudbase-init does with a spec, according to their code. */
#include <config.h>

#include <string.h>

#include "render/access.h"
#include "render/write-file.h"
#include "spec/object.h"
#include "view/diagnose-guest.h"

#define ZONES "/usr/share/zoneinfo"
#define LOCALES "/usr/share/i18n/locales"

enum { FIRST_UID = 1000 }; /* of users, on distributions of today */

/* --- users ------------------------------------------------------------------------------------ */

/* Fields that cloud-init gives a user only when it makes it. */
static const char *
made_field(const VpUser *user)
{
    if (user->shell != NULL)
        return "shell";
    if (user->groups->len > 0)
        return "group";
    if (user->primary_group != NULL)
        return "primary-group";
    if (user->gecos != NULL)
        return "gecos";
    if (user->uid > 0)
        return "uid";
    return user->home != NULL ? "homedir" : NULL;
}

static void
check_made(const VpAdviser *adviser, const VpUser *user)
{
    const char *field = made_field(user);

    if (field != NULL && vp_render_write_file_is_base_user(user->name))
        vp_view_diagnose_advise(
            adviser, field, &user->place,
            "cloud-init does not change this for a user that the image already has, such as "
            "root; use a run-cmd with usermod");
    if (user->uid > 0 && user->uid < FIRST_UID && user->system != VP_YES)
        vp_view_diagnose_advise(adviser, "uid", &user->place,
                                "if the image uses a number below 1000 already, cloud-init does "
                                "not create the user");
}

static void
check_root(const VpAdviser *adviser, const VpUser *root)
{
    if (root->password == NULL && root->lock_password == VP_UNSET &&
        vp_render_access_needs_entry(adviser->spec, root))
        vp_view_diagnose_advise(
            adviser, "user", &root->place,
            "if the image gave root a password, cloud-init locks it, because root has a sudo rule "
            "or a key that only an entry of users can give; give root a password");
}

static void
check_default_user(const VpAdviser *adviser, const VpUser *user)
{
    if (adviser->spec->default_user == VP_YES && !g_str_equal(user->name, "root"))
        vp_view_diagnose_advise(
            adviser, "user", &user->place,
            "if the image's default user has this name, cloud-init gives it the image's shell, "
            "groups and sudo rules, in old versions in place of those given here, and locks its "
            "password; leave default-user out");
}

static void
check_user(const VpAdviser *adviser, const VpUser *user)
{
    if (g_str_equal(user->name, "root"))
        check_root(adviser, user);
    check_made(adviser, user);
    check_default_user(adviser, user);
    if (user->lock_password == VP_NO && user->password == NULL)
        vp_view_diagnose_advise(
            adviser, "lock-password", &user->place,
            "has no effect without a password, and cloud-init 25.1 and later complain about it");
    if (user->uid > 0)
        vp_view_diagnose_advise(adviser, "uid", &user->place,
                                "cloud-init before 22.2 ignores it and takes the next free number");
    if (user->password != NULL && user->password->expire == VP_YES &&
        (!user->password->clear || vp_render_access_form(adviser->spec) == VP_ACCESS_LIST))
        vp_view_diagnose_advise(adviser, "@expire", &user->password->place,
                                "cloud-init before 22.3 does not require the change");
}

/* --- files and commands ----------------------------------------------------------------------- */

/* cloud-init gives the file its mode and then its owner, at which the kernel clears such bits. */
static gboolean
has_set_id(guint64 mode)
{
    return (mode & 04000) != 0 || ((mode & 02000) != 0 && (mode & 0010) != 0);
}

static void
check_permissions(const VpAdviser *adviser, const VpWriteFile *file)
{
    guint64 mode = file->permissions != NULL ? g_ascii_strtoull(file->permissions, NULL, 8) : 0644;

    if (mode == 0)
        vp_view_diagnose_advise(adviser, "@permissions", &file->place,
                                "cloud-init takes 0 for no mode, and the file gets 0644; use 0400");
    if (has_set_id(mode))
        vp_view_diagnose_advise(
            adviser, "@permissions", &file->place,
            "cloud-init before 25.3 loses the set-user-ID and set-group-ID bits; use a run-cmd "
            "with chmod");
}

static void
check_file(const VpAdviser *adviser, const VpWriteFile *file)
{
    if (vp_render_write_file_is_deferred(adviser->spec, file))
        vp_view_diagnose_advise(
            adviser, "write-file", &file->place,
            "is written once users are created, which cloud-init before 21.4 cannot do: it "
            "writes the file earlier, and fails if the owner does not exist");
    else if (!vp_render_write_file_owner_is_known(file))
        vp_view_diagnose_advise(adviser, "@owner", &file->place,
                                "if the image does not have the owner, cloud-init skips this file "
                                "and all later ones, because users are created later; defer='yes' "
                                "writes it after users are created and packages installed");
    check_permissions(adviser, file);
}

static void
check_commands(const VpAdviser *adviser, const char *name, const GPtrArray *commands)
{
    for (guint i = 0; i < commands->len; i++) {
        const VpGuestCommand *command = commands->pdata[i];
        const char *text = command->text != NULL ? command->text : "";

        if (g_str_has_prefix(text + strspn(text, " \t\r\n"), "#!"))
            vp_view_diagnose_advise(
                adviser, name, &command->place,
                "its '#!' line is a comment, because the text is run by sh; store a script in "
                "another language with write-file, and run that");
    }
}

/* --- the system --------------------------------------------------------------------------------
 */

/* Ubuntu's have the security suites. */
static gboolean
is_debian_mirror(const char *url)
{
    return url != NULL && (g_str_has_suffix(url, "/debian") || g_str_has_suffix(url, "/debian/"));
}

static void
check_system(const VpAdviser *adviser)
{
    const VpSystem *system = &adviser->spec->system;

    if (system->keyboard != NULL)
        vp_view_diagnose_advise(adviser, "keyboard", &system->keyboard->place,
                                "cloud-init before 22.1 ignores it");
    if (system->ca_certs->len > 0)
        vp_view_diagnose_advise(adviser, "ca-cert",
                                &((VpCaCert *)system->ca_certs->pdata[0])->place,
                                "cloud-init before 22.1 ignores it");
    if (is_debian_mirror(system->apt_mirror) && system->apt_security_mirror == NULL)
        vp_view_diagnose_advise(adviser, "apt-mirror", &adviser->spec->place,
                                "cloud-init takes security updates from it, too, which a mirror "
                                "of Debian does not have: 'apt update' fails; give "
                                "apt-security-mirror");
}

/* --- names that the host knows too ------------------------------------------------------------ */

static gboolean
is_missing_below(const char *directory, const char *name)
{
    g_autofree char *path = g_build_filename(directory, name, NULL);

    return g_file_test(directory, G_FILE_TEST_IS_DIR) && !g_file_test(path, G_FILE_TEST_EXISTS);
}

/* locale(7): "language_TERRITORY.CODESET@modifier". */
static gboolean
is_unknown_locale(const char *locale)
{
    g_autofree char *name = g_strndup(locale, strcspn(locale, ".@"));

    return !g_str_equal(name, "C") && !g_str_equal(name, "POSIX") &&
           is_missing_below(LOCALES, name);
}

static void
check_names(const VpAdviser *adviser)
{
    const VpSpec *spec = adviser->spec;

    if (spec->timezone != NULL && is_missing_below(ZONES, spec->timezone))
        vp_view_diagnose_advise(adviser, "timezone", &spec->place,
                                "is not in this host's own time zones (" ZONES
                                "), and is probably misspelt");
    if (spec->locale != NULL && is_unknown_locale(spec->locale))
        vp_view_diagnose_advise(adviser, "locale", &spec->place,
                                "is not in this host's own locales (" LOCALES
                                "), and is probably misspelt");
}

/* --- Windows ---------------------------------------------------------------------------------- */

static void
tell_unknown(const VpAdviser *adviser, const VpRow *rows, gconstpointer object,
             const VpPlace *place)
{
    for (const VpRow *row = rows; row->name != NULL; row++) {
        if (row->not_windows && vp_spec_object_holds(row, object))
            vp_view_diagnose_advise(adviser, row->name, place,
                                    "cloudbase-init does not know it, and leaves it out");
    }
}

static void
check_windows_user(const VpAdviser *adviser, const VpUser *user)
{
    tell_unknown(adviser, vp_spec_user_type.rows, user, &user->place);
    if (user->password != NULL && user->password->expire != VP_UNSET)
        vp_view_diagnose_advise(
            adviser, "@expire", &user->password->place,
            "cloudbase-init asks for a new password as its own configuration says "
            "(first_logon_behaviour)");
}

/* runcmd.py joins the words with spaces. */
static void
check_windows_command(const VpAdviser *adviser, const VpGuestCommand *command)
{
    for (guint i = 0; i < command->args->len; i++) {
        if (strpbrk(command->args->pdata[i], " \t\"") == NULL)
            continue;
        vp_view_diagnose_advise(
            adviser, "arg", &command->place,
            "cloudbase-init joins the words with spaces and does not quote them; give a text");
        return;
    }
}

static void
check_windows(const VpAdviser *adviser)
{
    const VpSpec *spec = adviser->spec;

    tell_unknown(adviser, vp_spec_table_find(vp_spec_table_roots(), "cloud-init")->rows, spec,
                 &spec->place);
    for (guint i = 0; i < spec->users->len; i++)
        check_windows_user(adviser, spec->users->pdata[i]);
    for (guint i = 0; i < spec->write_files->len; i++)
        tell_unknown(adviser, vp_spec_write_file_type.rows, spec->write_files->pdata[i],
                     spec->write_files->pdata[i]); /* which begins with its place */
    for (guint i = 0; i < spec->run_cmds->len; i++)
        check_windows_command(adviser, spec->run_cmds->pdata[i]);
}

void
vp_view_diagnose_guest(const VpSpec *spec, VpUnwise *tell, gpointer data)
{
    const VpAdviser adviser = {spec, tell, data};

    if (spec->kind != VP_KIND_CLOUD_INIT)
        return;
    if (spec->windows) {
        check_windows(&adviser);
        return;
    }
    for (guint i = 0; i < spec->users->len; i++)
        check_user(&adviser, spec->users->pdata[i]);
    for (guint i = 0; i < spec->write_files->len; i++)
        check_file(&adviser, spec->write_files->pdata[i]);
    check_commands(&adviser, "boot-cmd", spec->boot_cmds);
    check_commands(&adviser, "run-cmd", spec->run_cmds);
    check_system(&adviser);
    check_names(&adviser);
}
