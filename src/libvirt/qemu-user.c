/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tries in a process that has become QEMU's user. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libvirt/qemu-user.h"
#include "payload/owner.h"
#include "payload/store.h"

#define QEMU_CONF "/etc/libvirt/qemu.conf"

enum { CANNOT_TRY = 255, MAX_PATHS = 250 };

/* --- qemu.conf -------------------------------------------------------------------------------- */

/* A string in quotes or a number; a comment may follow (libvirt's virconf.c). */
static char *
read_value(const char *text)
{
    text += strspn(text, " \t");
    if (*text == '"' || *text == '\'')
        return g_strndup(text + 1, strcspn(text + 1, *text == '"' ? "\"" : "'"));
    return g_strndup(text, strcspn(text, " \t\r#"));
}

/* The value of the last line "KEY = VALUE"; NULL: none. */
static char *
find_value(char **lines, const char *key)
{
    char *found = NULL;

    for (; *lines != NULL; lines++) {
        const char *line = *lines + strspn(*lines, " \t");
        gsize length = strlen(key);
        const char *equals = line + length + strspn(line + MIN(length, strlen(line)), " \t");

        if (!g_str_has_prefix(line, key) || *equals != '=')
            continue;
        g_free(found);
        found = read_value(equals + 1);
    }
    return found;
}

/* The default user that libvirt was built with: Debian's, and that of all others. */
static const char *
default_user(void)
{
    static const char *const names[] = {"libvirt-qemu", "qemu"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (getpwnam(names[i]) != NULL)
            return names[i];
    }
    return "root";
}

typedef struct {
    char *name; /* "USER" or "USER:GROUP", as image-owner takes it */
    VpOwner owner;
    gboolean relabels; /* dynamic_ownership */
} QemuUser;

static void
qemu_user_clear(QemuUser *user)
{
    g_clear_pointer(&user->name, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(QemuUser, qemu_user_clear)

static gboolean
read_user(const VpHost *host, QemuUser *user)
{
    g_autofree char *path = g_strconcat(host->root, QEMU_CONF, NULL);
    g_autofree char *text = NULL, *name = NULL, *group = NULL, *dynamic = NULL;
    g_auto(GStrv) lines = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return FALSE;
    lines = g_strsplit(text, "\n", -1);
    name = find_value(lines, "user");
    group = find_value(lines, "group");
    dynamic = find_value(lines, "dynamic_ownership");
    user->relabels = g_strcmp0(dynamic, "0") != 0;
    user->name = g_strdup_printf("%s%s%s", name != NULL ? name : default_user(),
                                 group != NULL ? ":" : "", group != NULL ? group : "");
    return vp_payload_owner_parse(user->name, &user->owner);
}

/* --- as that user ----------------------------------------------------------------------------- */

/* In a child: returns the number of the first path that it may not reach or, if is_read, read. */
static int
try_paths(const VpOwner *owner, char *const *paths, gboolean is_read)
{
    const struct passwd *user = getpwuid(owner->uid);

    if ((user != NULL ? initgroups(user->pw_name, owner->gid) : setgroups(0, NULL)) < 0 ||
        setgid(owner->gid) < 0 || setuid(owner->uid) < 0)
        return CANNOT_TRY;
    for (int i = 0; i < MAX_PATHS && paths[i] != NULL; i++) {
        int fd = is_read ? open(paths[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;

        if (is_read ? fd < 0 && errno == EACCES : access(paths[i], X_OK) < 0 && errno == EACCES)
            return i + 1;
        if (fd >= 0)
            close(fd);
    }
    return 0;
}

/* NULL: all can be, or it cannot be tried. */
static const char *
first_refused(const VpOwner *owner, char *const *paths, gboolean is_read)
{
    pid_t child = fork();
    int status;

    if (child == 0)
        _exit(try_paths(owner, paths, is_read));
    if (child < 0 || TEMP_FAILURE_RETRY(waitpid(child, &status, 0)) < 0 || !WIFEXITED(status) ||
        WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == CANNOT_TRY)
        return NULL;
    return paths[WEXITSTATUS(status) - 1];
}

/* Its parents from the root on, and the directory. */
static char **
way_to(const char *directory)
{
    GPtrArray *paths = g_ptr_array_new();

    for (const char *slash = strchr(directory + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/'))
        g_ptr_array_add(paths, g_strndup(directory, slash - directory));
    g_ptr_array_add(paths, g_strdup(directory));
    g_ptr_array_add(paths, NULL);
    return (char **)g_ptr_array_free(paths, FALSE);
}

static char **
images_in(const char *directory)
{
    g_autoptr(VpStore) store = vp_payload_store_open_existing(directory, NULL);
    g_autoptr(GPtrArray) names = store != NULL ? vp_payload_store_list(store, NULL) : NULL;
    GPtrArray *paths = g_ptr_array_new();

    for (guint i = 0; names != NULL && i < names->len; i++) {
        if (*(const char *)names->pdata[i] != '.')
            g_ptr_array_add(paths, g_build_filename(directory, names->pdata[i], NULL));
    }
    g_ptr_array_add(paths, NULL);
    return (char **)g_ptr_array_free(paths, FALSE);
}

/* --- what is wrong ---------------------------------------------------------------------------- */

static void
check_owner(const QemuUser *user, const VpConf *conf, VpHostTell *tell, gpointer data)
{
    g_auto(GStrv) images = images_in(conf->directory);
    const char *refused;
    g_autofree char *message = NULL;

    if (user->relabels || (conf->image_owner.is_set && conf->image_owner.uid == user->owner.uid)) {
        refused = user->relabels ? NULL : first_refused(&user->owner, images, TRUE);
        if (refused != NULL)
            tell(refused,
                 "QEMU's user cannot read it; it was built before image-owner was set, and will be "
                 "rebuilt when its guest next starts",
                 data);
        return;
    }
    message = g_strdup_printf("has dynamic_ownership = 0, so libvirt does not give images to "
                              "QEMU's user; add to " VP_CONF_PATH ": image-owner = %s",
                              user->name);
    tell(QEMU_CONF, message, data);
}

void
vp_virt_qemu_user_check(const VpHost *host, const VpConf *conf, VpHostTell *tell, gpointer data)
{
    g_auto(QemuUser) user = {0};
    g_auto(GStrv) way = way_to(conf->directory);
    const char *refused;
    g_autofree char *message = NULL;

    if (geteuid() != 0 || !read_user(host, &user) || user.owner.uid == 0)
        return;
    refused = first_refused(&user.owner, way, FALSE);
    if (refused != NULL) {
        message = g_strdup_printf("QEMU's user %s cannot search this directory for the "
                                  "images; run: chmod o+x %s",
                                  user.name, refused);
        tell(refused, message, data);
    }
    check_owner(&user, conf, tell, data);
}
