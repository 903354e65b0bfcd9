/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The core's entry, as the front calls it: exit status, standard output, and the one line of
 * standard error. Each call is a process, which is confined afterwards. */
#include <config.h>

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "domain/front-search.h"
#include "hook/call.h"
#include "payload/conf.h"
#include "hook/without-systemd.h"
#include "remove-tree.h"

#define UUID "11111111-2222-4333-8444-555555555555"
#define IMAGES VP_SYSCONFDIR "/images"
#define NOTED VP_SYSCONFDIR "/noted"
#define DOMAIN(devices)                                                                            \
    "<domain type='kvm' id='7'>\n  <name>web1</name>\n  <uuid>" UUID "</uuid>\n  <metadata>"       \
    "<cloud-init xmlns='" VP_NAMESPACE "'/></metadata>\n  <devices>" devices "</devices>\n"        \
    "</domain>\n"
#define DRIVE(path)                                                                                \
    "<disk type='file' device='cdrom'><source file='" path "'/><target dev='hdc' bus='ide'/>"      \
    "<readonly/></disk>"

typedef struct {
    const char *name;
    const char *guest;
    VpOperation operation;
    const char *xml;
    const char *conf; /* lines */
    int status;
    const char *output, *error;
    gboolean has_image;
} Case;

#define CONF "directory = " IMAGES "\n"

static const Case cases[] = {
    {"a definition without a name", "web1", VP_OPERATION_PREPARE, "<domain/>", CONF, 1, "",
     "virt-payload: web1: domain: has no name [missing]\n"},
    {"another root element", "web1", VP_OPERATION_PREPARE, "<network/>", CONF, 0, "", ""},
    {"an image", "web1", VP_OPERATION_PREPARE, DOMAIN(DRIVE(IMAGES "/" UUID ".img")), CONF, 0, "",
     "", TRUE},
    {"another guest's definition", "web2", VP_OPERATION_PREPARE, DOMAIN(""), CONF, 1, "",
     "virt-payload: web2: the definition's <name> is not the guest's that the hook was called for "
     "[identity]\n"},
    {"a name beyond ASCII", "a\n\"\xc3\xbc", VP_OPERATION_STARTED, DOMAIN(""), CONF, 1, "",
     "virt-payload: a\\n\\'\\303\\274: the definition's <name> is not the guest's that the hook "
     "was called for [identity]\n"},
    {"a drive elsewhere, repointed", "web1", VP_OPERATION_FILTER,
     DOMAIN(DRIVE("/elsewhere/" UUID ".img")), CONF, 0, DOMAIN(DRIVE(IMAGES "/" UUID ".img")), ""},
    {"a drive that is right, repointed", "web1", VP_OPERATION_FILTER,
     DOMAIN(DRIVE(IMAGES "/" UUID ".img")), CONF, 0, "", ""},
    {"a drive that started", "web1", VP_OPERATION_STARTED, DOMAIN(DRIVE(IMAGES "/" UUID ".img")),
     CONF, 0, "", ""},
    {"a configuration with a mistake", "web1", VP_OPERATION_PREPARE, DOMAIN(""),
     "directory = images\n", 1, "",
     "virt-payload: web1: " VP_CONF_PATH
     ", line 2: key directory: must be an absolute path without '.' and '..' [config]\n"},
    {"a configuration with a mistake, at the end", "web1", VP_OPERATION_RELEASE, DOMAIN(""),
     "directory = images\n", 0, "",
     "virt-payload: web1: " VP_CONF_PATH
     ", line 2: key directory: must be an absolute path without '.' and '..' [config]\n"},
    {"the reason that was found before", "web1", VP_OPERATION_PREPARE,
     DOMAIN(DRIVE(IMAGES "/none/" UUID ".img")), "directory = " IMAGES "/none\n", 1, "",
     "virt-payload: web1: payload directory " IMAGES "/none: No such file or directory [failed]\n"},
};

