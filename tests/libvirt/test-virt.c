/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Libvirt's calls against its own mock driver, test:///default. */
#include <config.h>

#include <libvirt/libvirt.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "domain/domain.h"
#include "libvirt/api.h"
#include "libvirt/virt.h"

#define TEST_UUID "6695eb01-f6a4-8304-79aa-97f2502e193f" /* of the driver's one guest, "test" */
#define OTHER_UUID "11111111-2222-4333-8444-555555555555"

static const VpConf conf = {0};

static VpVirt *
open_test(void)
{
    g_autoptr(GError) error = NULL;
    VpVirt *virt = vp_virt_open("test:///default", &conf, FALSE, &error);

    g_assert_no_error(error);
    return virt;
}

static VpGuest *
find(VpVirt *virt, const char *name)
{
    g_autoptr(GError) error = NULL;
    VpGuest *guest = vp_virt_find(virt, name, &error);

    g_assert_no_error(error);
    return guest;
}

/* The connections of a process share the driver's guests. */
static VpGuest *
define(VpVirt *virt, const char *name, const char *uuid)
{
    virConnectPtr connection = virConnectOpen("test:///default");
    g_autofree char *xml = g_strdup_printf("<domain type='test'><name>%s</name><uuid>%s</uuid>"
                                           "<memory>8192</memory><os><type>hvm</type></os>"
                                           "</domain>",
                                           name, uuid);
    virDomainPtr domain = virDomainDefineXML(connection, xml);

    g_assert_nonnull(domain);
    virDomainFree(domain);
    virConnectClose(connection);
    return find(virt, uuid);
}

static VpGuest *
define_other(VpVirt *virt)
{
    return define(virt, "1", OTHER_UUID);
}

static gboolean
opens(const char *uri, const VpConf *with, gboolean read_only)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VpVirt) virt = vp_virt_open(uri, with, read_only, &error);

    if (virt == NULL)
        g_assert_error(error, VP_ERROR, VP_ERROR_LIBVIRT);
    return virt != NULL;
}

/* The option comes before the environment, and that before the configuration. */
static void
test_uri(void)
{
    const VpConf good = {.uri = (char *)"test:///default"};
    const VpConf bad = {.uri = (char *)"nonsense://"};

    g_unsetenv("VIRSH_DEFAULT_CONNECT_URI");
    g_unsetenv("LIBVIRT_DEFAULT_URI");
    g_assert_true(opens(NULL, &good, FALSE));
    g_assert_false(opens(NULL, &bad, FALSE));
    g_setenv("LIBVIRT_DEFAULT_URI", "test:///default", TRUE);
    g_assert_true(opens(NULL, &bad, FALSE));
    g_setenv("LIBVIRT_DEFAULT_URI", "nonsense://", TRUE);
    g_assert_false(opens(NULL, &good, FALSE));
    g_assert_true(opens("test:///default", &bad, TRUE));
    g_setenv("VIRSH_DEFAULT_CONNECT_URI", "test:///default", TRUE);
    g_assert_true(opens(NULL, &bad, FALSE));
    g_setenv("VIRSH_DEFAULT_CONNECT_URI", "", TRUE);
    g_assert_false(opens(NULL, &good, FALSE));
    g_unsetenv("VIRSH_DEFAULT_CONNECT_URI");
    g_unsetenv("LIBVIRT_DEFAULT_URI");
}

