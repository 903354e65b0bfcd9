/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cloud-config into fields of the same meaning. Nothing is dropped silently: a key without a field
 * is refused, and the message says how to pass the whole file. Source: cloud-init's "All cloud
 * config examples" and module reference. */
#include <config.h>

#include <string.h>
#include <yaml.h>

#include "base/base64.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/yaml-parser.h"
#include "command/set.h"
#include "render/password.h"
#include "spec/check.h"
#include "spec/spec.h"

enum { MAX_NAMED = 2 * VP_SPEC_MAX_USERS }; /* each of them in users and in chpasswd */

typedef struct {
    VpSet *set;
    yaml_document_t document;
    GString *unknown; /* keys that have no field */
    guint named;      /* how often a user was named, each of whom is looked for */
    gsize work;       /* of hashing the passwords so far */
} Reader;

/* --- libyaml's nodes -------------------------------------------------------------------------- */

static const char *
text_of(const yaml_node_t *node)
{
    return node != NULL && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value
                                                          : NULL;
}

static yaml_node_t *
node_at(Reader *reader, int index)
{
    return yaml_document_get_node(&reader->document, index);
}

static yaml_node_t *
lookup(Reader *reader, const yaml_node_t *mapping, const char *key)
{
    if (mapping == NULL || mapping->type != YAML_MAPPING_NODE)
        return NULL;
    for (const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        if (g_strcmp0(text_of(node_at(reader, pair->key)), key) == 0)
            return node_at(reader, pair->value);
    }
    return NULL;
}

/* A place of the file that has no field: reported together with the others. */
static void
note_unknown(Reader *reader, const char *parent, const char *key)
{
    g_autofree char *name = vp_escape_name(key != NULL ? key : "?");

    g_string_append_printf(reader->unknown, "%s%s%s%s", reader->unknown->len > 0 ? ", " : "",
                           parent, *parent != '\0' ? "/" : "", name);
}

/* YAML 1.1, as PyYAML reads it. */
static const char *
boolean_of(const yaml_node_t *node)
{
    static const char *const yes[] = {"true", "yes", "on", "1", NULL};
    static const char *const no[] = {"false", "no", "off", "0", NULL};
    g_autofree char *text = text_of(node) != NULL ? g_ascii_strdown(text_of(node), -1) : NULL;

    if (text != NULL && g_strv_contains(yes, text))
        return "yes";
    return text != NULL && g_strv_contains(no, text) ? "no" : NULL;
}

/* A list's n-th item, or the single value that is given instead of a list; NULL after the last. */
static const yaml_node_t *
item(Reader *reader, const yaml_node_t *node, gsize n)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return n == 0 ? node : NULL;
    if (node->data.sequence.items.start + n >= node->data.sequence.items.top)
        return NULL;
    return node_at(reader, node->data.sequence.items.start[n]);
}

/* --- keys ------------------------------------------------------------------------------------- */

typedef struct Key Key;
typedef gboolean KeyRead(Reader *reader, const Key *key, const yaml_node_t *node, GError **error);
struct Key {
    const char *name;
    KeyRead *read; /* NULL: read together with another */
    const char *field;
};

/* As the row of the vocabulary has it; NULL: the node is not such a value. */
static const char *
value_of(const VpRow *row, const yaml_node_t *node)
{
    return row != NULL && row->type == VP_VALUE_BOOLEAN ? boolean_of(node) : text_of(node);
}

static gboolean
read_field(Reader *reader, const Key *key, const yaml_node_t *node, GError **error)
{
    const char *text = value_of(vp_spec_table_find(reader->set->root.rows, key->field), node);

    if (text != NULL)
        return vp_command_set_field(reader->set, key->field, text, error);
    note_unknown(reader, "", key->name);
    return TRUE;
}

static gboolean
read_packages(Reader *reader, const Key *key, const yaml_node_t *node, GError **error)
{
    g_auto(VpFieldList) list;
    const yaml_node_t *value;

    vp_spec_field_list_begin(&reader->set->root, key->field, &list);
    for (gsize i = 0; (value = item(reader, node, i)) != NULL; i++) {
        if (text_of(value) == NULL)
            note_unknown(reader, key->name, "a list in the list");
        else if (!vp_spec_field_list_add_once(&list, text_of(value), error))
            return FALSE;
    }
    return TRUE;
}

