/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the files of the hook directory. */
#include <config.h>

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "libvirt/hook-file.h"

/* Of hooks/qemu.c. */
#define MARKER "virt-payload-hook: a copy of this program is installed as a libvirt hook"

/* A hook of another product may be a program of any size. */
enum { MAX_BYTES = 16 << 20 };

static char *
whole_path(const VpHost *host, const char *path)
{
    return g_strconcat(host->root, path, NULL);
}

/* --- one file --------------------------------------------------------------------------------- */

/* NULL if the path is not a regular file that can be read. */
static GBytes *
read_bytes(const VpHost *host, const char *path)
{
    g_autofree char *whole = whole_path(host, path);
    struct stat status;
    char *bytes;
    gsize size;

    if (stat(whole, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size > MAX_BYTES ||
        !g_file_get_contents(whole, &bytes, &size, NULL))
        return NULL;
    return g_bytes_new_take(bytes, size);
}

static gboolean
is_program(GBytes *file)
{
    gsize size;
    const char *bytes = g_bytes_get_data(file, &size);

    return size > 0 && memmem(bytes, size, MARKER, strlen(MARKER)) != NULL;
}

static char *
link_target(const VpHost *host, const char *path)
{
    g_autofree char *whole = whole_path(host, path);

    return g_file_read_link(whole, NULL);
}

/* An earlier version installed a link, below whatever prefix. */
static gboolean
is_link(const VpHost *host, const char *path)
{
    g_autofree char *target = link_target(host, path);

    return target != NULL && g_str_has_suffix(target, "/virt-payload-hook");
}

static gboolean
is_ours(const VpHost *host, const char *path)
{
    g_autofree char *target = link_target(host, path);
    g_autoptr(GBytes) file = NULL;

    if (target != NULL)
        return is_link(host, path);
    file = read_bytes(host, path);
    return file != NULL && is_program(file);
}

/* elf(5): the table of sections comes last. 0 if this is not an ELF file of a known class. */
static gsize
size_by_header(GBytes *file)
{
    gsize size;
    const char *bytes = g_bytes_get_data(file, &size);
    Elf64_Ehdr wide;
    Elf32_Ehdr narrow;

    if (size < sizeof(wide) || memcmp(bytes, ELFMAG, SELFMAG) != 0)
        return 0;
    memcpy(&wide, bytes, sizeof(wide));
    memcpy(&narrow, bytes, sizeof(narrow));
    if (bytes[EI_CLASS] == ELFCLASS64)
        return wide.e_shoff + (gsize)wide.e_shentsize * wide.e_shnum;
    return narrow.e_shoff + (gsize)narrow.e_shentsize * narrow.e_shnum;
}

/* --- the directory ---------------------------------------------------------------------------- */

static void
find_beside(const VpHost *host, GPtrArray *found)
{
    g_autofree char *directory = g_strconcat(host->hooks, "/qemu.d", NULL);
    g_autofree char *whole = whole_path(host, directory);
    g_autoptr(GDir) listing = g_dir_open(whole, 0, NULL);
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    while (listing != NULL && (name = g_dir_read_name(listing)) != NULL) {
        g_autofree char *path = g_build_filename(directory, name, NULL);

        if (is_ours(host, path))
            g_ptr_array_add(paths, g_steal_pointer(&path));
    }
    g_ptr_array_sort(paths, vp_compare_text);
    g_ptr_array_extend_and_steal(found, g_steal_pointer(&paths));
}

GPtrArray *
vp_virt_hook_file_find(const VpHost *host)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *first = g_strconcat(host->hooks, "/qemu", NULL);

    if (is_ours(host, first))
        g_ptr_array_add(found, g_steal_pointer(&first));
    find_beside(host, found);
    return found;
}

/* --- what is wrong ---------------------------------------------------------------------------- */

typedef struct {
    const VpHost *host;
    VpHostTell *tell;
    gpointer data;
} Check;

static void complain(const Check *check, const char *path, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

static void
complain(const Check *check, const char *path, const char *format, ...)
{
    g_autofree char *message = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    check->tell(path, message, check->data);
}

static char *
install_command(const Check *check)
{
    return g_strdup_printf(VP_PKGDATADIR "/install-hook install %s %s", check->host->hooks,
                           check->host->program);
}

static void
complain_install(const Check *check, const char *path, const char *what)
{
    g_autofree char *command = install_command(check);

    complain(check, path, "%s; run: %s", what, command);
}

/* TRUE if the file begins and ends as the program did. */
static gboolean
check_whole(const Check *check, const char *path, GBytes *file)
{
    gsize size = size_by_header(file);

    if (size == 0) {
        complain_install(check, path,
                         "another program has edited the hook, which can no longer run");
        return FALSE;
    }
    if (size >= g_bytes_get_size(file))
        return TRUE;
    complain_install(check, path,
                     "another program has appended text to the hook, and nothing runs that text; "
                     "the fix keeps it next to the hook");
    return FALSE;
}

static void
check_version(const Check *check, const char *path, GBytes *file)
{
    g_autoptr(GBytes) program = read_bytes(check->host, check->host->program);

    if (program == NULL || !is_program(program))
        complain(check, check->host->program,
                 "the hook's program is missing or has been overwritten; install virt-payload "
                 "again");
    else if (!g_bytes_equal(file, program))
        complain_install(check, path, "the hook's version differs from the installed program");
}

static void
check_copy(const Check *check, const char *path)
{
    g_autoptr(GBytes) file = read_bytes(check->host, path);
    g_autofree char *whole = whole_path(check->host, path);

    if (file == NULL)
        complain_install(check, path, "is a broken link");
    else if (is_link(check->host, path))
        complain_install(check, path, "is a link, so writing to it overwrites the hook's program");
    else if (check_whole(check, path, file))
        check_version(check, path, file);
    if (file != NULL && access(whole, X_OK) < 0)
        complain(check, path,
                 "the hook is not executable, so libvirt does not run it; run: chmod 0755 %s",
                 path);
}

static void
check_missing(const Check *check)
{
    g_autofree char *first = g_strconcat(check->host->hooks, "/qemu", NULL);
    g_autofree char *whole = whole_path(check->host, first);
    g_autofree char *directory = whole_path(check->host, check->host->hooks);
    struct stat status;

    if (access(directory, R_OK | X_OK) < 0 && errno == EACCES)
        return;
    if (lstat(whole, &status) == 0)
        complain_install(check, first,
                         "is another product's hook, and the hook of virt-payload is not installed "
                         "beside it");
    else
        complain_install(check, first, "the hook is not installed");
}

void
vp_virt_hook_file_check(const VpHost *host, VpHostTell *tell, gpointer data)
{
    const Check check = {host, tell, data};
    g_autoptr(GPtrArray) found = vp_virt_hook_file_find(host);

    if (found->len == 0)
        check_missing(&check);
    for (guint i = 0; i < found->len; i++) {
        const char *path = found->pdata[i];

        if (i == 0)
            check_copy(&check, path);
        else
            complain(&check, path,
                     "is a second copy of the hook, which libvirt also runs; run: rm %s", path);
    }
}