/* libvirt prints its errors on standard error unless it is told not to. */
static void
test_silence(void)
{
    if (g_test_subprocess()) {
        g_autoptr(GError) error = NULL;

        g_assert_null(vp_virt_open("nonsense://", &conf, FALSE, &error));
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("");
}

/* Only the daemon whose hook makes them knows the images below a directory. */
static void
test_this_host(void)
{
    g_autoptr(VpVirt) virt = open_test();
    g_autoptr(VpGuest) guest = find(virt, "test");
    const VpConf other = {.uri = (char *)"qemu:///system", .directory = (char *)"/d"};
    const VpConf own = {.uri = (char *)"test:///default", .directory = (char *)"/d"};
    g_autoptr(GError) error = NULL;

    g_assert_false(vp_virt_is_this_host(virt, &conf));
    g_assert_false(vp_virt_guest_is_local(guest, &other));
    g_assert_true(vp_virt_is_this_host(virt, &own));
    g_assert_true(vp_virt_guest_is_local(guest, &own));
    g_assert_false(vp_virt_check_this_host(virt, &other, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_LIBVIRT);
    g_assert_nonnull(strstr(error->message, "connect to qemu:///system"));
}

static const char *answered_uri;

static char *
answer_uri(virConnectPtr connection)
{
    return strdup(answered_uri);
}

static const char *
answer_qemu(virConnectPtr connection)
{
    return "QEMU";
}

/* sweep would remove the images of all guests that run here, but not there. */
static void
test_daemon_at_another_socket(void)
{
    g_autoptr(VpVirt) virt = open_test();
    VpLibvirtApi *api = (VpLibvirtApi *)vp_libvirt_api_load(NULL);
    const VpLibvirtApi real = *api;
    const VpConf told = {.uri = (char *)"qemu:///system?socket=/run/x"};
    const char *own = geteuid() == 0 ? "system" : "session";
    g_autofree char *plain = g_strconcat("qemu:///", own, NULL);
    g_autofree char *socket = g_strconcat("qemu+unix:///", own, "?no_verify=1&socket=/run/x", NULL);

    api->virConnectGetURI = answer_uri;
    api->virConnectGetType = answer_qemu;
    answered_uri = plain;
    g_assert_true(vp_virt_is_this_host(virt, &conf));
    answered_uri = socket;
    g_assert_false(vp_virt_is_this_host(virt, &conf));
    answered_uri = told.uri;
    g_assert_true(vp_virt_is_this_host(virt, &told));
    *api = real;
}

static void
test_uri_is_here(void)
{
    static const char *const here[] = {"qemu:///system", "qemu:///session", "test:///default",
                                       "qemu+unix:///system?socket=/run/x"};
    static const char *const elsewhere[] = {"qemu+ssh://host/system", "qemu://localhost/system",
                                            "qemu+ssh://root@host:22/session", "nonsense"};
    g_autoptr(VpVirt) virt = open_test();
    g_autoptr(VpGuest) guest = find(virt, "test");

    for (guint i = 0; i < G_N_ELEMENTS(here); i++)
        g_assert_true(vp_virt_uri_is_here(here[i]));
    for (guint i = 0; i < G_N_ELEMENTS(elsewhere); i++)
        g_assert_false(vp_virt_uri_is_here(elsewhere[i]));
    g_assert_true(vp_virt_guest_has_files_here(guest, &conf));
}

static void
test_find(void)
{
    g_autoptr(VpVirt) virt = open_test();
    g_autoptr(VpGuest) by_name = find(virt, "test");
    g_autoptr(VpGuest) by_uuid = find(virt, TEST_UUID);
    g_autoptr(VpGuest) by_id = find(virt, "1");
    g_autoptr(VpGuest) other = define_other(virt);
    g_autoptr(VpGuest) name_first = find(virt, "1");
    G_GNUC_UNUSED g_autoptr(VpGuest) impostor =
        define(virt, TEST_UUID, "22222222-2222-4333-8444-555555555555");
    g_autoptr(VpGuest) uuid_first = find(virt, TEST_UUID);

    g_assert_cmpstr(vp_virt_guest_uuid(by_name), ==, TEST_UUID);
    g_assert_cmpstr(vp_virt_guest_uuid(uuid_first), ==, TEST_UUID);
    g_assert_cmpstr(vp_virt_guest_name(by_uuid), ==, "test");
    g_assert_cmpstr(vp_virt_guest_name(by_id), ==, "test");
    g_assert_cmpint(vp_virt_guest_id(by_name), ==, 1);
    g_assert_cmpstr(vp_virt_guest_uuid(name_first), ==, vp_virt_guest_uuid(other));
    g_assert_cmpint(vp_virt_guest_id(name_first), ==, -1);
}

static void
test_not_found(void)
{
    static const char *const names[] = {"nobody", OTHER_UUID, "77", "", "--help"};
    g_autoptr(VpVirt) virt = open_test();

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;

        g_test_message("'%s'", names[i]);
        g_assert_null(vp_virt_find(virt, names[i], &error));
        g_assert_error(error, VP_ERROR, VP_ERROR_NOT_FOUND);
    }
}

static void
test_list(void)
{
    g_autoptr(VpVirt) virt = open_test();
    G_GNUC_UNUSED g_autoptr(VpGuest) other = define_other(virt);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) guests = vp_virt_list(virt, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(guests->len, ==, 2);
    g_assert_cmpstr(vp_virt_guest_name(guests->pdata[0]), ==, "1");
    g_assert_cmpstr(vp_virt_guest_name(guests->pdata[1]), ==, "test");
}

static void
test_state(void)
{
    g_autoptr(VpVirt) virt = open_test();
    g_autoptr(VpGuest) guest = find(virt, "test");
    g_autoptr(GError) error = NULL;
    g_autofree char *live = vp_virt_guest_xml(guest, VP_GUEST_LIVE, &error);
    g_autofree char *inactive = vp_virt_guest_xml(guest, VP_GUEST_CONFIG, &error);
    gboolean is_persistent = FALSE;
    int id = -1;

    g_assert_no_error(error);
    g_assert_nonnull(strstr(live, "id='1'"));
    g_assert_null(strstr(inactive, "id='1'"));
    g_assert_true(vp_virt_guest_is_persistent(guest, &is_persistent, &error));
    g_assert_true(is_persistent);
    g_assert_true(vp_virt_guest_current_id(guest, &id, &error));
    g_assert_cmpint(id, ==, 1);
}

static void
test_metadata(void)
{
    g_autoptr(VpVirt) virt = open_test();
    g_autoptr(VpGuest) guest = find(virt, "test");
    g_autoptr(GError) error = NULL;
    g_autofree char *with = NULL, *without = NULL;

    g_assert_true(vp_virt_guest_set_metadata(
        guest, VP_GUEST_CONFIG, "<cloud-init><hostname>web1</hostname></cloud-init>", &error));
    with = vp_virt_guest_xml(guest, VP_GUEST_CONFIG, &error);
    g_assert_nonnull(strstr(with, "<payload:cloud-init xmlns:payload=\"" VP_NAMESPACE "\">"));
    g_assert_nonnull(strstr(with, "hostname>web1</"));
    g_assert_true(vp_virt_guest_set_metadata(guest, VP_GUEST_CONFIG, NULL, &error));
    without = vp_virt_guest_xml(guest, VP_GUEST_CONFIG, &error);
    g_assert_null(strstr(without, VP_NAMESPACE));
    g_assert_no_error(error);
}

/* The message is libvirt's own, after what was tried. */
static void
test_errors(void)
{
    g_autoptr(VpVirt) virt = open_test();
    g_autoptr(VpGuest) guest = find(virt, "test");
    g_autoptr(GError) error = NULL;

    g_assert_false(
        vp_virt_guest_attach(guest, "<disk/>", VP_GUEST_CONFIG, &error)); /* unsupported here */
    g_assert_error(error, VP_ERROR, VP_ERROR_LIBVIRT);
    g_assert_nonnull(strstr(error->message, ": "));
}

static void
test_addresses(void)
{
    g_autoptr(VpVirt) virt = open_test();
    g_autoptr(VpGuest) guest = find(virt, "test");
    g_autoptr(GPtrArray) interfaces = vp_virt_guest_addresses(guest);
    const VpGuestInterface *interface;

    g_assert_cmpuint(interfaces->len, ==, 1);
    interface = interfaces->pdata[0];
    g_assert_cmpstr(interface->mac, ==, "aa:bb:cc:dd:ee:ff");
    g_assert_cmpstr(interface->addresses->pdata[0], ==, "192.168.122.3/24");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/virt/uri", test_uri);
    g_test_add_func("/virt/silence", test_silence);
    g_test_add_func("/virt/find", test_find);
    g_test_add_func("/virt/this-host", test_this_host);
    g_test_add_func("/virt/daemon-at-another-socket", test_daemon_at_another_socket);
    g_test_add_func("/virt/uri-is-here", test_uri_is_here);
    g_test_add_func("/virt/not-found", test_not_found);
    g_test_add_func("/virt/list", test_list);
    g_test_add_func("/virt/state", test_state);
    g_test_add_func("/virt/metadata", test_metadata);
    g_test_add_func("/virt/errors", test_errors);
    g_test_add_func("/virt/addresses", test_addresses);
    return g_test_run();
}