/* fstab(5): a space is \040. */
static char *
quote_for_fstab(const char *word)
{
    g_auto(GStrv) parts = g_strsplit(word, " ", -1);

    return g_strjoinv("\\040", parts);
}

/* The fields of a mount in one line; NULL if one of them is not a text. */
static char *
join_fields(Reader *reader, const yaml_node_t *fields)
{
    g_autoptr(GString) line = g_string_new(NULL);
    const yaml_node_t *field;

    for (gsize i = 0; (field = item(reader, fields, i)) != NULL; i++) {
        g_autofree char *quoted = text_of(field) != NULL ? quote_for_fstab(text_of(field)) : NULL;

        if (quoted == NULL)
            return NULL;
        g_string_append_printf(line, "%s%s", i > 0 ? " " : "", quoted);
    }
    return g_string_free(g_steal_pointer(&line), FALSE);
}

static gboolean
read_mounts(Reader *reader, const Key *key, const yaml_node_t *node, GError **error)
{
    g_auto(VpFieldList) list;
    const yaml_node_t *mount;

    vp_spec_field_list_begin(&reader->set->root, key->field, &list);
    for (gsize i = 0; (mount = item(reader, node, i)) != NULL; i++) {
        g_autofree char *text = join_fields(reader, mount);

        if (text == NULL)
            note_unknown(reader, key->name, "an item that is not a list of words");
        else if (!vp_spec_field_list_add(&list, text, NULL, error))
            return FALSE;
    }
    return TRUE;
}

