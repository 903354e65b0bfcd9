/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads owners from DAC labels and from the configuration. */
#include <config.h>

#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "domain/xml-node.h"
#include "payload/owner.h"

/* The numbers from which -1, which means "no change" to chown(2), is missing. */
static gboolean
read_number(const char *text, guint *number)
{
    guint64 value;

    if (!g_ascii_string_to_unsigned(text + (*text == '+'), 10, 0, G_MAXUINT32 - 1, &value, NULL))
        return FALSE;
    *number = (guint)value;
    return TRUE;
}

static gboolean
find_user(const char *name, VpOwner *owner)
{
    const struct passwd *user;

    if (read_number(name, &owner->uid)) {
        user = getpwuid(owner->uid);
        owner->gid = user != NULL ? user->pw_gid : owner->uid;
        return TRUE;
    }
    user = getpwnam(name);
    if (user == NULL)
        return FALSE;
    owner->uid = user->pw_uid;
    owner->gid = user->pw_gid;
    return TRUE;
}

static gboolean
find_group(const char *name, VpOwner *owner)
{
    const struct group *group;

    if (read_number(name, &owner->gid))
        return TRUE;
    group = getgrnam(name);
    if (group == NULL)
        return FALSE;
    owner->gid = group->gr_gid;
    return TRUE;
}

gboolean
vp_payload_owner_parse(const char *text, VpOwner *owner)
{
    const char *colon = strchr(text, ':');
    g_autofree char *user = colon != NULL ? g_strndup(text, colon - text) : g_strdup(text);
    VpOwner found = {.is_set = TRUE};

    if (!find_user(user, &found) || (colon != NULL && !find_group(colon + 1, &found)))
        return FALSE;
    *owner = found;
    return TRUE;
}

/* No name is looked up: the hook may not read the host's users by then. */
static gboolean
read_label(const char *label, VpOwner *owner)
{
    const char *colon = strchr(label, ':');
    g_autofree char *user = colon != NULL ? g_strndup(label, colon - label) : NULL;
    VpOwner found = {.is_set = TRUE};

    if (user == NULL || !read_number(user, &found.uid) || !read_number(colon + 1, &found.gid))
        return FALSE;
    *owner = found;
    return TRUE;
}

static gboolean
find_label(const VpDomain *domain, VpOwner *owner)
{
    const xmlNode *node = vp_domain_xml_first_element(xmlDocGetRootElement(domain->doc));

    for (; node != NULL; node = vp_domain_xml_next_element(node)) {
        const xmlNode *label = vp_domain_xml_child(node, "label");
        g_autofree char *text = NULL;

        if (!g_str_equal(node->name, "seclabel") || !vp_domain_xml_has(node, "model", "dac") ||
            !vp_domain_xml_has(node, "relabel", "no") || label == NULL)
            continue;
        text = vp_domain_xml_text(label);
        if (read_label(g_strstrip(text), owner))
            return TRUE;
    }
    return FALSE;
}

VpOwner
vp_payload_owner_find(const VpDomain *domain, const VpOwner *configured)
{
    VpOwner owner;

    return domain != NULL && find_label(domain, &owner) ? owner : *configured;
}

gboolean
vp_payload_owner_may_be_labelled(const char *xml, gsize size)
{
    return memmem(xml, size, "model='dac' relabel='no'", strlen("model='dac' relabel='no'")) !=
           NULL;
}
