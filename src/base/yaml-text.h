/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A user's YAML mapping as text that can be split by its keys, with the value of each. */
#pragma once

#include "base/json-text.h"

typedef struct {
    char *name;
    gsize start, end;   /* the lines of key and value, in bytes of the text; both 0: not apart */
    json_object *value; /* as PyYAML types it, but for numbers and dates, which stay text; NULL:
                           null */
} VpYamlEntry;

/* An array of VpYamlEntry, in the order of the text; texts are cleared when they are freed, because
 * they may be passwords. One document whose root is a mapping; an empty text gives none. Aliases
 * are followed. VP_ERROR_VALUE for text that is not such a mapping, has a
 * key twice or one that is not a text, more than 1024 keys, a tag, or values without bound. */
GPtrArray *vp_yaml_text_split(GBytes *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The entry of that name; NULL: none. Borrowed. */
const VpYamlEntry *vp_yaml_text_find(const GPtrArray *entries, const char *name);

/* The text without the lines of these entries (of the array above); the text before the first key
 * is kept. NULL if the keys are not on separate lines, or if the rest would not be the other keys
 * with the same values. */
GBytes *vp_yaml_text_without(GBytes *text, const GPtrArray *entries, const GPtrArray *taken);
