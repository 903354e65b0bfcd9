/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSet: a series of edits to a payload element, in the order in which they were asked for. The
 * meaning of a value is known here; whether it is valid is checked when the definition is read
 * again. */
#pragma once

#include "payload/conf.h"
#include "spec/field.h"

typedef struct {
    VpDomain *domain;
    const VpConf *conf; /* where the guest's secrets can be written; NULL: not from here */
    VpField root;
    VpField user; /* whom keys and passwords are for; node NULL: not chosen yet */
    gboolean is_stdin_read;
    GString *told;     /* lines for the user once all is stored: generated passwords */
    GHashTable *given; /* elements of which there may be several, as text: how often this call gives
                        * them; NULL: none yet */
} VpSet;

void vp_command_set_clear(VpSet *set);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VpSet, vp_command_set_clear)

/* Every edit: value as given on the command line. VP_ERROR_USAGE if it has not the form, and
 * then without the value. */
typedef gboolean VpSetEdit(VpSet *set, const char *name, const char *value, GError **error);

/* --- content (set-data.c) --------------------------------------------------------------------- */

/* FILE or "-", once; at most what a definition can hold. */
GBytes *vp_command_set_read(VpSet *set, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A new element of which there may be several: removed again if the payload had it before, so that
 * the same call twice adds nothing. */
void vp_command_set_once(VpSet *set, const VpField *element);
/* Takes attributes and content from an element that is to be given again, in its place. */
void vp_command_set_empty(const VpField *element);
/* "FIELD": everything that the payload has of it is removed. */
VpSetEdit vp_command_set_replace;
/* Into an element: as text if XML can hold it unchanged, otherwise as base64. */
void vp_command_set_store(const VpField *element, GBytes *content);
/* A field for which the vocabulary's row is enough: an element or attribute of the payload. Of one
 * that holds a file's content, the value is "FILE", "-" or "src:NAME". */
VpSetEdit vp_command_set_field;
gboolean vp_command_set_field_of(VpSet *set, const VpField *parent, const char *name,
                                 const char *value, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* "PATH=FILE,owner=...,permissions=...": write-file; "PATH=FILE": file; "KEY=VALUE": meta. */
VpSetEdit vp_command_set_write_file;
VpSetEdit vp_command_set_file;
VpSetEdit vp_command_set_meta;
/* "TYPE=NAME": the host key of that type, in the host's file NAME. */
VpSetEdit vp_command_set_ssh_host_key;
/* The guest's own ed25519 key, made as its secret (host-key.c). */
VpSetEdit vp_command_set_host_key_generated;

/* --- users (set-user.c) ----------------------------------------------------------------------- */

/* The user that what follows is for; created if missing. */
VpSetEdit vp_command_set_user;
/* Everything that the user has of a field is removed. */
gboolean vp_command_set_replace_of_user(VpSet *set, const char *field,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* As vp_command_set_field, of that user. */
VpSetEdit vp_command_set_user_field;
/* A key, or a file of keys, or "-". */
VpSetEdit vp_command_set_ssh_key;
/* A password: asked for on the terminal, the only line of a file, a name below secrets-directory,
 * generated. Stored as a hash, or in clear text for Windows, which does not accept hashes. */
VpSetEdit vp_command_set_password;
VpSetEdit vp_command_set_password_file;
VpSetEdit vp_command_set_password_secret;
VpSetEdit vp_command_set_password_generated;
VpSetEdit vp_command_set_password_expire;
/* The same for sysprep's own: name is "admin-password-file", "domain-password-file". */
VpSetEdit vp_command_set_sysprep_password;
/* A password given already, of the chosen user. hashed: it is a hash. */
gboolean vp_command_set_store_password(VpSet *set, const char *password, gboolean hashed,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --- network (set-network.c) ------------------------------------------------------------------ */

/* "NAME,mac=...,address=...,gateway=...": the interface of that name or MAC is replaced. */
VpSetEdit vp_command_set_network;
/* The next interface by DHCP. */
VpSetEdit vp_command_set_dhcp;

/* --- cloud-config (set-cloud-config.c) -------------------------------------------------------- */

/* How content of write_files is encoded, in one spelling for each of cloud-init's: "base64"; "gz",
 * with base64 or without; NULL: not at all, which holds for any other name, too. */
const char *vp_command_set_encoding(const char *name);
/* A file of cloud-config, whose keys become fields. VP_ERROR_UNKNOWN for a key that has none. */
VpSetEdit vp_command_set_cloud_config;
/* The same for its keys, an array of VpYamlEntry. The other keys are set even if some have no
 * field. */
gboolean vp_command_set_cloud_config_entries(VpSet *set, const GPtrArray *entries,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
