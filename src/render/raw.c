/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks of raw data against what guests' agents accept. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/json-text.h"
#include "base/mime.h"
#include "base/yaml-map.h"
#include "render/mime.h"
#include "render/raw.h"

/* UTF-8's and UTF-16's: Unicode, chapter 23.8. */
static gboolean
has_byte_order_mark(GBytes *bytes)
{
    static const char *const marks[] = {"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"};
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);

    for (gsize i = 0; i < G_N_ELEMENTS(marks); i++) {
        if (size >= strlen(marks[i]) && memcmp(data, marks[i], strlen(marks[i])) == 0)
            return TRUE;
    }
    return FALSE;
}

static gboolean
fail_by_mark(GError **error)
{
    return vp_error_set(
        error, VP_ERROR_TEXT,
        "begins with a byte order mark, after which agents do not recognise the first "
        "line; save it as UTF-8 without one");
}

static gboolean
check_ignition(GBytes *bytes, GError **error)
{
    g_autoptr(json_object) object = vp_json_parse_object(bytes, error);

    if (object == NULL)
        return FALSE;
    if (!json_object_object_get_ex(object, "ignition", NULL) ||
        vp_json_get_text_of(vp_json_get(object, "ignition"), "version") != NULL)
        return TRUE;
    return vp_error_set(error, VP_ERROR_VALUE, "has no ignition/version, which Ignition requires");
}

/* Ignition's configuration specification, 2.0 to 3.5: the members of its root, and of those. */
static const char *const ignition_members[] = {"config",   "proxy",   "security",
                                               "timeouts", "version", NULL};
static const char *const passwd_members[] = {"groups", "users", NULL};
static const char *const storage_members[] = {
    "arrays", "directories", "disks", "files", "filesystems", "links", "luks", "raid", NULL};
static const char *const systemd_members[] = {"units", NULL};
static const char *const networkd_members[] = {"units", NULL};
static const char *const kernel_members[] = {"shouldExist", "shouldNotExist", NULL};
static const struct {
    const char *name;
    const char *const *members;
} ignition_roots[] = {
    {"ignition", ignition_members}, {"passwd", passwd_members},
    {"storage", storage_members},   {"systemd", systemd_members},
    {"networkd", networkd_members}, {"kernelArguments", kernel_members},
};

static const char *const *
find_ignition_members(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(ignition_roots); i++) {
        if (g_str_equal(ignition_roots[i].name, name))
            return ignition_roots[i].members;
    }
    return NULL;
}

static gboolean
knows_members(json_object *object, const char *const *members)
{
    if (!json_object_is_type(object, json_type_object))
        return TRUE;
    json_object_object_foreach(object, key, value)
    {
        (void)value;
        if (!g_strv_contains(members, key))
            return FALSE;
    }
    return TRUE;
}

gboolean
vp_render_raw_has_unknown_ignition_key(GBytes *bytes)
{
    g_autoptr(json_object) root = vp_json_parse_object(bytes, NULL);

    if (root == NULL || !json_object_object_get_ex(root, "ignition", NULL))
        return FALSE;
    json_object_object_foreach(root, name, object)
    {
        const char *const *members = find_ignition_members(name);

        if (members == NULL || !knows_members(object, members))
            return TRUE;
    }
    return FALSE;
}

/* What the kernel runs. */
static gboolean
is_executable(GBytes *bytes)
{
    gsize size;
    const char *data = g_bytes_get_data(bytes, &size);

    return (size >= 2 && memcmp(data, "#!", 2) == 0) ||
           (size >= 4 && memcmp(data, "\177ELF", 4) == 0);
}

/* cloud-init looks at the first line of a part of these types. */
static gboolean
is_by_first_line(const char *type)
{
    return g_str_equal(type, "text/plain") || g_str_equal(type, "text/x-not-multipart") ||
           g_str_equal(type, "text/x-shellscript");
}

static gboolean
is_cloud_config(GBytes *content, const char *type)
{
    VpUserDataType detected = vp_render_mime_detect(content);

    return g_str_equal(type, "text/cloud-config")
               ? detected != VP_USER_DATA_JINJA
               : is_by_first_line(type) && detected == VP_USER_DATA_CLOUD_CONFIG;
}

static gboolean
check_part(GBytes *content, const char *type, GError **error)
{
    g_autoptr(VpYamlMap) map = NULL;

    if (has_byte_order_mark(content))
        return fail_by_mark(error);
    if (is_cloud_config(content, type)) {
        map = vp_yaml_map_parse(content, error);
        return map != NULL;
    }
    if (g_str_has_prefix(type, "text/x-shellscript") && !is_executable(content) &&
        (vp_render_mime_detect(content) == VP_USER_DATA_UNKNOWN || !is_by_first_line(type)))
        return vp_error_set(
            error, VP_ERROR_VALUE,
            "is a script that does not begin with '#!', and the guest cannot run it");
    return TRUE;
}

/* --- merging ---------------------------------------------------------------------------------- */

static const char *
kind_name(VpYamlKind kind)
{
    switch (kind) {
    case VP_YAML_LIST:
        return "a list";
    case VP_YAML_MAP:
        return "a mapping";
    default:
        return "neither a list nor a mapping";
    }
}

typedef struct {
    const VpYamlMap *given;
    const char *key; /* the first, in the alphabet, that clashes */
    VpYamlKind given_kind, own_kind;
} Clash;

static void
compare_key(const char *key, VpYamlKind kind, gpointer data)
{
    Clash *clash = data;
    VpYamlKind given = vp_yaml_map_kind(clash->given, key);

    if ((clash->key != NULL && strcmp(clash->key, key) < 0) || given == VP_YAML_ABSENT ||
        given == VP_YAML_ALIAS || given == kind || kind == VP_YAML_SCALAR)
        return;
    clash->key = key;
    clash->given_kind = given;
    clash->own_kind = kind;
}

