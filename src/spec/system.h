/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSystem: the fields of a spec that are about the guest's system: time servers, certificates,
 * swap, host keys, keyboard, apt, the end of the first boot. */
#pragma once

#include <glib.h>

#include "base/error.h"
#include "spec/data.h"

typedef struct {
    VpData *data; /* one or several certificates, PEM */
    VpPlace place;
} VpCaCert;

typedef struct {
    char *size;    /* "2G", or "auto" */
    char *maximum; /* of "auto"; NULL if not given */
    char *path;    /* NULL: "/swapfile" */
    VpPlace place;
} VpSwap;

typedef struct {
    char *mode;    /* "poweroff", "reboot", "halt" */
    guint delay;   /* minutes */
    guint timeout; /* seconds; 0 if not given */
    char *message; /* NULL if not given */
    VpPlace place;
} VpPowerState;

typedef struct {
    char *mode;         /* "auto", "growpart", "gpart", "off" */
    GPtrArray *devices; /* of char * */
    VpPlace place;
} VpGrowpart;

typedef struct {
    char *type;   /* "ed25519", "ecdsa", "rsa" */
    char *secret; /* name of the host's file that holds the private key */
    char *text;   /* of that file; NULL until it is resolved */
    VpPlace place;
} VpSshHostKey;

typedef struct {
    char *layout;
    char *model; /* this and the following: NULL if not given */
    char *variant;
    char *options;
    VpPlace place;
} VpKeyboard;

typedef struct {
    char *name;   /* of its file, without ".list" */
    char *source; /* a line of sources.list(5) */
    VpData *key;  /* that signs it, armoured; NULL if not given */
    VpPlace place;
} VpAptRepository;

typedef struct {
    GPtrArray *ntp_servers;   /* of char * */
    GPtrArray *ntp_pools;     /* of char * */
    GPtrArray *ca_certs;      /* of VpCaCert * */
    GPtrArray *ssh_host_keys; /* of VpSshHostKey * */
    VpKeyboard *keyboard;     /* this and the following: NULL if not given */
    VpSwap *swap;
    VpGrowpart *growpart;
    char *apt_mirror;
    GPtrArray *apt_repositories; /* of VpAptRepository * */
    VpPowerState *power_state;
} VpSystem;

VpSystem *vp_spec_system_new(void);
void vp_spec_system_free(VpSystem *system);

VpCaCert *vp_spec_ca_cert_new(void);
void vp_spec_ca_cert_free(VpCaCert *cert);
VpSwap *vp_spec_swap_new(void);
void vp_spec_swap_free(VpSwap *swap);
VpPowerState *vp_spec_power_state_new(void);
void vp_spec_power_state_free(VpPowerState *state);
VpGrowpart *vp_spec_growpart_new(void);
void vp_spec_growpart_free(VpGrowpart *growpart);
VpSshHostKey *vp_spec_ssh_host_key_new(void);
void vp_spec_ssh_host_key_free(VpSshHostKey *key); /* clears the text before it frees it */
VpKeyboard *vp_spec_keyboard_new(void);
void vp_spec_keyboard_free(VpKeyboard *keyboard);
VpAptRepository *vp_spec_apt_repository_new(void);
void vp_spec_apt_repository_free(VpAptRepository *repository);
