/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The payload element as its reader sees it: secrets masked, and in the forms that people and
 * programs read. */
#pragma once

#include "base/json-text.h"
#include "spec/field.h"

/* In place: what the vocabulary's table calls secret, entries of meta whose keys vp_view_mask_name
 * does, what vp_view_mask finds in the rest, and all that the vocabulary does not know. */
void vp_view_shown_mask(const VpField *root);

/* Names to values: a list if the vocabulary allows several; an object if an element has attributes
 * or elements, its own text as "text"; booleans and numbers as such. */
json_object *vp_view_shown_to_json(const VpField *root);

/* The same as YAML. */
GBytes *vp_view_shown_to_yaml(const VpField *root, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The element, indented; what a terminal would act on is a character reference. */
char *vp_view_shown_to_xml(const VpField *root);

/* A line a field, the terms in columns, escaped for a terminal. */
char *vp_view_shown_to_text(const VpField *root);
