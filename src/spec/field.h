/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpField: an element of our namespace in a definition, and edits of what it holds. Elements are
 * put in the order of the vocabulary's table. A text that XML cannot hold is VP_ERROR_TEXT; whether
 * a value is valid is checked when the definition is read. */
#pragma once

#include "domain/domain.h"
#include "spec/table.h"

typedef struct {
    xmlNode *node;     /* borrowed from the domain's document */
    const VpRow *rows; /* what it may hold */
} VpField;

/* The payload element of the domain. FALSE without an error if it has none; VP_ERROR_DUPLICATE if
 * it has several. */
gboolean vp_spec_field_open(const VpDomain *domain, VpField *root, GError **error);

/* The same, but VP_ERROR_NOT_FOUND with the message missing if it has none. */
gboolean vp_spec_field_require(const VpDomain *domain, VpField *root, const char *missing,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Puts an empty one into <metadata>, which is created if missing. kind: "cloud-init",
 * "sysprep". */
void vp_spec_field_create(VpDomain *domain, const char *kind, VpField *root);

/* A child of that name; with attribute, the one whose attribute ("name", without '@') has that
 * value. */
gboolean vp_spec_field_find(const VpField *parent, const char *name, const char *attribute,
                            const char *value, VpField *found);

/* The only child of that name; FALSE if there are several, or none. */
gboolean vp_spec_field_only(const VpField *parent, const char *name, VpField *found);

/* VP_ERROR_TEXT if XML cannot hold it; it may be NULL. */
gboolean vp_spec_field_check_text(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An attribute ("@bus"), or the only element of that name: replaced if it exists.
 * VP_ERROR_UNKNOWN if the parent knows no such name. */
gboolean vp_spec_field_set(const VpField *parent, const char *name, const char *text,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A further element after those of its name; text and added may be NULL. */
gboolean vp_spec_field_add(const VpField *parent, const char *name, const char *text,
                           VpField *added, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, unless there is one with this text already. */
gboolean vp_spec_field_add_once(const VpField *parent, const char *name, const char *text,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For adding many elements of one name: existing ones are read once, not for each new one. While a
 * list is in use, only it may add or remove elements of the parent; their content may change. */
typedef struct {
    VpField parent;
    const char *name;
    const VpRow *row;  /* NULL: the parent knows no such name */
    xmlNode *last;     /* after which the next one is put */
    GHashTable *texts; /* without blanks around them */
} VpFieldList;

void vp_spec_field_list_begin(const VpField *parent, const char *name, VpFieldList *list);
void vp_spec_field_list_clear(VpFieldList *list);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VpFieldList, vp_spec_field_list_clear)

/* As vp_spec_field_add() and vp_spec_field_add_once(). */
gboolean vp_spec_field_list_add(VpFieldList *list, const char *text, VpField *added,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_spec_field_list_add_once(VpFieldList *list, const char *text,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The element itself. */
void vp_spec_field_drop(const VpField *field);

/* Every one of that name, attribute or element; returns how many. */
guint vp_spec_field_remove(const VpField *parent, const char *name);

/* Puts a copy of it into another domain, in place of that domain's payload element if it has one.
 * VP_ERROR_DUPLICATE if that domain has several. */
gboolean vp_spec_field_copy_to(const VpField *root, VpDomain *domain,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The element as text without a namespace, as libvirt wants it for virDomainSetMetadata. */
char *vp_spec_field_to_plain(const VpField *root);

/* The same for the payload element of a domain; NULL if it has none, or several. */
char *vp_spec_field_plain_of(const VpDomain *domain);
