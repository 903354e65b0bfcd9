/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the payload directory of an earlier configuration. */
#include <config.h>

#include <limits.h>
#include <string.h>

#include "domain/front-search.h"
#include "payload/former.h"
#include "payload/store.h"

/* Back from the slash to the quote that opens the attribute. What needed a reference of XML's is
 * passed over: such a directory is left alone. */
static char *
directory_before(const char *xml, const char *slash)
{
    const char *start = slash;

    while (start > xml && start[-1] != '\'' && start[-1] != '&' && slash - start < PATH_MAX)
        start--;
    if (start == xml || start[-1] != '\'' || start[0] != '/')
        return NULL;
    return g_strndup(start, (gsize)(slash - start));
}

static gboolean
is_ours(const char *directory, const char *name)
{
    g_autoptr(VpStore) store = vp_payload_store_open_existing(directory, NULL);

    return store && vp_payload_store_holds(store, name);
}

char *
vp_payload_former_find(const char *xml, gsize size, const char *directory)
{
    const char *slash = vp_domain_front_find_image(xml, size);
    g_autofree char *former = slash ? directory_before(xml, slash) : NULL;
    g_autofree char *name = NULL;

    if (!former || strcmp(former, directory) == 0)
        return NULL;
    name = g_strndup(slash + 1, strcspn(slash + 1, "'"));
    return is_ours(former, name) ? g_steal_pointer(&former) : NULL;
}
