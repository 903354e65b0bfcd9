/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Another host's profiles are known by their checksums, because libvirt gives no files of it. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "command/doctor-profiles.h"
#include "view/input.h"

enum { SUM_LENGTH = 64, MAX_BYTES = 1 << 20 };

/* "SUM  /PATH/NAME.xml"; the path may follow " *". */
static gboolean
add_line(GHashTable *sums, const char *line, GError **error)
{
    g_autofree char *sum = g_strndup(line, SUM_LENGTH);

    if (strspn(line, "0123456789abcdef") != SUM_LENGTH || line[SUM_LENGTH] != ' ' ||
        (line[SUM_LENGTH + 1] != ' ' && line[SUM_LENGTH + 1] != '*') ||
        line[SUM_LENGTH + 2] == '\0')
        return vp_error_set(error, VP_ERROR_VALUE, "the checksums are not those of sha256sum");
    g_hash_table_insert(sums, g_path_get_basename(line + SUM_LENGTH + 2), g_steal_pointer(&sum));
    return TRUE;
}

static GHashTable *
read_sums(GBytes *bytes, GError **error)
{
    g_autoptr(GHashTable) sums = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autofree char *text = vp_io_to_string(bytes);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        if (**line != '\0' && !add_line(sums, *line, error))
            return NULL;
    }
    return g_steal_pointer(&sums);
}

static void
compare(const char *path, const char *sum, VpProfileTell *tell, gpointer data)
{
    g_autoptr(GBytes) bytes = vp_view_input_file(path, MAX_BYTES, FALSE, NULL);
    g_autofree char *own =
        bytes != NULL ? g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes) : NULL;

    if (own == NULL)
        tell(path, "is missing on this host, but the other host has it", data);
    else if (sum == NULL)
        tell(path, "is missing on the other host", data);
    else if (!g_str_equal(own, sum))
        tell(path,
             "differs from the other host's, so a guest that migrates finds other files on its "
             "drive",
             data);
}

/* Those of both hosts, by name. */
static GList *
all_names(const VpConf *conf, GHashTable *sums)
{
    g_autoptr(GDir) directory = g_dir_open(conf->profiles_directory, 0, NULL);
    const char *name;

    while (directory != NULL && (name = g_dir_read_name(directory)) != NULL) {
        if (g_str_has_suffix(name, ".xml") && !g_hash_table_contains(sums, name))
            g_hash_table_insert(sums, g_strdup(name), NULL);
    }
    return g_list_sort(g_hash_table_get_keys(sums), (GCompareFunc)g_strcmp0);
}

gboolean
vp_command_doctor_profiles(const VpConf *conf, GBytes *bytes, VpProfileTell *tell, gpointer data,
                           GError **error)
{
    g_autoptr(GHashTable) sums = read_sums(bytes, error);
    g_autoptr(GList) names = sums != NULL ? all_names(conf, sums) : NULL;

    for (GList *name = names; name != NULL; name = name->next) {
        g_autofree char *path = g_build_filename(conf->profiles_directory, name->data, NULL);

        compare(path, g_hash_table_lookup(sums, name->data), tell, data);
    }
    return sums != NULL;
}
