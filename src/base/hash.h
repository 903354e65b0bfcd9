/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text as keys: a hash for tables whose keys a definition chooses, and an order. */
#pragma once

#include <glib.h>

/* For g_hash_table_new: SipHash-1-3 under a key that each process draws at random. With g_str_hash
 * a tenant could write a definition whose names all have the same hash, and each of them is then
 * compared with all others. The order of such a table differs from process to process: nothing that
 * is shown or written may depend on it. */
guint vp_hash_text(gconstpointer text);

/* For g_ptr_array_sort() of char *: by their bytes, whatever the locale. */
int vp_compare_text(gconstpointer a, gconstpointer b);
