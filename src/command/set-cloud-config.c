/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cloud-config into fields of the same meaning. Nothing is dropped silently: a key that is not read
 * is refused, and the message says how to pass the whole file. Source: cloud-init's "All cloud
 * config examples" and module reference. */
#include <config.h>

#include <string.h>

#include "base/base64.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/json-text.h"
#include "base/secret.h"
#include "base/yaml-text.h"
#include "command/set.h"
#include "domain/xml-node.h"
#include "render/password.h"
#include "spec/check.h"
#include "spec/spec.h"

enum { MAX_NAMED = 2 * VP_SPEC_MAX_USERS }; /* each of them in users and in chpasswd */

typedef struct {
    VpSet *set;
    const GPtrArray *entries; /* of VpYamlEntry */
    GString *unknown;         /* keys that have no field */
    guint named;              /* how many times users were named; each is searched for */
    gsize work;               /* so far, for hashing passwords */
} Reader;

static json_object *
value_at(const Reader *reader, const char *key)
{
    const VpYamlEntry *entry = vp_yaml_text_find(reader->entries, key);

    return entry != NULL ? entry->value : NULL;
}

/* A place of the file that has no field: reported together with the others. */
static void
note_unknown(const Reader *reader, const char *parent, const char *key)
{
    g_autofree char *name = vp_escape_name(key);

    g_string_append_printf(reader->unknown, "%s%s%s%s", reader->unknown->len > 0 ? ", " : "",
                           parent, *parent != '\0' ? "/" : "", name);
}

/* Also of a quoted word, which cloud-init's own modules take for one. */
static const char *
boolean_of(json_object *value)
{
    static const char *const yes[] = {"true", "yes", "on", "1", NULL};
    static const char *const no[] = {"false", "no", "off", "0", NULL};
    const char *text = vp_json_get_text(value);
    g_autofree char *word = text != NULL ? g_ascii_strdown(text, -1) : NULL;

    if (json_object_is_type(value, json_type_boolean))
        return json_object_get_boolean(value) ? "yes" : "no";
    if (word != NULL && g_strv_contains(yes, word))
        return "yes";
    return word != NULL && g_strv_contains(no, word) ? "no" : NULL;
}

typedef struct Key Key;
typedef gboolean KeyRead(Reader *reader, const Key *key, json_object *value, GError **error);
/* list: the elements of the key's field. */
typedef gboolean ItemRead(Reader *reader, const Key *key, VpFieldList *list, json_object *item,
                          GError **error);
struct Key {
    const char *name;
    KeyRead *read;
    const char *field;
    ItemRead *read_item; /* of read_list */
};

