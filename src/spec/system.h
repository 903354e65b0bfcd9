/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSystem: the fields of a spec that are about the guest's system: time servers, certificates,
 * swap, host keys, keyboard, apt, the end of the first boot. */
#pragma once

#include <glib.h>

#include "base/error.h"
#include "spec/data.h"

typedef struct {
    VpPlace place;
    VpData *data; /* one or several certificates, PEM */
} VpCaCert;

typedef struct {
    VpPlace place;
    char *size;    /* "2G", or "auto" */
    char *maximum; /* of "auto"; NULL if not given */
    char *path;    /* NULL: "/swapfile" */
} VpSwap;

typedef struct {
    VpPlace place;
    char *mode;    /* "poweroff", "reboot", "halt" */
    guint delay;   /* minutes */
    guint timeout; /* seconds; 0 if not given */
    char *message; /* NULL if not given */
} VpPowerState;

typedef struct {
    VpPlace place;
    char *mode;         /* "auto", "growpart", "gpart", "off" */
    GPtrArray *devices; /* of char * */
} VpGrowpart;

typedef struct {
    VpPlace place;
    char *type;       /* "ed25519", "ecdsa", "rsa" */
    char *secret;     /* name of the host's file that holds the private key */
    char *text;       /* of that file; NULL until it is resolved */
    char *public_key; /* its public half, for those who log in; NULL if not given */
} VpSshHostKey;

typedef struct {
    VpPlace place;
    char *layout;
    char *model; /* this and the following: NULL if not given */
    char *variant;
    char *options;
} VpKeyboard;

typedef struct {
    VpPlace place;
    char *name;   /* of its file, without ".list" */
    char *source; /* a line of sources.list(5) */
    VpData *key;  /* that signs it, armoured; NULL if not given */
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
    char *apt_security_mirror;   /* only together with the other */
    GPtrArray *apt_repositories; /* of VpAptRepository * */
    VpPowerState *power_state;
} VpSystem;
