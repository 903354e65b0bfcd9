/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cloud-config in a form that can be compared. */
#include <config.h>

#include <string.h>

#include "base/base64.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/json-text.h"
#include "command/import-meaning.h"
#include "command/set.h"
#include "render/password.h"

typedef struct {
    const char *uuid;
    json_object *meaning;
    json_object *passwords; /* a user's name to the hash */
    json_object *expired;   /* a user's name to true */
} Writer;

/* --- lists ------------------------------------------------------------------------------------ */

/* Words of a list, or of one text with commas, joined in their order. */
static json_object *
sorted_words(json_object *value)
{
    g_autoptr(json_object) list = vp_json_as_list(value);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) joined = g_string_new(NULL);

    for (gsize i = 0; i < json_object_array_length(list); i++) {
        const char *text = vp_json_get_text(json_object_array_get_idx(list, i));
        g_auto(GStrv) parts = text != NULL ? g_strsplit(text, ",", -1) : NULL;

        if (parts == NULL)
            return json_object_get(value);
        for (char **part = parts; *part != NULL; part++)
            g_ptr_array_add(words, g_strdup(g_strstrip(*part)));
    }
    g_ptr_array_sort(words, vp_compare_text);
    for (guint i = 0; i < words->len; i++)
        g_string_append_printf(joined, "%s%s", i > 0 ? "," : "", (const char *)words->pdata[i]);
    return json_object_new_string(joined->str);
}

/* Rules of sudoers(5) may be one text. */
static json_object *
joined_rules(json_object *value)
{
    g_autoptr(json_object) list = vp_json_as_list(value);
    g_autoptr(GString) joined = g_string_new(NULL);

    for (gsize i = 0; i < json_object_array_length(list); i++) {
        const char *text = vp_json_get_text(json_object_array_get_idx(list, i));

        if (text == NULL)
            return json_object_get(value);
        g_string_append_printf(joined, "%s%s", i > 0 ? " : " : "", text);
    }
    return json_object_new_string(joined->str);
}

json_object *
vp_command_import_meaning_keys(json_object *value)
{
    g_autoptr(json_object) keys = json_object_new_array();
    g_autoptr(json_object) list = NULL;

    if (json_object_is_type(value, json_type_object)) {
        list = json_object_new_array();
        json_object_object_foreach(value, name, key)
        {
            (void)name;
            vp_json_append(list, key != NULL ? json_object_get(key) : json_object_new_string(""));
        }
    } else {
        list = vp_json_as_list(value);
    }
    for (gsize i = 0; i < json_object_array_length(list); i++) {
        const char *text = vp_json_get_text(json_object_array_get_idx(list, i));
        g_auto(GStrv) lines = text != NULL ? g_strsplit(text, "\n", -1) : NULL;

        if (lines == NULL)
            return NULL;
        for (char **line = lines; *line != NULL; line++) {
            if (*g_strstrip(*line) != '\0')
                vp_json_append(keys, json_object_new_string(*line));
        }
    }
    return g_steal_pointer(&keys);
}

json_object *
vp_command_import_meaning_keys_of(GBytes *meta_data)
{
    g_autoptr(json_object) object = vp_json_parse_object(meta_data, NULL);
    json_object *keys =
        object != NULL ? vp_command_import_meaning_keys(vp_json_get(object, "public_keys")) : NULL;

    return keys != NULL ? keys : json_object_new_array();
}

/* --- passwords -------------------------------------------------------------------------------- */

static void
set_password(const Writer *writer, const char *user, const char *password, gboolean is_hash)
{
    g_autofree char *hash =
        is_hash ? g_strdup(password) : vp_render_password_hash(writer->uuid, user, password, NULL);

    vp_json_add_string(writer->passwords, user, hash != NULL ? hash : password);
}

static void
set_expired(const Writer *writer, const char *user)
{
    vp_json_add(writer->expired, user, json_object_new_boolean(TRUE));
}

static gboolean
write_password_lines(const Writer *writer, json_object *value, gboolean expire)
{
    g_autoptr(json_object) list = vp_json_as_list(value);

    for (gsize i = 0; i < json_object_array_length(list); i++) {
        const char *text = vp_json_get_text(json_object_array_get_idx(list, i));
        g_auto(GStrv) lines = text != NULL ? g_strsplit(text, "\n", -1) : NULL;

        for (char **line = lines; line != NULL && *line != NULL; line++) {
            g_auto(GStrv) pair = g_strsplit(*line, ":", 2);

            if (g_strv_length(pair) != 2)
                continue;
            set_password(writer, pair[0], pair[1], vp_render_password_is_known_hash(pair[1]));
            if (expire)
                set_expired(writer, pair[0]);
        }
        if (lines == NULL)
            return FALSE;
    }
    return TRUE;
}

