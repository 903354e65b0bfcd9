/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpImport: a seed on its way into a payload element. A key becomes fields only if these fields
 * mean the same to the guest agent as the seed; everything else is kept as raw data. */
#pragma once

#include "base/json-text.h"
#include "command/import-seed.h"
#include "command/set.h"

/* A private host key of the seed, to be kept as a secret of the guest. */
typedef struct {
    char *type; /* "ed25519" */
    char *text;
} VpImportKey;

typedef struct {
    VpSet *set; /* of the guest's own definition */
    const VpSeed *seed;
    gboolean keeps_secrets; /* the guest's secrets can be written here */
    GPtrArray *fields;      /* of char *: keys of the seed that are fields now: "user-data/users" */
    GPtrArray *kept;        /* those that are kept as raw data, and whole files */
    GPtrArray *notes;       /* what the user has to know, a sentence each */
    GPtrArray *keys;        /* of VpImportKey */
    GPtrArray *public_keys; /* of the seed's metadata, which became a user's; empty if not */
} VpImport;

void vp_command_import_init(VpImport *import, VpSet *set, const VpSeed *seed);
void vp_command_import_clear(VpImport *import);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VpImport, vp_command_import_clear)

/* "FILE/KEY" or, without a key, "FILE"; to be added to one of the lists. */
void vp_command_import_note(GPtrArray *list, const char *file, const char *key);

/* The whole seed, into an element that has no fields yet. */
gboolean vp_command_import_all(VpImport *import, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The steps of it. User-data before meta-data: a host name in both is the user-data's. */
gboolean vp_command_import_user_data(VpImport *import, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_command_import_meta_data(VpImport *import, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean vp_command_import_network(VpImport *import, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The public keys that the seed's metadata gives the instance: strings; empty: none. */
json_object *vp_command_import_public_keys(const VpSeed *seed);

/* Raw data of that element. */
gboolean vp_command_import_raw(VpImport *import, const char *name, GBytes *content,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The guest's domain with an empty payload element of the seed's datasource, to try fields in. */
VpDomain *vp_command_import_scratch(const VpImport *import, VpField *root, GError **error);
