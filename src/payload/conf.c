/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpConf: the administrator's choices. Read line by line, because GKeyFile reports neither the line
 * of an unknown key nor a repeated key. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "base/io.h"
#include "payload/conf.h"
#include "payload/owner.h"

#define GROUP "virt-payload"

enum { MAX_BYTES = 64 * 1024 };

typedef gboolean (*ReadValue)(const char *value, gpointer field, GError **error);

static gboolean read_path(const char *value, gpointer field, GError **error);
static gboolean read_attach(const char *value, gpointer field, GError **error);
static gboolean read_owner(const char *value, gpointer field, GError **error);
static gboolean read_text(const char *value, gpointer field, GError **error);

static const struct {
    const char *name;
    ReadValue read;
    gsize offset;
} keys[] = {
    {"directory", read_path, offsetof(VpConf, directory)},
    {"secrets-directory", read_path, offsetof(VpConf, secrets_directory)},
    {"files-directory", read_path, offsetof(VpConf, files_directory)},
    {"profiles-directory", read_path, offsetof(VpConf, profiles_directory)},
    {"attach", read_attach, offsetof(VpConf, attach)},
    {"image-owner", read_owner, offsetof(VpConf, image_owner)},
    {"uri", read_text, offsetof(VpConf, uri)},
};

/* --- values ---------------------------------------------------------------------------------- */

static gboolean
set_value_error(GError **error, const char *message)
{
    return vp_error_set(error, VP_ERROR_CONFIG, "%s", message);
}

static void
take_string(gpointer field, char *value)
{
    char **string = field;

    g_free(*string);
    *string = value;
}

static gboolean
has_dots(const char *path)
{
    g_auto(GStrv) components = g_strsplit(path, "/", -1);

    return g_strv_contains((const char *const *)components, ".") ||
           g_strv_contains((const char *const *)components, "..");
}

/* Without a slash at the end, so that DIRECTORY/NAME is the path in a domain. */
static gboolean
read_path(const char *value, gpointer field, GError **error)
{
    gsize length = strlen(value);

    if (value[0] != '/' || has_dots(value))
        return set_value_error(error, "must be an absolute path without '.' and '..'");
    while (length > 1 && value[length - 1] == '/')
        length--;
    if (length == 1)
        return set_value_error(error, "may not be the root directory");
    take_string(field, g_strndup(value, length));
    return TRUE;
}

static gboolean
read_text(const char *value, gpointer field, GError **error)
{
    if (value[0] == '\0')
        return set_value_error(error, "has no value; leave the key out for the default");
    take_string(field, g_strdup(value));
    return TRUE;
}

static gboolean
read_attach(const char *value, gpointer field, GError **error)
{
    static const struct {
        const char *name;
        VpAttach attach;
    } names[] = {
        {"hotplug", VP_ATTACH_HOTPLUG}, {"persistent", VP_ATTACH_PERSISTENT},
        {"refuse", VP_ATTACH_REFUSE},   {"off", VP_ATTACH_OFF},
        {"auto", VP_ATTACH_PERSISTENT}, /* its name before there was another way */
    };
    VpAttach *attach = field;

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(value, names[i].name) == 0) {
            *attach = names[i].attach;
            return TRUE;
        }
    }
    return set_value_error(error, "must be hotplug, persistent, refuse or off");
}

static gboolean
read_owner(const char *value, gpointer field, GError **error)
{
    return *value == '\0' || vp_payload_owner_parse(value, field) ||
           set_value_error(error, "must be USER or USER:GROUP of this host, by name or number");
}

/* --- text ------------------------------------------------------------------------------------ */

typedef struct {
    VpConf *conf;
    gboolean in_group;
    guint given[G_N_ELEMENTS(keys)]; /* the line; 0 if not given */
} Reader;

static gboolean
set_unknown(const char *name, GError **error)
{
    g_autofree char *escaped = g_strescape(name, NULL);
    g_autoptr(GString) known = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        g_string_append_printf(known, "%s%s", i > 0 ? ", " : "", keys[i].name);
    return vp_error_set(error, VP_ERROR_CONFIG, "key '%s' is unknown; the keys are %s", escaped,
                        known->str);
}

static gboolean
read_key(Reader *reader, const char *name, const char *value, guint line, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        if (strcmp(name, keys[i].name) != 0)
            continue;
        if (reader->given[i] != 0)
            return vp_error_set(error, VP_ERROR_CONFIG, "key %s: is already given on line %u", name,
                                reader->given[i]);
        reader->given[i] = line;
        if (keys[i].read(value, G_STRUCT_MEMBER_P(reader->conf, keys[i].offset), error))
            return TRUE;
        g_prefix_error(error, "key %s: ", name);
        return FALSE;
    }
    return set_unknown(name, error);
}