static gboolean
write_password_users(const Writer *writer, json_object *value, gboolean expire)
{
    g_autoptr(json_object) list = vp_json_as_list(value);

    for (gsize i = 0; i < json_object_array_length(list); i++) {
        json_object *entry = json_object_array_get_idx(list, i);
        const char *name = vp_json_get_text_of(entry, "name");
        const char *password = vp_json_get_text_of(entry, "password");
        const char *type = vp_json_get_text_of(entry, "type");

        if (name == NULL || password == NULL)
            return FALSE;
        set_password(writer, name, password, g_strcmp0(type, "text") != 0);
        if (expire)
            set_expired(writer, name);
    }
    return TRUE;
}

static gboolean
is_known_member(json_object *object, const char *const *names)
{
    json_object_object_foreach(object, name, value)
    {
        (void)value;
        if (!g_strv_contains(names, name))
            return FALSE;
    }
    return TRUE;
}

static gboolean
must_expire(json_object *chpasswd)
{
    json_object *expire = vp_json_get(chpasswd, "expire");

    return expire == NULL || json_object_get_boolean(expire);
}

static gboolean
write_chpasswd(const Writer *writer, json_object *chpasswd)
{
    static const char *const members[] = {"expire", "list", "users", NULL};
    gboolean expire = must_expire(chpasswd);

    return json_object_is_type(chpasswd, json_type_object) && is_known_member(chpasswd, members) &&
           write_password_lines(writer, vp_json_get(chpasswd, "list"), expire) &&
           write_password_users(writer, vp_json_get(chpasswd, "users"), expire);
}

/* --- users ------------------------------------------------------------------------------------ */

/* A password is compared separately: for a new user it does not matter in which place it is given.
 */
static void
write_user_member(const Writer *writer, json_object *user, const char *of, const char *name,
                  json_object *value)
{
    if (g_str_equal(name, "passwd") || g_str_equal(name, "hashed_passwd"))
        set_password(writer, of, vp_json_get_text(value) != NULL ? vp_json_get_text(value) : "",
                     TRUE);
    else if (g_str_equal(name, "plain_text_passwd"))
        set_password(writer, of, vp_json_get_text(value) != NULL ? vp_json_get_text(value) : "",
                     FALSE);
    else if (g_str_equal(name, "groups"))
        vp_json_add(user, name, sorted_words(value));
    else if (g_str_equal(name, "sudo"))
        vp_json_add(user, name, joined_rules(value));
    else if (g_str_equal(name, "ssh_authorized_keys") || g_str_equal(name, "ssh_import_id"))
        vp_json_add(user, name, vp_json_as_list(value));
    else if (!g_str_equal(name, "lock_passwd") || !json_object_get_boolean(value))
        json_object_object_add(user, name, json_object_get(value));
}

static gboolean
write_user(const Writer *writer, json_object *entry, json_object *users)
{
    const char *name = vp_json_get_text_of(entry, "name");
    json_object *user;

    if (name == NULL)
        return FALSE;
    user = json_object_new_object();
    vp_json_append(users, user);
    json_object_object_foreach(entry, member, value)
    {
        if (value == NULL)
            return FALSE;
        write_user_member(writer, user, name, member, value);
    }
    return TRUE;
}

/* "default" is the user that the image creates. An entry that names nobody keeps the list from
 * being empty.
 */
static gboolean
write_users(const Writer *writer, json_object *value)
{
    json_object *users = json_object_new_array();
    gboolean has_default = value == NULL;

    vp_json_add(writer->meaning, "users", users);
    for (gsize i = 0;
         json_object_is_type(value, json_type_array) && i < json_object_array_length(value); i++) {
        json_object *entry = json_object_array_get_idx(value, i);

        if (g_strcmp0(vp_json_get_text(entry), "default") == 0)
            has_default = TRUE;
        else if (json_object_is_type(entry, json_type_array))
            continue;
        else if (!write_user(writer, entry, users))
            return FALSE;
    }
    vp_json_add(writer->meaning, "default", json_object_new_boolean(has_default));
    return value == NULL || json_object_is_type(value, json_type_array);
}

static json_object *
value_of(const GPtrArray *entries, const char *name)
{
    const VpYamlEntry *entry = vp_yaml_text_find(entries, name);

    return entry != NULL ? entry->value : NULL;
}

/* "user" with "password": what older ones know for the one user that has a password. */
static gboolean
write_only_user(const Writer *writer, const GPtrArray *entries)
{
    json_object *user = value_of(entries, "user");
    json_object *given = value_of(entries, "password");
    const char *password = vp_json_get_text(given), *name = vp_json_get_text(user);
    json_object *list;

    if (user == NULL)
        return given == NULL;
    if (name == NULL)
        name = vp_json_get_text_of(user, "name");
    list = json_object_new_array();
    vp_json_add(writer->meaning, "user", list);
    if (name == NULL || (given != NULL && password == NULL))
        return FALSE;
    if (vp_json_get_text(user) != NULL)
        vp_json_append(list, json_object_get(user));
    else if (!write_user(writer, user, list))
        return FALSE;
    if (password == NULL)
        return TRUE;
    set_password(writer, name, password, vp_render_password_is_known_hash(password));
    if (must_expire(value_of(entries, "chpasswd")))
        set_expired(writer, name);
    return TRUE;
}