/* A list of words is one command without a shell. */
static gboolean
add_words(Reader *reader, const Key *key, VpFieldList *commands, const yaml_node_t *words,
          GError **error)
{
    g_auto(VpFieldList) args = {0};
    const yaml_node_t *word;
    VpField command;

    if (!vp_spec_field_list_add(commands, NULL, &command, error))
        return FALSE;
    vp_spec_field_list_begin(&command, "arg", &args);
    for (gsize i = 0; (word = item(reader, words, i)) != NULL; i++) {
        if (text_of(word) == NULL)
            note_unknown(reader, key->name, "an item that is not a list of words");
        else if (!vp_spec_field_list_add(&args, text_of(word), NULL, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_commands(Reader *reader, const Key *key, const yaml_node_t *node, GError **error)
{
    g_auto(VpFieldList) list;
    const yaml_node_t *command;

    vp_spec_field_list_begin(&reader->set->root, key->field, &list);
    for (gsize i = 0; (command = item(reader, node, i)) != NULL; i++) {
        const char *text = text_of(command);

        if (text == NULL ? !add_words(reader, key, &list, command, error)
                         : !vp_spec_field_list_add(&list, text, NULL, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_output(Reader *reader, const Key *key, const yaml_node_t *node, GError **error)
{
    const char *all = text_of(lookup(reader, node, "all"));

    if (all != NULL && node->data.mapping.pairs.top - node->data.mapping.pairs.start == 1)
        return vp_command_set_field(reader->set, key->field, all, error);
    note_unknown(reader, "", "output of single stages");
    return TRUE;
}

/* --- write_files ------------------------------------------------------------------------------ */

static gboolean
store_content(const VpField *element, const char *text, const char *encoding, GError **error)
{
    gboolean is_base64 =
        encoding != NULL && (g_str_equal(encoding, "b64") || g_str_equal(encoding, "base64"));
    g_autoptr(GBytes) content =
        is_base64 ? vp_base64_decode(text, error) : g_bytes_new(text, strlen(text));

    if (content == NULL)
        return FALSE;
    vp_command_set_store(element, content);
    return TRUE;
}

/* The attribute for a key of an entry; NULL if it has none. What a reference of the host's is named
 * by is not the entry's to say. */
static const VpRow *
file_row(const VpRow *rows, const char *name)
{
    g_autofree char *attribute = g_strconcat("@", name, NULL);
    const VpRow *row = vp_spec_table_find(rows, attribute);

    return row != NULL && row->type != VP_VALUE_PART ? row : NULL;
}

static gboolean
read_file_key(Reader *reader, const VpField *element, const char *name, const yaml_node_t *value,
              GError **error)
{
    const VpRow *row = name != NULL ? file_row(element->rows, name) : NULL;

    if (text_of(value) != NULL &&
        (g_strcmp0(name, "content") == 0 || g_strcmp0(name, "encoding") == 0))
        return TRUE;
    if (row != NULL && value_of(row, value) != NULL)
        return vp_spec_field_set(element, row->name, value_of(row, value), error);
    note_unknown(reader, "write_files", name);
    return TRUE;
}

static gboolean
read_file(Reader *reader, const Key *key, VpFieldList *files, const yaml_node_t *entry,
          GError **error)
{
    const char *content = text_of(lookup(reader, entry, "content"));
    const char *encoding = text_of(lookup(reader, entry, "encoding"));
    VpField element;

    if (entry->type != YAML_MAPPING_NODE) {
        note_unknown(reader, key->name, "an entry without a path");
        return TRUE;
    }
    if (encoding != NULL && strstr(encoding, "gz") != NULL) {
        note_unknown(reader, key->name, "encoding gzip");
        return TRUE;
    }
    if (!vp_spec_field_list_add(files, NULL, &element, error))
        return FALSE;
    for (const yaml_node_pair_t *pair = entry->data.mapping.pairs.start;
         pair < entry->data.mapping.pairs.top; pair++) {
        if (!read_file_key(reader, &element, text_of(node_at(reader, pair->key)),
                           node_at(reader, pair->value), error))
            return FALSE;
    }
    return store_content(&element, content != NULL ? content : "", encoding, error);
}

static gboolean
read_files(Reader *reader, const Key *key, const yaml_node_t *node, GError **error)
{
    g_auto(VpFieldList) files;
    const yaml_node_t *entry;

    vp_spec_field_list_begin(&reader->set->root, key->field, &files);
    for (gsize i = 0; (entry = item(reader, node, i)) != NULL; i++) {
        if (!read_file(reader, key, &files, entry, error))
            return FALSE;
    }
    return TRUE;
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
add_user_items(Reader *reader, const char *field, const yaml_node_t *node, GError **error)
{
    g_auto(VpFieldList) list;
    const yaml_node_t *value;

    vp_spec_field_list_begin(&reader->set->user, field, &list);
    for (gsize i = 0; node != NULL && (value = item(reader, node, i)) != NULL; i++) {
        g_auto(GStrv) words = NULL;

        /* groups may be one text with commas; a rule of sudo may contain commas */
        if (text_of(value) == NULL || (g_str_equal(field, "sudo") && boolean_of(value) != NULL))
            continue;
        words = g_strsplit(text_of(value), g_str_equal(field, "group") ? "," : "\n", -1);
        for (char **word = words; *word != NULL; word++) {
            if (*g_strstrip(*word) != '\0' && !vp_spec_field_list_add_once(&list, *word, error))
                return FALSE;
        }
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
    {"groups", "group", FALSE},
    {"sudo", "sudo", FALSE},
    {"shell", "shell", FALSE},
    {"lock_passwd", "lock-password", FALSE},
    {"passwd", "password", TRUE},
    {"hashed_passwd", "password", TRUE},
    {"plain_text_passwd", "password", FALSE},
};

static gboolean
read_user_key(Reader *reader, const char *name, const yaml_node_t *value, GError **error)
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
        return add_user_items(reader, row->name, value, error);
    if (row == NULL || value_of(row, value) == NULL) {
        note_unknown(reader, "users", name);
        return TRUE;
    }
    if (row->rows != NULL)
        return store_password(reader, text_of(value), user_keys[i].hashed, error);
    return vp_command_set_user_field(reader->set, row->name, value_of(row, value), error);
}

static gboolean
read_user(Reader *reader, const yaml_node_t *entry, GError **error)
{
    const char *name = text_of(lookup(reader, entry, "name"));

    if (g_strcmp0(text_of(entry), "default") == 0)
        return TRUE; /* the distribution's own stays in any case */
    if (text_of(entry) != NULL)
        return choose_user(reader, text_of(entry), error);
    if (name == NULL) {
        note_unknown(reader, "users", "an entry without a name");
        return TRUE;
    }
    if (!choose_user(reader, name, error))
        return FALSE;
    for (const yaml_node_pair_t *pair = entry->data.mapping.pairs.start;
         pair < entry->data.mapping.pairs.top; pair++) {
        const char *key = text_of(node_at(reader, pair->key));

        if (key != NULL && !read_user_key(reader, key, node_at(reader, pair->value), error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
read_users(Reader *reader, const Key *key, const yaml_node_t *node, GError **error)
{
    const yaml_node_t *entry;

    for (gsize i = 0; (entry = item(reader, node, i)) != NULL; i++) {
        if (!read_user(reader, entry, error))
            return FALSE;
    }
    return TRUE;
}

/* "user", as a name or an entry: whom the keys and the password at the top are for. */
static gboolean
read_default_user(Reader *reader, const Key *key, const yaml_node_t *node, GError **error)
{
    return read_user(reader, node, error);
}

static const yaml_node_t *
root_value(Reader *reader, const char *key)
{
    return lookup(reader, yaml_document_get_root_node(&reader->document), key);
}

static gboolean
choose_default_user(Reader *reader, GError **error)
{
    const yaml_node_t *user = root_value(reader, "user");
    const char *name =
        text_of(user) != NULL ? text_of(user) : text_of(lookup(reader, user, "name"));

    return choose_user(reader, name != NULL ? name : "root", error);
}

static gboolean
read_default_keys(Reader *reader, const Key *key, const yaml_node_t *node, GError **error)
{
    return choose_default_user(reader, error) && add_user_items(reader, "ssh-key", node, error);
}

/* Not one of DES, which any word of 13 letters may be. */
static gboolean
is_hash(const char *password)
{
    return *password == '$' && vp_spec_check_password_hash(password, NULL);
}

static gboolean
read_default_password(Reader *reader, const Key *key, const yaml_node_t *node, GError **error)
{
    const char *password = text_of(node);

    if (root_value(reader, "user") == NULL || password == NULL) {
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
    if (g_str_equal(password, "R") || g_str_equal(password, "RANDOM")) {
        note_unknown(reader, "chpasswd", "a random password");
        return TRUE;
    }
    return choose_user(reader, user, error) && store_password(reader, password, hashed, error);
}

static gboolean
read_password_list(Reader *reader, const yaml_node_t *list, GError **error)
{
    const yaml_node_t *value;

    for (gsize i = 0; list != NULL && (value = item(reader, list, i)) != NULL; i++) {
        g_auto(GStrv) lines = g_strsplit(text_of(value) != NULL ? text_of(value) : "", "\n", -1);

        for (char **line = lines; *line != NULL; line++) {
            g_auto(GStrv) pair = g_strsplit(*line, ":", 2);

            if (g_strv_length(pair) == 2 &&
                !set_password(reader, pair[0], pair[1], is_hash(pair[1]), error))
                return FALSE;
        }
    }
    return TRUE;
}

static gboolean
read_password_users(Reader *reader, const yaml_node_t *users, GError **error)
{
    const yaml_node_t *entry;

    for (gsize i = 0; users != NULL && (entry = item(reader, users, i)) != NULL; i++) {
        const char *name = text_of(lookup(reader, entry, "name"));
        const char *password = text_of(lookup(reader, entry, "password"));
        const char *type = text_of(lookup(reader, entry, "type"));

        if (name == NULL || password == NULL)
            note_unknown(reader, "chpasswd", "a user without a password");
        else if (!set_password(reader, name, password, g_strcmp0(type, "text") != 0, error))
            return FALSE;
    }
    return TRUE;
}

/* It holds for every password of the file. */
static gboolean
read_expire(Reader *reader, const yaml_node_t *expire, GError **error)
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

static gboolean
read_chpasswd(Reader *reader, const Key *key, const yaml_node_t *node, GError **error)
{
    return read_password_list(reader, lookup(reader, node, "list"), error) &&
           read_password_users(reader, lookup(reader, node, "users"), error) &&
           read_expire(reader, lookup(reader, node, "expire"), error);
}

/* --- the file --------------------------------------------------------------------------------- */

/* In the order in which they are read: fqdn over hostname, chpasswd after the users that it is
 * about. */
static const Key keys[] = {
    {"hostname", read_field, "hostname"},
    {"fqdn", read_field, "hostname"},
    {"timezone", read_field, "timezone"},
    {"locale", read_field, "locale"},
    {"users", read_users, "user"},
    {"user", read_default_user, "user"},
    {"ssh_authorized_keys", read_default_keys, "user"},
    {"password", read_default_password, "user"},
    {"chpasswd", read_chpasswd, "user"},
    {"ssh_pwauth", read_field, "ssh-password-auth"},
    {"disable_root", read_field, "disable-root"},
    {"ssh_deletekeys", read_field, "regenerate-ssh-keys"},
    {"package_update", read_field, "package-update"},
    {"package_upgrade", read_field, "package-upgrade"},
    {"packages", read_packages, "package"},
    {"write_files", read_files, "write-file"},
    {"bootcmd", read_commands, "boot-cmd"},
    {"runcmd", read_commands, "run-cmd"},
    {"mounts", read_mounts, "mount"},
    {"output", read_output, "output"},
    {"final_message", read_field, "final-message"},
};

static gboolean
is_known(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (g_strcmp0(keys[i].name, name) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
read_keys(Reader *reader, const yaml_node_t *root, GError **error)
{
    for (const yaml_node_pair_t *pair = root->data.mapping.pairs.start;
         pair < root->data.mapping.pairs.top; pair++) {
        const char *name = text_of(node_at(reader, pair->key));

        if (!is_known(name))
            note_unknown(reader, "", name);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
        const yaml_node_t *value = lookup(reader, root, keys[i].name);

        if (value != NULL && !keys[i].read(reader, &keys[i], value, error))
            return FALSE;
    }
    if (reader->unknown->len == 0)
        return TRUE;
    return vp_error_set(error, VP_ERROR_UNKNOWN,
                        "no field for: %s; pass the whole file with --user-data",
                        reader->unknown->str);
}

static gboolean
read_document(Reader *reader, GError **error)
{
    const yaml_node_t *root = yaml_document_get_root_node(&reader->document);

    if (root == NULL || root->type != YAML_MAPPING_NODE)
        return vp_error_set(error, VP_ERROR_VALUE, "the cloud-config is not a mapping");
    return read_keys(reader, root, error);
}

static gboolean
load_document(GBytes *content, yaml_document_t *document, GError **error)
{
    gsize size;
    const void *data = g_bytes_get_data(content, &size);
    yaml_parser_t parser;
    gboolean is_loaded;

    if (!vp_yaml_parser_can_load(data, size) || !vp_yaml_parser_begin(&parser, data, size))
        return vp_error_set(error, VP_ERROR_VALUE,
                            "the cloud-config is nested too deep, or has too many directives");
    is_loaded = yaml_parser_load(&parser, document) != 0;
    if (!is_loaded)
        g_set_error(error, VP_ERROR, VP_ERROR_VALUE,
                    "the cloud-config is not valid YAML: line %u, column %u: %s",
                    (guint)parser.problem_mark.line + 1, (guint)parser.problem_mark.column + 1,
                    parser.problem != NULL ? parser.problem : "?");
    yaml_parser_delete(&parser);
    return is_loaded;
}

gboolean
vp_command_set_cloud_config_text(VpSet *set, GBytes *content, GError **error)
{
    g_autoptr(GString) unknown = g_string_new(NULL);
    Reader reader = {.set = set, .unknown = unknown};
    gboolean is_read;

    if (!load_document(content, &reader.document, error))
        return FALSE;
    is_read = read_document(&reader, error);
    yaml_document_delete(&reader.document);
    return is_read;
}

gboolean
vp_command_set_cloud_config(VpSet *set, const char *name, const char *value, GError **error)
{
    g_autoptr(GBytes) content = vp_command_set_read(set, value, error);

    return content != NULL && vp_command_set_cloud_config_text(set, content, error);
}
