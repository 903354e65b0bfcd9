/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* "did you mean": the known word that is nearest to an unknown one. */
#pragma once

/* words: NULL-terminated. The nearest by edits of one character (insert, delete, replace, swap of
 * two neighbours) at most a third of the word's characters, and one in a short word; NULL if none
 * is that near. */
const char *vp_suggest(const char *word, const char *const *words);