static gboolean
write_access(const Writer *writer, const GPtrArray *entries, json_object *public_keys)
{
    json_object *chpasswd = value_of(entries, "chpasswd");
    g_autoptr(json_object) top =
        vp_command_import_meaning_keys(value_of(entries, "ssh_authorized_keys"));
    json_object *keys = json_object_new_array();

    vp_json_add(writer->meaning, "public-keys", keys);
    if (top == NULL || !write_users(writer, value_of(entries, "users")) ||
        !write_only_user(writer, entries) ||
        (chpasswd != NULL && !write_chpasswd(writer, chpasswd)))
        return FALSE;
    for (gsize i = 0; i < json_object_array_length(public_keys); i++)
        vp_json_append(keys, json_object_get(json_object_array_get_idx(public_keys, i)));
    for (gsize i = 0; i < json_object_array_length(top); i++)
        vp_json_append(keys, json_object_get(json_object_array_get_idx(top, i)));
    return TRUE;
}

/* --- files ------------------------------------------------------------------------------------ */

static json_object *
decoded(json_object *content, const char *encoding)
{
    const char *text = vp_json_get_text(content);
    g_autoptr(GBytes) bytes =
        encoding != NULL && text != NULL ? vp_base64_decode(text, NULL) : NULL;

    if (encoding == NULL)
        return content != NULL ? json_object_get(content) : json_object_new_string("");
    if (bytes == NULL)
        return json_object_get(content);
    if (g_utf8_validate_len(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), NULL))
        return json_object_new_string_len(g_bytes_get_data(bytes, NULL),
                                          (int)g_bytes_get_size(bytes));
    return json_object_get(content);
}

static json_object *
write_file(json_object *entry)
{
    const char *encoding = vp_command_set_encoding(vp_json_get_text_of(entry, "encoding"));
    json_object *file;

    if (!json_object_is_type(entry, json_type_object) || g_strcmp0(encoding, "gz") == 0)
        return NULL;
    file = json_object_new_object();
    json_object_object_foreach(entry, name, value)
    {
        if (!g_str_equal(name, "encoding") && !g_str_equal(name, "content"))
            json_object_object_add(file, name, json_object_get(value));
    }
    vp_json_add(file, "content", decoded(vp_json_get(entry, "content"), encoding));
    return file;
}

static gboolean
write_files(const Writer *writer, json_object *value)
{
    json_object *files = json_object_new_array();

    vp_json_add(writer->meaning, "write_files", files);
    for (gsize i = 0;
         json_object_is_type(value, json_type_array) && i < json_object_array_length(value); i++) {
        json_object *file = write_file(json_object_array_get_idx(value, i));

        if (file == NULL)
            return FALSE;
        vp_json_append(files, file);
    }
    return json_object_is_type(value, json_type_array);
}

/* --- the whole -------------------------------------------------------------------------------- */

static gboolean
write_others(const Writer *writer, const GPtrArray *entries)
{
    static const char *const access_keys[] = {"users",    "user",     "ssh_authorized_keys",
                                              "password", "chpasswd", NULL};
    static const char *const lists[] = {"packages", "runcmd", "bootcmd", NULL};

    for (guint i = 0; i < entries->len; i++) {
        const VpYamlEntry *entry = entries->pdata[i];

        if (g_strv_contains(access_keys, entry->name))
            continue;
        if (entry->value == NULL)
            return FALSE;
        if (g_str_equal(entry->name, "write_files")) {
            if (!write_files(writer, entry->value))
                return FALSE;
            continue;
        }
        vp_json_add(writer->meaning, entry->name,
                    g_strv_contains(lists, entry->name) ? vp_json_as_list(entry->value)
                                                        : json_object_get(entry->value));
    }
    return TRUE;
}

json_object *
vp_command_import_meaning(const char *guest_uuid, const GPtrArray *entries,
                          json_object *public_keys)
{
    g_autoptr(json_object) meaning = json_object_new_object();
    const Writer writer = {guest_uuid, meaning, json_object_new_object(), json_object_new_object()};

    vp_json_add(meaning, " passwords", writer.passwords);
    vp_json_add(meaning, " expired", writer.expired);
    if (!write_access(&writer, entries, public_keys) || !write_others(&writer, entries))
        return NULL;
    return g_steal_pointer(&meaning);
}