static void
set_up(char **top, gconstpointer data)
{
    if (g_file_test(VP_SYSCONFDIR, G_FILE_TEST_EXISTS))
        remove_tree(VP_SYSCONFDIR); /* of a run that was ended */
    g_assert_cmpint(mkdir(VP_SYSCONFDIR, 0755), ==, 0);
}

static void
tear_down(char **top, gconstpointer data)
{
    remove_tree(VP_SYSCONFDIR);
}

static void
configure(const char *lines)
{
    g_autofree char *text = g_strconcat("[virt-payload]\n", lines, NULL);

    g_assert_true(g_file_set_contents(VP_CONF_PATH, text, -1, NULL));
    g_assert_cmpint(chmod(VP_CONF_PATH, 0644), ==, 0);
}

static void
redirect(int fd, const char *path)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (file < 0 || dup2(file, fd) < 0)
        _exit(99);
}

/* In either kind of quotes. */
static void
assert_file(const char *path, const char *expected)
{
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(g_strdelimit(text, "\"", '\''), ==, expected);
}

/* What has read a definition can have no socket afterwards. */
static gboolean
is_confined(const VpHookCall *call)
{
#if defined(__x86_64__) || defined(__aarch64__)
    return (call->operation != VP_OPERATION_PREPARE && call->operation != VP_OPERATION_FILTER) ||
           socket(AF_UNIX, SOCK_STREAM, 0) < 0;
#else
    return TRUE;
#endif
}

/* The status of a process that has made this call. */
static int
run(const VpHookCall *call)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        redirect(STDOUT_FILENO, VP_SYSCONFDIR "/out");
        redirect(STDERR_FILENO, VP_SYSCONFDIR "/err");
        status = vp_hook_main(call);
        _exit(status == 0 && !is_confined(call) ? 98 : status);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static gboolean
is_root(void)
{
    if (geteuid() == 0)
        return TRUE;
    g_test_skip("only root's hook reads a configuration");
    return FALSE;
}

static void
test_call(char **top, gconstpointer data)
{
    const Case *given = data;
    const VpHookCall call = {given->guest, given->operation, given->xml, strlen(given->xml)};

    if (!is_root())
        return;
    configure(given->conf);
    g_assert_cmpint(run(&call), ==, given->status);
    assert_file(VP_SYSCONFDIR "/err", given->error);
    assert_file(VP_SYSCONFDIR "/out", given->output);
    g_assert_cmpint(g_file_test(IMAGES "/" UUID ".img", G_FILE_TEST_EXISTS), ==, given->has_image);
}

/* The process that hands over takes the guest's UUID and ID from the one that reads its definition.
 */
static void
test_started(char **top, gconstpointer data)
{
    const char *xml = DOMAIN("");
    const VpHookCall call = {"web1", VP_OPERATION_STARTED, xml, strlen(xml)};
    g_autofree char *noted = NULL;

    if (!is_root())
        return;
    if (!hide_systemd()) {
        g_test_skip("systemd would start the command");
        return;
    }
    configure(CONF "uri = test:///default\n");
    g_assert_true(g_file_set_contents(VP_SBINDIR "/virt-payload",
                                      "#!/bin/sh\necho $2 $6 $9 >" NOTED ".new\n"
                                      "mv " NOTED ".new " NOTED "\n",
                                      -1, NULL));
    g_assert_cmpint(chmod(VP_SBINDIR "/virt-payload", 0755), ==, 0);
    g_assert_cmpint(run(&call), ==, 0);
    assert_file(VP_SYSCONFDIR "/err", "");
    assert_file(VP_SYSCONFDIR "/out", "");
    for (guint i = 0; i < 6000 && noted == NULL; i++) {
        g_usleep(10000);
        (void)g_file_get_contents(NOTED, &noted, NULL, NULL);
    }
    g_assert_cmpstr(noted, ==, "test:///default 7 " UUID "\n");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/main/%s", cases[i].name);

        g_test_add(path, char *, &cases[i], set_up, test_call, tear_down);
    }
    g_test_add("/main/started", char *, NULL, set_up, test_started, tear_down);
    return g_test_run();
}