/* Each item of a list, or the single value that is given instead of a list. */
static gboolean
read_items(Reader *reader, const Key *key, const VpField *parent, json_object *value,
           ItemRead *read, GError **error)
{
    g_autoptr(json_object) items = vp_json_as_list(value);
    g_auto(VpFieldList) list;

    vp_spec_field_list_begin(parent, key->field, &list);
    for (gsize i = 0; i < json_object_array_length(items); i++) {
        if (!read(reader, key, &list, json_object_array_get_idx(items, i), error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_list(Reader *reader, const Key *key, json_object *value, GError **error)
{
    return read_items(reader, key, &reader->set->root, value, key->read_item, error);
}

/* --- keys ------------------------------------------------------------------------------------- */

/* As the row of the vocabulary has it; NULL: it is not such a value. */
static const char *
text_for(const VpRow *row, json_object *value)
{
    return row != NULL && row->type == VP_VALUE_BOOLEAN ? boolean_of(value)
                                                        : vp_json_get_text(value);
}

static gboolean
read_field(Reader *reader, const Key *key, json_object *value, GError **error)
{
    const VpRow *row = vp_spec_table_find(reader->set->root.rows, key->field);
    const char *text = text_for(row, value);

    if (text != NULL)
        return vp_command_set_field(reader->set, key->field, text, error);
    note_unknown(reader, "", key->name);
    return TRUE;
}

static gboolean
read_package(Reader *reader, const Key *key, VpFieldList *list, json_object *item, GError **error)
{
    if (vp_json_get_text(item) != NULL)
        return vp_spec_field_list_add_once(list, vp_json_get_text(item), error);
    note_unknown(reader, key->name, "a list in the list");
    return TRUE;
}

/* fstab(5): a space is \040. */
static char *
quote_for_fstab(const char *word)
{
    g_auto(GStrv) parts = g_strsplit(word, " ", -1);

    return g_strjoinv("\\040", parts);
}

/* The fields of a mount in one line. */
static gboolean
read_mount(Reader *reader, const Key *key, VpFieldList *list, json_object *mount, GError **error)
{
    g_autoptr(json_object) words = vp_json_as_list(mount);
    g_autoptr(GString) line = g_string_new(NULL);

    for (gsize i = 0; i < json_object_array_length(words); i++) {
        const char *word = vp_json_get_text(json_object_array_get_idx(words, i));
        g_autofree char *quoted = word != NULL ? quote_for_fstab(word) : NULL;

        if (quoted == NULL) {
            note_unknown(reader, key->name, "an item that is not a list of words");
            return TRUE;
        }
        g_string_append_printf(line, "%s%s", i > 0 ? " " : "", quoted);
    }
    return vp_spec_field_list_add(list, line->str, NULL, error);
}

/* A list of words is one command without a shell. */
static gboolean
read_command(Reader *reader, const Key *key, VpFieldList *list, json_object *item, GError **error)
{
    g_autoptr(json_object) words = vp_json_as_list(item);
    g_auto(VpFieldList) args = {0};
    VpField command;

    if (vp_json_get_text(item) != NULL)
        return vp_spec_field_list_add(list, vp_json_get_text(item), NULL, error);
    if (json_object_array_length(words) == 0) {
        note_unknown(reader, key->name, "an empty item");
        return TRUE;
    }
    if (!vp_spec_field_list_add(list, NULL, &command, error))
        return FALSE;
    vp_spec_field_list_begin(&command, "arg", &args);
    for (gsize i = 0; i < json_object_array_length(words); i++) {
        const char *word = vp_json_get_text(json_object_array_get_idx(words, i));

        if (word == NULL)
            note_unknown(reader, key->name, "an item that is not a list of words");
        else if (!vp_spec_field_list_add(&args, word, NULL, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_output(Reader *reader, const Key *key, json_object *value, GError **error)
{
    const char *all = vp_json_get_text_of(value, "all");

    if (all != NULL && json_object_object_length(value) == 1)
        return vp_command_set_field(reader->set, key->field, all, error);
    note_unknown(reader, "", "output of single stages");
    return TRUE;
}

/* --- write_files ------------------------------------------------------------------------------ */

const char *
vp_command_set_encoding(const char *name)
{
    static const char *const base64[] = {"b64", "base64", NULL};
    static const char *const gzip[] = {"gz",     "gzip",     "gz+base64", "gzip+base64",
                                       "gz+b64", "gzip+b64", NULL};
    g_autofree char *word = name != NULL ? g_ascii_strdown(name, -1) : NULL;

    if (word == NULL)
        return NULL;
    g_strstrip(word);
    return g_strv_contains(base64, word) ? "base64" : g_strv_contains(gzip, word) ? "gz" : NULL;
}

/* encoding: NULL or base64. */
static gboolean
store_content(const VpField *element, const char *text, const char *encoding, GError **error)
{
    g_autoptr(GBytes) content =
        encoding != NULL ? vp_base64_decode(text, error) : g_bytes_new(text, strlen(text));

    if (content == NULL)
        return FALSE;
    vp_command_set_store(element, content);
    return TRUE;
}

/* The attribute for a key of an entry; NULL if it has none. An entry must not
 * choose which of the host's secrets or files is read. */
static const VpRow *
file_row(const VpRow *rows, const char *name)
{
    g_autofree char *attribute = g_strconcat("@", name, NULL);
    const VpRow *row = vp_spec_table_find(rows, attribute);

    return row != NULL && row->type != VP_VALUE_PART ? row : NULL;
}

static gboolean
read_file_key(Reader *reader, const VpField *element, const char *name, json_object *value,
              GError **error)
{
    const VpRow *row = file_row(element->rows, name);

    if (vp_json_get_text(value) != NULL &&
        (g_str_equal(name, "content") || g_str_equal(name, "encoding")))
        return TRUE;
    if (row != NULL && text_for(row, value) != NULL)
        return vp_spec_field_set(element, row->name, text_for(row, value), error);
    note_unknown(reader, "write_files", name);
    return TRUE;
}

static gboolean
read_file(Reader *reader, const Key *key, VpFieldList *list, json_object *entry, GError **error)
{
    const char *content = vp_json_get_text_of(entry, "content");
    const char *encoding = vp_command_set_encoding(vp_json_get_text_of(entry, "encoding"));
    VpField element;

    if (!json_object_is_type(entry, json_type_object)) {
        note_unknown(reader, key->name, "an entry without a path");
        return TRUE;
    }
    if (g_strcmp0(encoding, "gz") == 0) {
        note_unknown(reader, key->name, "encoding gzip");
        return TRUE;
    }
    if (!vp_spec_field_list_add(list, NULL, &element, error))
        return FALSE;
    json_object_object_foreach(entry, name, value)
    {
        if (!read_file_key(reader, &element, name, value, error))
            return FALSE;
    }
    if (store_content(&element, content != NULL ? content : "", encoding, error))
        return TRUE;
    g_prefix_error(error, "%s/content: ", key->name);
    return FALSE;
}

/* --- users ------------------------------------------------------------------------------------ */

static gboolean
choose_user(Reader *reader, const char *name, GError **error)
{
    if (++reader->named > MAX_NAMED)
        return vp_error_set(error, VP_ERROR_QUOTA, "names more users than a payload may have");
    return vp_command_set_user(reader->set, "user", name, error);
}

static gboolean
store_password(Reader *reader, const char *password, gboolean hashed, GError **error)
{
    if (!hashed && !vp_render_password_add_work(&reader->work, password))
        return vp_error_set(error, VP_ERROR_QUOTA,
                            "has more passwords than are hashed; give their hashes");
    return vp_command_set_store_password(reader->set, password, hashed, error);
}

static gboolean
read_user_item(Reader *reader, const Key *key, VpFieldList *list, json_object *item, GError **error)
{
    const char *text = vp_json_get_text(item);
    g_auto(GStrv) words = NULL;

    if (g_str_equal(key->field, "sudo") && boolean_of(item) != NULL)
        return TRUE;
    if (text == NULL) {
        note_unknown(reader, "users", "an item that is not a text");
        return TRUE;
    }
    /* groups may be one text with commas; a rule of sudo may contain commas */
    words = g_strsplit(text, g_str_equal(key->field, "group") ? "," : "\n", -1);
    for (char **word = words; *word != NULL; word++) {
        if (*g_strstrip(*word) != '\0' && !vp_spec_field_list_add_once(list, *word, error))
            return FALSE;
    }
    return TRUE;
}

/* What an entry of users may hold; its name is read before the others. */
static const struct {
    const char *name;
    const char *field;
    gboolean hashed; /* of a password */
} user_keys[] = {
    {"name", NULL, FALSE},
    {"ssh_authorized_keys", "ssh-key", FALSE},
    {"ssh_import_id", "ssh-import-id", FALSE},
    {"gecos", "gecos", FALSE},
    {"uid", "uid", FALSE},
    {"homedir", "homedir", FALSE},
    {"no_create_home", "no-create-home", FALSE},
    {"system", "system", FALSE},
    {"primary_group", "primary-group", FALSE},
    {"groups", "group", FALSE},
    {"sudo", "sudo", FALSE},
    {"shell", "shell", FALSE},
    {"lock_passwd", "lock-password", FALSE},
    {"passwd", "password", TRUE},
    {"hashed_passwd", "password", TRUE},
    {"plain_text_passwd", "password", FALSE},
};

static gboolean
read_user_key(Reader *reader, const char *name, json_object *value, GError **error)
{
    const VpRow *row;
    gsize i = 0;

    while (i < G_N_ELEMENTS(user_keys) && !g_str_equal(user_keys[i].name, name))
        i++;
    if (i < G_N_ELEMENTS(user_keys) && user_keys[i].field == NULL)
        return TRUE;
    row = i < G_N_ELEMENTS(user_keys)
              ? vp_spec_table_find(reader->set->user.rows, user_keys[i].field)
              : NULL;
    if (row != NULL && row->many)
        return read_items(reader, &(const Key){.field = row->name}, &reader->set->user, value,
                          read_user_item, error);
    if (row == NULL || text_for(row, value) == NULL) {
        note_unknown(reader, "users", name);
        return TRUE;
    }
    if (row->rows != NULL)
        return store_password(reader, vp_json_get_text(value), user_keys[i].hashed, error);
    return vp_command_set_user_field(reader->set, row->name, text_for(row, value), error);
}

/* A name, or an entry with one; NULL: neither. */
static const char *
name_of(json_object *user)
{
    const char *name = vp_json_get_text(user);

    return name != NULL ? name : vp_json_get_text_of(user, "name");
}

/* The image's own default user. */
static gboolean
is_default(json_object *entry)
{
    return g_strcmp0(vp_json_get_text(entry), "default") == 0;
}

static gboolean
read_user(Reader *reader, const Key *key, VpFieldList *list, json_object *entry, GError **error)
{
    const char *name = name_of(entry);

    if (is_default(entry))
        return TRUE;
    if (name == NULL) {
        note_unknown(reader, "users", "an entry without a name");
        return TRUE;
    }
    if (!choose_user(reader, name, error))
        return FALSE;
    if (!json_object_is_type(entry, json_type_object))
        return TRUE;
    json_object_object_foreach(entry, member, value)
    {
        if (!read_user_key(reader, member, value, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
has_user_beside_root(const VpField *root)
{
    for (const xmlNode *node = vp_domain_xml_first_element(root->node); node != NULL;
         node = vp_domain_xml_next_element(node)) {
        g_autofree char *name = g_str_equal((const char *)node->name, "user")
                                    ? vp_domain_xml_attribute(node, "name")
                                    : NULL;

        if (name != NULL && !g_str_equal(name, "root"))
            return TRUE;
    }
    return FALSE;
}

/* The image's default user is created if "default" is among them, and only then. With fields that
 * depends on the other users, so it has to be said, except that a user beside root is enough for
 * no. */
static gboolean
read_users(Reader *reader, const Key *key, json_object *value, GError **error)
{
    g_autoptr(json_object) entries = vp_json_as_list(value);
    gboolean has_default = FALSE;

    if (!read_list(reader, key, value, error))
        return FALSE;
    for (gsize i = 0; i < json_object_array_length(entries); i++)
        has_default |= is_default(json_object_array_get_idx(entries, i));
    if (vp_domain_is_windows(reader->set->domain) ||
        (!has_default && has_user_beside_root(&reader->set->root)))
        return TRUE;
    return vp_command_set_field(reader->set, "default-user", has_default ? "yes" : "no", error);
}

/* "user", as a name or an entry: whom the keys and the password at the top are for. */
static gboolean
choose_default_user(Reader *reader, GError **error)
{
    const char *name = name_of(value_at(reader, "user"));

    return choose_user(reader, name != NULL ? name : "root", error);
}

static gboolean
read_default_keys(Reader *reader, const Key *key, json_object *value, GError **error)
{
    return choose_default_user(reader, error) &&
           read_items(reader, key, &reader->set->user, value, read_user_item, error);
}

/* Not one of DES, which any word of 13 letters may be. */
static gboolean
is_hash(const char *password)
{
    return *password == '$' && vp_spec_check_password_hash(password, NULL);
}

static gboolean
read_default_password(Reader *reader, const Key *key, json_object *value, GError **error)
{
    const char *password = vp_json_get_text(value);

    if (value_at(reader, "user") == NULL || password == NULL) {
        note_unknown(reader, "", "password without user (it is for the distribution's own user)");
        return TRUE;
    }
    return choose_default_user(reader, error) &&
           store_password(reader, password, is_hash(password), error);
}

/* --- chpasswd --------------------------------------------------------------------------------- */

static gboolean
set_password(Reader *reader, const char *user, const char *password, gboolean hashed,
             GError **error)
{
    if (vp_render_password_is_random_word(password)) {
        note_unknown(reader, "chpasswd", "a random password");
        return TRUE;
    }
    return choose_user(reader, user, error) && store_password(reader, password, hashed, error);
}

/* "USER:PASSWORD", one per line; other lines say nothing. */
static gboolean
read_password_lines(Reader *reader, const Key *key, VpFieldList *list, json_object *item,
                    GError **error)
{
    const char *text = vp_json_get_text(item);
    char *lines = g_strdup(text != NULL ? text : ""), *rest = lines, *line;
    gsize size = strlen(lines);
    gboolean is_read = TRUE;

    if (text == NULL)
        note_unknown(reader, "chpasswd", "an item that is not a text");
    while (is_read && (line = strsep(&rest, "\n")) != NULL) {
        const char *user = strsep(&line, ":");

        if (line != NULL)
            is_read = set_password(reader, user, line, is_hash(line), error);
    }
    explicit_bzero(lines, size);
    g_free(lines);
    return is_read;
}

static gboolean
read_password_user(Reader *reader, const Key *key, VpFieldList *list, json_object *entry,
                   GError **error)
{
    const char *name = vp_json_get_text_of(entry, "name");
    const char *password = vp_json_get_text_of(entry, "password");
    const char *type = vp_json_get_text_of(entry, "type");

    if (name != NULL && password != NULL)
        return set_password(reader, name, password, g_strcmp0(type, "text") != 0, error);
    note_unknown(reader, "chpasswd", "a user without a password");
    return TRUE;
}

/* It holds for every password of the file. */
static gboolean
read_expire(Reader *reader, json_object *expire, GError **error)
{
    const char *value = boolean_of(expire);

    for (xmlNode *node = reader->set->root.node->children; value != NULL && node != NULL;
         node = node->next) {
        VpField user = {node, vp_spec_table_find(reader->set->root.rows, "user")->rows}, password;

        if (node->type == XML_ELEMENT_NODE && g_str_equal((const char *)node->name, "user") &&
            vp_spec_field_find(&user, "password", NULL, NULL, &password) &&
            !vp_spec_field_set(&password, "@expire", value, error))
            return FALSE;
    }
    return TRUE;
}

static void
note_unknown_of_chpasswd(const Reader *reader, json_object *value)
{
    static const char *const members[] = {"expire", "list", "users", NULL};
    json_object *expire = vp_json_get(value, "expire");

    if (expire != NULL && boolean_of(expire) == NULL)
        note_unknown(reader, "chpasswd", "expire");
    if (!json_object_is_type(value, json_type_object)) {
        note_unknown(reader, "", "chpasswd");
        return;
    }
    json_object_object_foreach(value, name, member)
    {
        (void)member;
        if (!g_strv_contains(members, name))
            note_unknown(reader, "chpasswd", name);
    }
}

static gboolean
read_chpasswd(Reader *reader, const Key *key, json_object *value, GError **error)
{
    note_unknown_of_chpasswd(reader, value);
    return read_items(reader, key, &reader->set->root, vp_json_get(value, "list"),
                      read_password_lines, error) &&
           read_items(reader, key, &reader->set->root, vp_json_get(value, "users"),
                      read_password_user, error) &&
           read_expire(reader, vp_json_get(value, "expire"), error);
}

/* --- the file --------------------------------------------------------------------------------- */

/* In the order in which they are read: fqdn over hostname, chpasswd after the users that it is
 * about. */
static const Key keys[] = {
    {"hostname", read_field, "hostname", NULL},
    {"fqdn", read_field, "hostname", NULL},
    {"timezone", read_field, "timezone", NULL},
    {"locale", read_field, "locale", NULL},
    {"users", read_users, "user", read_user},
    {"user", read_list, "user", read_user},
    {"ssh_authorized_keys", read_default_keys, "ssh-key", NULL},
    {"password", read_default_password, "user", NULL},
    {"chpasswd", read_chpasswd, "user", NULL},
    {"ssh_pwauth", read_field, "ssh-password-auth", NULL},
    {"disable_root", read_field, "disable-root", NULL},
    {"ssh_deletekeys", read_field, "regenerate-ssh-keys", NULL},
    {"package_update", read_field, "package-update", NULL},
    {"package_upgrade", read_field, "package-upgrade", NULL},
    {"packages", read_list, "package", read_package},
    {"write_files", read_list, "write-file", read_file},
    {"bootcmd", read_list, "boot-cmd", read_command},
    {"runcmd", read_list, "run-cmd", read_command},
    {"mounts", read_list, "mount", read_mount},
    {"output", read_output, "output", NULL},
    {"final_message", read_field, "final-message", NULL},
};

static gboolean
is_known(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (g_str_equal(keys[i].name, name))
            return TRUE;
    }
    return FALSE;
}

gboolean
vp_command_set_cloud_config_entries(VpSet *set, const GPtrArray *entries, GError **error)
{
    g_autoptr(GString) unknown = g_string_new(NULL);
    Reader reader = {set, entries, unknown, 0, 0};

    for (guint i = 0; i < entries->len; i++) {
        const VpYamlEntry *entry = entries->pdata[i];

        if (!is_known(entry->name))
            note_unknown(&reader, "", entry->name);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        json_object *value = value_at(&reader, keys[i].name);

        if (value != NULL && !keys[i].read(&reader, &keys[i], value, error))
            return FALSE;
    }
    return unknown->len == 0 ||
           vp_error_set(error, VP_ERROR_UNKNOWN,
                        "cannot be read as fields: %s; pass the whole file with --user-data",
                        unknown->str);
}

/* Its bytes are cleared: there may be passwords in them. */
static GPtrArray *
read_entries(GBytes *content, GError **error)
{
    GPtrArray *entries = vp_yaml_text_split(content, error);
    gsize size;
    gpointer data = g_bytes_unref_to_data(content, &size);

    vp_secret_free_bytes(data, size);
    return entries;
}

gboolean
vp_command_set_cloud_config(VpSet *set, const char *name, const char *value, GError **error)
{
    GBytes *content = vp_command_set_read(set, value, error);
    g_autoptr(GPtrArray) entries = NULL;

    if (content == NULL)
        return FALSE;
    entries = read_entries(content, error);
    if (entries == NULL) {
        g_prefix_error(error, "the cloud-config ");
        return FALSE;
    }
    if (entries->len == 0)
        return vp_error_set(error, VP_ERROR_VALUE, "the cloud-config has no keys");
    return vp_command_set_cloud_config_entries(set, entries, error);
}
