/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Payload elements with secrets planted in their fields and documents, mistakes among them. */
#pragma once

#include "canary-document.h"

/* As text, as CDATA, or in base64. */
static inline char *
canary_content(Choices *choices, const char *tag, const char *attributes, const char *text)
{
    g_autofree char *escaped = g_markup_escape_text(text, -1);
    g_autofree char *encoded = base64_of(text);

    switch (choose(choices, 3)) {
    case 0:
        return g_strdup_printf("<%s%s>%s</%s>", tag, attributes, escaped, tag);
    case 1:
        if (strstr(text, "]]>") == NULL)
            return g_strdup_printf("<%s%s><![CDATA[%s]]></%s>", tag, attributes, text, tag);
        return g_strdup_printf("<%s%s>%s</%s>", tag, attributes, escaped, tag);
    default:
        return g_strdup_printf("<%s%s encoding='base64'>%s</%s>", tag, attributes, encoded, tag);
    }
}

/* Mistakes among them, each with a secret beside it that validate's excerpt could show. */
static inline char *
canary_field(Choices *choices, guint n)
{
    g_autofree char *v = canary_value(choices), *line = secret_line(choices);
    g_autofree char *command = g_markup_escape_text(line, -1);
    g_autofree char *path =
        g_strdup_printf(" path='/a%u'%s", n, choose(choices, 2) == 0 ? "" : " permissions='0755'");
    g_autofree char *private = g_strdup_printf(" path='/a%u' permissions='0600'", n);

    switch (choose(choices, 22)) {
    case 0:
        return g_strdup_printf("<meta key='%s%u'>%s</meta>", "db_password", n, v);
    case 1:
        return g_strdup_printf("<user name='u%u'><password clear='yes'>%s</password></user>", n, v);
    case 2:
        return canary_content(choices, "write-file", private, v);
    case 3:
        return canary_content(choices, "write-file", path, line);
    case 4:
        return g_strdup_printf("<run-cmd>%s</run-cmd>", command);
    case 5:
        return g_strdup_printf("<boot-cmd>%s</boot-cmd>", command);
    case 6:
        return g_strdup_printf("<!-- %s -->", v);
    case 7:
        return g_strdup_printf("<user name='v%u'><password><![CDATA[P&ss<%s]]></password>"
                               "<ssh-kye>x</ssh-kye></user>",
                               n, v);
    case 8:
        return g_strdup_printf("<user naem='%s'><password>%s</password></user>", v, v);
    case 9:
        return g_strdup_printf("<pasword>%s</pasword><hostnam>%s</hostnam>", v, v);
    case 10:
        return g_strdup_printf("<user name='w%u'><!-- %s\n%s --><shell>no</shell></user>", n, v, v);
    case 11:
        return g_strdup_printf("<user name='x%u'>%s<shell>/bin/sh</shell>\n%s</user>", n, v, v);
    case 12:
        return g_strdup_printf("<mount>//srv/x /mnt cifs user=u,password=%s</mount>", v);
    case 13:
        return g_strdup_printf("<user name='y%u'><password>\n%s\n</password><ssh-key>k</ssh-key>"
                               "</user>",
                               n, v);
    case 14:
        return g_strdup_printf("<locale x='%s'>C</locale><bus>%s</bus>", v, v);
    case 15:
        return g_strdup_printf("<user name='z%u' password=\"%s\"/>", n, v);
    case 16:
        return g_strdup_printf("<x:note xmlns:x='urn:y' a='%s'>%s</x:note>", v, v);
    case 17:
        return g_strdup_printf("<ssh-password-auth %s='yes'>maybe</ssh-password-auth>"
                               "<final-message>%s</final-message>",
                               "ad", command);
    case 18:
        return g_strdup_printf("<user name='q%u'><ssh-key>-----BEGIN OPENSSH PRIVATE KEY-----\n%s\n"
                               "-----END OPENSSH PRIVATE KEY-----</ssh-key></user>",
                               n, v);
    case 19:
        return g_strdup_printf("<user name='r%u'><password>%s</passwd></user>", n, v);
    case 20:
        return g_strdup_printf("<output>| tee /x?token=%s</output>", v);
    default:
        return g_strdup_printf(
            "<user name='s%u'><password clear='yes'>%s</password><shell>x</shell>"
            "</user>",
            n, v);
    }
}

static inline char *
canary_sysprep(Choices *choices)
{
    g_autofree char *v = canary_value(choices), *document = xml_document(choices);
    g_autofree char *template = canary_content(choices, "template", "", document);

    return g_strdup_printf("<sysprep xmlns='urn:virt-payload:1'>\n<hostname>pc</hostname>%s%s"
                           "<admin-password>%s</admin-password>\n<domain-password>%s"
                           "</domain-password>%s</sysprep>",
                           choose(choices, 2) == 0 ? "<product-key>" CANARY "</product-key>" : "",
                           choose(choices, 2) == 0 ? "<owner>" : "", v, v,
                           choose(choices, 2) == 0 ? template : "");
}

static inline char *
canary_element(Choices *choices, const char *document)
{
    static const char *const places[] = {"user-data", "vendor-data", "meta-data", "file",
                                         "network-config"};
    static const char *const kinds[] = {
        "", "", "", " datasource='nocloud'", " datasource='nocloud'", " bus='isa'",
    };
    const char *place = PICK(choices, places);
    g_autofree char *content =
        canary_content(choices, place, strcmp(place, "file") == 0 ? " path='x/y'" : "", document);
    GString *xml = g_string_new("<cloud-init xmlns='urn:virt-payload:1'");
    const char *end = choose(choices, 2) == 0 ? "\n" : "";

    if (choose(choices, 8) == 0) {
        g_string_free(xml, TRUE);
        return canary_sysprep(choices);
    }
    g_string_append_printf(xml, "%s>%s", PICK(choices, kinds), end);
    for (guint i = choose(choices, 4); i > 0; i--) {
        g_autofree char *field = canary_field(choices, i);

        g_string_append_printf(xml, "%s%s", field, end);
    }
    if (g_utf8_validate(document, -1, NULL) && choose(choices, 3) > 0)
        g_string_append(xml, content);
    g_string_append(xml, "</cloud-init>");
    return g_string_free(xml, FALSE);
}