/* line is stripped, and is changed. */
static gboolean
read_line(Reader *reader, char *line, guint number, GError **error)
{
    char *equals = strchr(line, '=');

    if (line[0] == '\0' || line[0] == '#')
        return TRUE;
    if (line[0] == '[') {
        reader->in_group = strcmp(line, "[" GROUP "]") == 0;
        return reader->in_group || set_value_error(error, "the only group is [" GROUP "]");
    }
    if (equals == NULL)
        return set_value_error(error, "is neither a comment nor KEY = VALUE");
    if (!reader->in_group)
        return set_value_error(error, "is before [" GROUP "]");
    *equals = '\0';
    return read_key(reader, g_strchomp(line), g_strchug(equals + 1), number, error);
}

/* Cuts the text into its lines. */
static gboolean
read_lines(VpConf *conf, char *text, const char *origin, GError **error)
{
    Reader reader = {.conf = conf};
    guint number = 1;

    for (char *line = text, *next; line != NULL; line = next, number++) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        if (!read_line(&reader, g_strstrip(line), number, error)) {
            g_prefix_error(error, "%s, line %u: ", origin, number);
            return FALSE;
        }
    }
    return TRUE;
}

/* Paths end up in messages and in domain XML, so only text is accepted; a CR may only be at the end
 * of a line. */
static gboolean
is_text(const char *text, gsize size)
{
    if (!g_utf8_validate_len(text, size, NULL))
        return FALSE;
    for (gsize i = 0; i < size; i++) {
        gboolean ends_line = text[i] == '\r' && i + 1 < size && text[i + 1] == '\n';

        if ((guchar)text[i] == 0x7f ||
            ((guchar)text[i] < 0x20 && strchr("\t\n", text[i]) == NULL && !ends_line))
            return FALSE;
    }
    return TRUE;
}

/* --- defaults and files ---------------------------------------------------------------------- */

static char *
own_directory(uid_t user, const char *name)
{
    if (user == 0)
        return g_build_filename(VP_SYSCONFDIR "/virt-payload", name, NULL);
    return g_build_filename(g_get_home_dir(), ".config/virt-payload", name, NULL);
}

static VpConf *
new_default(uid_t user)
{
    VpConf *conf = g_new0(VpConf, 1);

    conf->directory =
        user == 0 ? g_strdup(VP_PAYLOADDIR) : g_strdup_printf("/run/user/%u/payload", (guint)user);
    conf->secrets_directory = own_directory(user, "secrets");
    conf->files_directory = own_directory(user, "files");
    conf->profiles_directory = own_directory(user, "profiles");
    conf->is_roots = user == 0 && geteuid() != 0;
    conf->attach = VP_ATTACH_HOTPLUG;
    return conf;
}

VpConf *
vp_payload_conf_parse(uid_t user, const char *text, gsize size, const char *origin, GError **error)
{
    g_autoptr(VpConf) conf = new_default(user);
    g_autofree char *copy = NULL;

    if (!is_text(text, size))
        return vp_error_null(error, VP_ERROR_CONFIG,
                             "%s: is not UTF-8 text, or has control characters", origin);
    copy = g_strndup(text, size);
    return read_lines(conf, copy, origin, error) ? g_steal_pointer(&conf) : NULL;
}

static gboolean
check_file(int fd, const char *path, gsize *size, GError **error)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return vp_error_set_errno(error, errno, "%s", path);
    if (!S_ISREG(status.st_mode) || status.st_size > MAX_BYTES)
        return vp_error_set(error, VP_ERROR_CONFIG,
                            "%s: must be a regular file of at most %d bytes", path, MAX_BYTES);
    if (status.st_uid != 0 || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return vp_error_set(
            error, VP_ERROR_CONFIG,
            "%s: must be owned by root and not be writable by others; chown root, chmod go-w",
            path);
    *size = (gsize)status.st_size;
    return TRUE;
}

VpConf *
vp_payload_conf_load(const char *path, GError **error)
{
    return geteuid() == 0 ? vp_payload_conf_load_system(path, error) : new_default(geteuid());
}

VpConf *
vp_payload_conf_load_system(const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = NULL;
    vp_autofd int fd = -1;
    gsize size = 0;

    fd = TEMP_FAILURE_RETRY(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (fd < 0 && errno == ENOENT)
        return new_default(0);
    if (fd < 0) {
        vp_error_set_errno(error, errno, "%s", path);
        return NULL;
    }
    if (!check_file(fd, path, &size, error))
        return NULL;
    bytes = vp_io_read(fd, size, error);
    if (bytes == NULL) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    return vp_payload_conf_parse(0, size > 0 ? g_bytes_get_data(bytes, NULL) : "", size, path,
                                 error);
}

void
vp_payload_conf_free(VpConf *conf)
{
    if (conf == NULL)
        return;
    g_free(conf->directory);
    g_free(conf->secrets_directory);
    g_free(conf->files_directory);
    g_free(conf->profiles_directory);
    g_free(conf->uri);
    g_free(conf);
}