static gboolean
check_merge(GBytes *user_data, const VpYamlMap *own, GError **error)
{
    g_autoptr(VpYamlMap) given = vp_yaml_map_parse(user_data, error);
    Clash clash = {given, NULL, VP_YAML_ABSENT, VP_YAML_ABSENT};

    if (given == NULL)
        return FALSE;
    vp_yaml_map_foreach(own, compare_key, &clash);
    if (clash.key == NULL)
        return TRUE;
    return vp_error_set(
        error, VP_ERROR_CONFLICT,
        "its '%s' is %s and that of the fields is %s, so the guest would lose one of them; "
        "write it as the fields do",
        clash.key, kind_name(clash.given_kind), kind_name(clash.own_kind));
}

/* --- MIME ------------------------------------------------------------------------------------- */

typedef struct {
    const VpYamlMap *own; /* what cloud-config is to be merged with; NULL: each part is checked */
    GError **error;
    guint number;
} Parts;

static gboolean
is_utf8(const char *charset)
{
    static const char *const names[] = {"utf-8", "utf8", "us-ascii", "ascii", NULL};
    g_autofree char *lower = charset != NULL ? g_ascii_strdown(charset, -1) : NULL;

    return lower == NULL || g_strv_contains(names, lower);
}

static gboolean
visit_part(const VpMimePart *part, gpointer data)
{
    Parts *parts = data;
    g_autoptr(GBytes) content = NULL;

    parts->number++;
    if (part->kind == VP_MIME_NO_BOUNDARY)
        return vp_error_set(parts->error, VP_ERROR_VALUE,
                            "is a MIME multipart without a boundary in its Content-Type");
    if (part->kind == VP_MIME_NO_DELIMITER)
        return vp_error_set(parts->error, VP_ERROR_VALUE,
                            "is a MIME multipart in which no line begins with its boundary");
    content = vp_mime_encoding_decode(part->encoding, part->body);
    if (part->kind == VP_MIME_UNCLEAR || content == NULL || !is_utf8(part->charset))
        return TRUE;
    if (parts->own == NULL ? check_part(content, part->type, parts->error)
                           : !is_cloud_config(content, part->type) ||
                                 check_merge(content, parts->own, parts->error))
        return TRUE;
    g_prefix_error(parts->error, "part %u of the MIME message%s ", parts->number,
                   parts->own != NULL ? ":" : "");
    return FALSE;
}

/* If the parts of a multipart cannot be told apart, a guest drops all of them. */
static gboolean
check_parts(GBytes *message, const VpYamlMap *own, GError **error)
{
    const VpMimeVisitor visitor = {.part = visit_part};
    Parts parts = {own, error, 0};
    gsize size;
    const char *text = g_bytes_get_data(message, &size);
    const char *end = text + size;

    while (text < end && g_ascii_isspace(*text)) /* as vp_render_mime_detect() */
        text++;
    return vp_mime_walk((VpMimeRange){text, end}, &visitor, &parts);
}

gboolean
vp_render_raw_check_user_data(GBytes *bytes, GError **error)
{
    g_autoptr(VpYamlMap) map = NULL;

    if (has_byte_order_mark(bytes))
        return fail_by_mark(error);
    switch (vp_render_mime_detect(bytes)) {
    case VP_USER_DATA_CLOUD_CONFIG:
        map = vp_yaml_map_parse(bytes, error);
        return map != NULL;
    case VP_USER_DATA_IGNITION:
        return check_ignition(bytes, error);
    case VP_USER_DATA_MIME:
        return check_parts(bytes, NULL, error);
    default:
        return TRUE;
    }
}

gboolean
vp_render_raw_check_merge(GBytes *user_data, GBytes *cloud_config, GError **error)
{
    VpUserDataType type = vp_render_mime_detect(user_data);
    g_autoptr(VpYamlMap) own = NULL;

    if (type != VP_USER_DATA_CLOUD_CONFIG && type != VP_USER_DATA_MIME)
        return TRUE;
    own = vp_yaml_map_parse(cloud_config, error);
    if (own == NULL)
        return FALSE;
    return type == VP_USER_DATA_MIME ? check_parts(user_data, own, error)
                                     : check_merge(user_data, own, error);
}

/* --- NoCloud's network-config ----------------------------------------------------------------- */

gboolean
vp_render_raw_check_network_config(GBytes *bytes, GError **error)
{
    g_autoptr(VpYamlMap) map = vp_yaml_map_parse(bytes, error);
    const char *version;

    if (map == NULL)
        return FALSE;
    if (vp_yaml_map_kind(map, "links") != VP_YAML_ABSENT &&
        vp_yaml_map_kind(map, "version") == VP_YAML_ABSENT)
        return vp_error_set(error, VP_ERROR_VALUE,
                            "is a network_data.json, which only a config drive has; NoCloud takes "
                            "network-config, version 1 or 2");
    if (vp_yaml_map_kind(map, "network") == VP_YAML_MAP ||
        g_strcmp0(vp_yaml_map_text(map, "config"), "disabled") == 0)
        return TRUE;
    version = vp_yaml_map_text(map, "version");
    if (g_strcmp0(version, "1") != 0 && g_strcmp0(version, "2") != 0)
        return vp_error_set(error, VP_ERROR_VALUE, "has no version, which must be 1 or 2");
    if (*version == '1' && vp_yaml_map_kind(map, "config") == VP_YAML_ABSENT)
        return vp_error_set(error, VP_ERROR_VALUE, "has version 1 but no config");
    return TRUE;
}
