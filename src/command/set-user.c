/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Users, their keys and their passwords into a payload element. */
#include <config.h>

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/io.h"
#include "base/secret.h"
#include "command/set.h"
#include "domain/xml-node.h"
#include "render/password.h"
#include "spec/check.h"
#include "view/prompt.h"

static gboolean
is_windows(const VpSet *set)
{
    return vp_domain_is_windows(set->domain);
}

gboolean
vp_command_set_user(VpSet *set, const char *name, const char *value, GError **error)
{
    return vp_spec_field_find(&set->root, "user", "name", value, &set->user) ||
           (vp_spec_field_add(&set->root, "user", NULL, &set->user, error) &&
            vp_spec_field_set(&set->user, "@name", value, error));
}

/* Without --user: the only user, if there is one, otherwise the guest's administrator. */
static gboolean
choose_user(VpSet *set, GError **error)
{
    if (set->user.node != NULL || vp_spec_field_only(&set->root, "user", &set->user))
        return TRUE;
    return vp_command_set_user(set, "user", is_windows(set) ? "Administrator" : "root", error);
}

gboolean
vp_command_set_user_field(VpSet *set, const char *name, const char *value, GError **error)
{
    return choose_user(set, error) && vp_command_set_field_of(set, &set->user, name, value, error);
}

gboolean
vp_command_set_replace_of_user(VpSet *set, const char *field, GError **error)
{
    if (!choose_user(set, error))
        return FALSE;
    vp_spec_field_remove(&set->user, field);
    return TRUE;
}

/* --- keys ------------------------------------------------------------------------------------- */

static gboolean
add_keys(VpSet *set, const char *path, GBytes *content, GError **error)
{
    g_autofree char *text = vp_io_to_string(content);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_auto(VpFieldList) list = {0};
    guint count = 0;

    if (strlen(text) < g_bytes_get_size(content))
        return vp_error_set(error, VP_ERROR_SSH_KEY,
                            "the file holds a NUL byte; give a text file with a key on each line");
    /* A private key has many lines, none of which may be repeated. */
    if (strstr(text, "PRIVATE KEY") != NULL)
        return vp_error_set(error, VP_ERROR_SSH_KEY,
                            "the file holds a private key; give the public one (.pub)");
    vp_spec_field_list_begin(&set->user, "ssh-key", &list);
    for (char **line = lines; *line != NULL; line++) {
        const char *key = g_strstrip(*line);

        if (*key == '\0' || *key == '#')
            continue;
        if (!vp_spec_check_ssh_key(key, error)) {
            g_prefix_error(error, "line %u of the key file ", (guint)(line - lines) + 1);
            return FALSE;
        }
        if (!vp_spec_field_list_add_once(&list, key, error))
            return FALSE;
        count++;
    }
    if (count == 0)
        g_set_error(error, VP_ERROR, VP_ERROR_SSH_KEY, "the file holds no key");
    return count > 0;
}

gboolean
vp_command_set_ssh_key(VpSet *set, const char *name, const char *value, GError **error)
{
    g_autoptr(GBytes) content = NULL;

    if (!choose_user(set, error))
        return FALSE;
    if (vp_spec_check_ssh_key(value, NULL))
        return vp_spec_field_add_once(&set->user, "ssh-key", value, error);
    content = vp_command_set_read(set, value, error);
    return content != NULL && add_keys(set, value, content, error);
}

/* --- passwords -------------------------------------------------------------------------------- */

/* Leaves no trace of the one before. */
static gboolean
put_password(const VpField *parent, const char *name, const char *text, VpField *element,
             GError **error)
{
    vp_spec_field_remove(parent, name);
    return vp_spec_field_add(parent, name, text, element, error);
}

gboolean
vp_command_set_store_password(VpSet *set, const char *password, gboolean hashed, GError **error)
{
    g_autofree char *user = NULL, *hash = NULL;
    VpField element;

    if (!choose_user(set, error) || (!hashed && !vp_spec_check_password(password, error)))
        return FALSE;
    user = vp_domain_xml_attribute(set->user.node, "name");
    if (!hashed && !is_windows(set)) {
        hash = vp_render_password_hash(set->domain->uuid, user, password, error);
        if (hash == NULL)
            return FALSE;
    }
    return put_password(&set->user, "password", hash != NULL ? hash : password, &element, error) &&
           vp_spec_field_set(&element, hash != NULL || hashed ? "@hashed" : "@clear", "yes", error);
}

