/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which checks of a host are made, in which order, with which facts, and what becomes a warning. */
#include <config.h>

#include <utime.h>

#include "capture.h"
#include "command/this-host.h"
#include "libvirt/fake-libvirt.h"
#include "libvirt/hook-file.h"
#include "libvirt/qemu-user.h"

#define HOOK VP_HOOKDIR "/qemu"

/* The checks themselves, each of which finds what it is told to. */
static struct {
    gboolean has_hook, is_older;
    const char *hook_file, *qemu_user, *apparmor, *selinux, *selinux_hook;
    guint daemon_checks;
    VpHost host; /* of the last check of the daemon */
    const char *type;
} given;

static void
find(const char *what, VpHostTell *tell, gpointer data)
{
    if (what != NULL)
        tell("/a\npath", what, data);
}

GPtrArray *
vp_virt_hook_file_find(const VpHost *host)
{
    GPtrArray *hooks = g_ptr_array_new_with_free_func(g_free);

    g_assert_cmpstr(host->root, ==, "");
    g_assert_cmpstr(host->hooks, ==, VP_HOOKDIR);
    g_assert_cmpstr(host->program, ==, VP_SBINDIR "/virt-payload-hook");
    if (given.has_hook)
        g_ptr_array_add(hooks, g_strdup(HOOK));
    return hooks;
}

void
vp_virt_hook_file_check(const VpHost *host, VpHostTell *tell, gpointer data)
{
    find(given.hook_file, tell, data);
}

void
vp_virt_host_check_daemon(const VpHost *host, VpHostTell *tell, gpointer data)
{
    g_assert_cmpstr(host->hook, ==, HOOK);
    given.daemon_checks++;
    given.host = *host;
    if (given.is_older)
        tell("libvirtd", "is older", data);
}

void
vp_virt_host_check_apparmor(const VpHost *host, VpHostTell *tell, gpointer data)
{
    g_assert_null(host->hook);
    find(given.apparmor, tell, data);
}

void
vp_virt_host_check_selinux(const VpHost *host, VpHostTell *tell, gpointer data)
{
    find(given.selinux, tell, data);
}

void
vp_virt_host_check_selinux_hook(const VpHost *host, VpHostTell *tell, gpointer data)
{
    find(given.selinux_hook, tell, data);
}

char *
vp_virt_host_daemon_unit(const VpHost *host)
{
    return NULL;
}

void
vp_virt_qemu_user_check(const VpHost *host, const VpConf *conf, VpHostTell *tell, gpointer data)
{
    g_assert_cmpstr(host->directory, ==, conf->directory);
    find(given.qemu_user, tell, data);
}

/* --- doctor's checks -------------------------------------------------------------------------- */

static FakeGuest fixture;

static void
set_up(void)
{
    g_autofree char *xml = fake_definition("", NULL, "");

    memset(&given, 0, sizeof(given));
    fake_set_up(&fixture, NULL, xml);
}

static void
note(const char *what, const char *message, gpointer data)
{
    g_string_append_printf(data, "%s\n", message);
}

static void
assert_told(const char *wanted, guint daemon_checks)
{
    g_autoptr(GString) told = g_string_new(NULL);

    vp_command_this_host_check(&fixture.conf, note, told);
    g_assert_cmpstr(told->str, ==, wanted);
    g_assert_cmpuint(given.daemon_checks, ==, daemon_checks);
    fake_tear_down(&fixture);
}

static void
test_order(void)
{
    set_up();
    given.has_hook = given.is_older = TRUE;
    given.hook_file = "hook";
    given.apparmor = "apparmor";
    given.selinux = "selinux";
    given.selinux_hook = "selinux and hook";
    given.qemu_user = "user";
    assert_told("hook\nis older\nselinux and hook\napparmor\nselinux\nuser\n", 2);
}

/* There is nothing that the daemon could have missed. */
static void
test_no_hook(void)
{
    set_up();
    given.is_older = TRUE;
    given.hook_file = "hook";
    assert_told("hook\n", 0);
}

static void
test_well(void)
{
    set_up();
    given.has_hook = TRUE;
    assert_told("", 1);
}

/* The images show that the hook was called, whenever the daemon started. */
static void
test_last_image(void)
{
    static const char *const names[] = {FAKE_UUID "-a.img", IMAGE, "notes"};

    set_up();
    given.has_hook = given.is_older = TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        const struct utimbuf times = {.modtime = 1000 * ((time_t)i + 1)};
        g_autofree char *path = g_build_filename(fixture.directory, names[i], NULL);

        fake_put_file(&fixture, names[i], "");
        g_assert_cmpint(utime(path, &times), ==, 0);
    }
    assert_told("is older\n", 2);
    g_assert_cmpint(given.host.last_image, ==, 2000);
    g_assert_cmpint(given.host.reloaded, ==, 0);
}

/* --- the warning of other commands ------------------------------------------------------------ */

static const char *
fake_type(virConnectPtr connection)
{
    return given.type;
}

static void
assert_warned(const char *wanted)
{
    g_autofree char *text = NULL;
    Capture capture;

    ((VpLibvirtApi *)vp_libvirt_api_load(NULL))->virConnectGetType = fake_type;
    capture_begin(&capture);
    vp_command_this_host_warn(&fixture.conf, fixture.virt);
    text = capture_end(&capture);
    g_assert_cmpstr(text, ==, wanted);
    fake_tear_down(&fixture);
}

static void
set_up_warning(const char *type)
{
    set_up();
    given.type = type;
    given.has_hook = given.is_older = TRUE;
    given.qemu_user = "user";
}

static void
test_first_only(void)
{
    set_up_warning("QEMU");
    given.hook_file = "bad\nhook";
    assert_warned("virt-payload: warning: /a\\x0apath: bad\\x0ahook\n");
}

static void
test_daemon_before_user(void)
{
    set_up_warning("QEMU");
    assert_warned("virt-payload: warning: libvirtd: is older\n");
}

static void
test_no_warning(void)
{
    set_up_warning("QEMU");
    given.is_older = FALSE;
    given.qemu_user = NULL;
    given.apparmor = given.selinux = "not asked";
    assert_warned("");
    set_up_warning("TEST");
    assert_warned("");
    set_up_warning("QEMU");
    fixture.conf.uri = (char *)"qemu:///elsewhere";
    assert_warned("");
}

/* "show FILE" has no connection. */
static void
test_no_connection(void)
{
    g_autofree char *text = NULL;
    Capture capture;

    set_up_warning("QEMU");
    capture_begin(&capture);
    vp_command_this_host_warn(&fixture.conf, NULL);
    text = capture_end(&capture);
    g_assert_cmpstr(text, ==, "");
    fake_tear_down(&fixture);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/this-host/checks-in-their-order", test_order);
    g_test_add_func("/this-host/without-a-hook-no-daemon-is-checked", test_no_hook);
    g_test_add_func("/this-host/all-is-well", test_well);
    g_test_add_func("/this-host/newest-image-is-a-fact", test_last_image);
    g_test_add_func("/this-host/warning-is-the-first-thing-wrong", test_first_only);
    g_test_add_func("/this-host/daemon-comes-before-qemu's-user", test_daemon_before_user);
    g_test_add_func("/this-host/no-warning-but-for-this-host's-qemu", test_no_warning);
    g_test_add_func("/this-host/no-warning-without-a-connection", test_no_connection);
    return g_test_run();
}
