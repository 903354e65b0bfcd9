/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loads libvirt's client library by its stable name. */
#include <config.h>

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#include "base/error.h"
#include "libvirt/api.h"

/* The sonames have been these since libvirt 0.1 and 0.8.2. */
#define LIBRARY "libvirt.so.0"
#define QEMU_LIBRARY "libvirt-qemu.so.0"

typedef struct {
    const char *name;
    gsize offset; /* of its member of VpLibvirtApi */
} Function;

#define FUNCTION(name) {#name, offsetof(VpLibvirtApi, name)},
static const Function functions[] = {VP_LIBVIRT_FUNCTIONS(FUNCTION)};
static const Function qemu_functions[] = {VP_LIBVIRT_QEMU_FUNCTIONS(FUNCTION)};

/* Lazy: of what its fifty dependencies could resolve, few are ever called, and resolving all of it
 * is a fifth of the instructions. */
static void *
open_library(const char *soname, GError **error)
{
    void *library = dlopen(soname, RTLD_LAZY | RTLD_LOCAL);

    if (library == NULL)
        g_set_error(error, VP_ERROR, VP_ERROR_LIBVIRT,
                    "libvirt's client library cannot be loaded (%s); install it (Debian: "
                    "libvirt0, Fedora: libvirt-libs)",
                    soname);
    return library;
}

static gboolean
find_symbol(void *library, const char *name, gpointer place, GError **error)
{
    void *symbol = dlsym(library, name);

    if (symbol == NULL)
        return vp_error_set(error, VP_ERROR_LIBVIRT,
                            "libvirt's client library has no %s; install libvirt 8.0 or later",
                            name);
    memcpy(place, &symbol, sizeof(symbol));
    return TRUE;
}

static gboolean
find_functions(void *library, const Function *wanted, gsize n, VpLibvirtApi *api, GError **error)
{
    for (gsize i = 0; i < n; i++)
        if (!find_symbol(library, wanted[i].name, (char *)api + wanted[i].offset, error))
            return FALSE;
    return TRUE;
}

static gboolean
load(VpLibvirtApi *api, GError **error)
{
    void *libvirt = open_library(LIBRARY, error);
    void *libvirt_qemu = libvirt != NULL ? open_library(QEMU_LIBRARY, error) : NULL;
    virConnectAuthPtr *auth = NULL;

    if (libvirt_qemu == NULL || !find_symbol(libvirt, "virConnectAuthPtrDefault", &auth, error))
        return FALSE;
    api->auth = *auth;
    return find_functions(libvirt, functions, G_N_ELEMENTS(functions), api, error) &&
           find_functions(libvirt_qemu, qemu_functions, G_N_ELEMENTS(qemu_functions), api, error);
}

const VpLibvirtApi *
vp_libvirt_api_load(GError **error)
{
    static VpLibvirtApi loaded; /* what the dynamic linker would keep, had it been asked to */
    static gboolean is_loaded;

    is_loaded = is_loaded || load(&loaded, error);
    return is_loaded ? &loaded : NULL;
}
