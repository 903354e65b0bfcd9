/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libyaml's parser, limited to texts that it reads in a time bounded by their size. */
#pragma once

#include <glib.h>
#include <yaml.h>

/* PyYAML, which recurses, gives up at a few hundred. libyaml looks at every open bracket for each
 * token, so that without a limit 4 MiB of '[' would take hours. */
enum { VP_YAML_MAX_LEVELS = 128 };

/* Sets it up to read UTF-8 text, which it borrows; yaml_parser_delete() it. FALSE, and nothing to
 * delete, if more than 16 lines could be directives ("%TAG"), each of which libyaml compares with
 * all before it. The caller has to limit the depth. */
gboolean vp_yaml_parser_begin(yaml_parser_t *parser, const void *text,
                              gsize size) G_GNUC_WARN_UNUSED_RESULT;

/* Clears the text that has been read, which may contain passwords, and calls yaml_parser_delete().
 * Copies that libyaml leaves when it lengthens a string are not found. */
void vp_yaml_parser_clear(yaml_parser_t *parser);

/* TRUE if yaml_parser_load(), which has no limits, reads the text in a bounded time: FALSE if it
 * has too many directives or levels. */
gboolean vp_yaml_parser_can_load(const void *text, gsize size) G_GNUC_WARN_UNUSED_RESULT;
