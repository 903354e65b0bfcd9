/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's functions, found in libraries that lack one thing after the other. */
#include <config.h>

#include <dlfcn.h>
#include <string.h>

#include "base/error.h"
#include "libvirt/api.h"

/* A library or function that is not there. */
static const char *missing;
static char *auth = (char *)"libvirt's default";

/* The makefile has api.c call these, by the name test_dlopen and test_dlsym: a library is its name,
 * and so is a function. */
void *
dlopen(const char *name, int flags)
{
    return g_strcmp0(name, missing) != 0 ? (gpointer)g_intern_string(name) : NULL;
}

void *
dlsym(void *library, const char *name)
{
    gboolean is_qemu = g_str_has_prefix(name, "virDomainQemu");

    g_assert_cmpstr(library, ==, is_qemu ? "libvirt-qemu.so.0" : "libvirt.so.0");
    if (g_strcmp0(name, missing) == 0)
        return NULL;
    return g_str_equal(name, "virConnectAuthPtrDefault") ? (gpointer)&auth
                                                         : (gpointer)g_intern_string(name);
}

static void
test_missing(void)
{
    static const struct {
        const char *missing, *message;
    } cases[] = {
        {"libvirt.so.0", "libvirt's client library cannot be loaded (libvirt.so.0); install it "
                         "(Debian: libvirt0, Fedora: libvirt-libs)"},
        {"libvirt-qemu.so.0", "libvirt's client library cannot be loaded (libvirt-qemu.so.0); "
                              "install it (Debian: libvirt0, Fedora: libvirt-libs)"},
        {"virConnectAuthPtrDefault",
         "libvirt's client library has no virConnectAuthPtrDefault; install libvirt 8.0 or later"},
        {"virConnectClose",
         "libvirt's client library has no virConnectClose; install libvirt 8.0 or later"},
        {"virSetErrorFunc",
         "libvirt's client library has no virSetErrorFunc; install libvirt 8.0 or later"},
        {"virDomainQemuAgentCommand",
         "libvirt's client library has no virDomainQemuAgentCommand; install libvirt 8.0 or later"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        missing = cases[i].missing;
        g_assert_null(vp_libvirt_api_load(&error));
        g_assert_error(error, VP_ERROR, VP_ERROR_LIBVIRT);
        g_assert_cmpstr(error->message, ==, cases[i].message);
    }
    missing = NULL;
}

static void
assert_function(gconstpointer member, const char *name)
{
    gpointer symbol;

    memcpy(&symbol, member, sizeof(symbol));
    g_assert_cmpstr(symbol, ==, name);
}

/* After the failures: they leave nothing half loaded. */
static void
test_loaded(void)
{
    g_autoptr(GError) error = NULL;
    const VpLibvirtApi *api = vp_libvirt_api_load(&error);

    g_assert_no_error(error);
#define ASSERT_FUNCTION(name) assert_function(&api->name, #name);
    VP_LIBVIRT_FUNCTIONS(ASSERT_FUNCTION)
    VP_LIBVIRT_QEMU_FUNCTIONS(ASSERT_FUNCTION)
#undef ASSERT_FUNCTION
    g_assert_true((gpointer)api->auth == (gpointer)auth);
    missing = "libvirt.so.0";
    g_assert_true(vp_libvirt_api_load(&error) == api);
    g_assert_no_error(error);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/api/what-is-missing-is-named", test_missing);
    g_test_add_func("/api/loaded-once-each-in-its-place", test_loaded);
    return g_test_run();
}