/* Takes the password; NULL, with an error, if there is none. */
static gboolean
store_and_forget(VpSet *set, char *password, GError **error)
{
    gboolean is_stored =
        password != NULL && vp_command_set_store_password(set, password, FALSE, error);

    vp_secret_free(password);
    return is_stored;
}

gboolean
vp_command_set_password(VpSet *set, const char *name, const char *value, GError **error)
{
    g_autofree char *user = NULL, *escaped = NULL, *question = NULL;

    if (!choose_user(set, error))
        return FALSE;
    user = vp_domain_xml_attribute(set->user.node, "name");
    escaped = vp_escape_name(user);
    question = g_strdup_printf("Password of %s", escaped);
    return store_and_forget(set, vp_view_prompt_password(question, error), error);
}

/* The whole file but one newline at its end. */
static char *
read_password(VpSet *set, const char *path, GError **error)
{
    GBytes *content = vp_command_set_read(set, path, error);
    char *password = NULL;
    gsize whole, size;
    char *data;

    if (content == NULL)
        return NULL;
    data = g_bytes_unref_to_data(content, &whole);
    size = whole - (whole > 0 && data[whole - 1] == '\n');
    if (size > 0 && memchr(data, '\0', size) == NULL)
        password = g_strndup(data, size);
    else
        g_set_error(error, VP_ERROR, VP_ERROR_PASSWORD, "the password file is empty or not text");
    vp_secret_free_bytes(data, whole);
    return password;
}

gboolean
vp_command_set_password_file(VpSet *set, const char *name, const char *value, GError **error)
{
    return store_and_forget(set, read_password(set, value, error), error);
}

gboolean
vp_command_set_password_secret(VpSet *set, const char *name, const char *value, GError **error)
{
    VpField element;

    return choose_user(set, error) && put_password(&set->user, "password", NULL, &element, error) &&
           vp_spec_field_set(&element, "@secret", value, error) &&
           (!is_windows(set) || vp_spec_field_set(&element, "@clear", "yes", error));
}

/* 20 of 32 letters: 100 bits, none of them easily read for another. */
static char *
generate(GError **error)
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    guint8 random[20];
    GString *password;

    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random)) {
        vp_error_set_errno(error, errno, "cannot get random numbers");
        return NULL;
    }
    password = g_string_new(NULL);
    for (gsize i = 0; i < sizeof(random); i++) {
        if (i > 0 && i % 5 == 0)
            g_string_append_c(password, '-');
        g_string_append_c(password, letters[random[i] % 32]);
    }
    explicit_bzero(random, sizeof(random));
    return g_string_free(password, FALSE);
}

gboolean
vp_command_set_password_generated(VpSet *set, const char *name, const char *value, GError **error)
{
    char *password = generate(error);
    gboolean is_stored =
        password != NULL && vp_command_set_store_password(set, password, FALSE, error);

    if (is_stored) {
        g_autofree char *user = vp_domain_xml_attribute(set->user.node, "name");
        g_autofree char *escaped = vp_escape_name(user);

        g_string_append_printf(set->told, "password of %s: %s\n", escaped, password);
    }
    vp_secret_free(password);
    return is_stored;
}

gboolean
vp_command_set_password_expire(VpSet *set, const char *name, const char *value, GError **error)
{
    VpField element;

    if (!choose_user(set, error))
        return FALSE;
    if (!vp_spec_field_find(&set->user, "password", NULL, NULL, &element))
        return vp_error_set(error, VP_ERROR_MISSING, "--%s: the user has no password", name);
    return vp_spec_field_set(&element, "@expire", value, error);
}

gboolean
vp_command_set_sysprep_password(VpSet *set, const char *name, const char *value, GError **error)
{
    g_autofree char *element_name = g_strndup(name, strlen(name) - strlen("-file"));
    char *password = read_password(set, value, error);
    gboolean is_stored = password != NULL && vp_spec_check_password(password, error) &&
                         put_password(&set->root, element_name, password, NULL, error);

    vp_secret_free(password);
    return is_stored;
}
