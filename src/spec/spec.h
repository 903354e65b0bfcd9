/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec: the content of one guest's payload image, typed and validated; free of XML and
 * of any file format. The vocabulary (names, types, limits) is the table in spec/table.h, which
 * also says how each struct is set up and freed (spec/object.h): its place comes first. */
#pragma once

#include <glib.h>

#include "base/error.h"
#include "base/faults.h"
#include "domain/bus.h"
#include "spec/data.h"
#include "spec/system.h"

/* A boolean that may be left to the guest. Rendered as a boolean, never as text. */
typedef enum { VP_UNSET = -1, VP_NO = 0, VP_YES = 1 } VpTristate;

/* How many one payload may ask for. */
enum {
    VP_SPEC_MAX_USERS = 1024,
    VP_SPEC_MAX_KEYS = 1024, /* of one user */
};

typedef enum {
    VP_KIND_CLOUD_INIT,
    VP_KIND_SYSPREP,
    VP_KIND_FILES, /* oVirt's payload metadata: only the files, nothing generated */
} VpKind;

typedef enum {
    VP_DATASOURCE_CONFIG_DRIVE, /* label "config-2", openstack/latest */
    VP_DATASOURCE_NOCLOUD,      /* label "cidata" */
} VpDatasource;

typedef enum { VP_FORMAT_ISO9660, VP_FORMAT_VFAT } VpFormat;

typedef enum {
    VP_INSTANCE_ID_UUID,    /* the guest's SMBIOS UUID: stable */
    VP_INSTANCE_ID_CONTENT, /* UUID and a hash of the content: a change is a new instance */
    VP_INSTANCE_ID_LITERAL,
} VpInstanceIdPolicy;

typedef struct {
    VpPlace place;
    char *text;      /* NULL if secret is not resolved yet */
    char *secret;    /* @secret: name below the configured directory; NULL if given as text */
    gboolean hashed; /* text is a crypt(5) hash already */
    gboolean clear;  /* the guest needs the clear text */
    VpTristate expire;
} VpPassword;

typedef struct {
    VpPlace place;
    char *name;
    VpPassword *password; /* NULL if none */
    GPtrArray *ssh_keys;  /* of char *, one key each, authorized_keys format (sshd(8)) */
    GPtrArray *sudo;      /* of char *, sudoers rules */
    GPtrArray *groups;    /* of char * */
    char *primary_group;
    char *shell;
    char *gecos;
    guint uid; /* 0 if not given: root has it already */
    char *home;
    VpTristate system; /* yes: a system account, without a home */
    VpTristate no_create_home;
    GPtrArray *ssh_import_ids; /* of char * */
    VpTristate lock_password;
} VpUser;

typedef struct {
    VpPlace place;
    char *destination; /* CIDR */
    char *gateway;
    gint64 metric; /* -1 if not given */
} VpRoute;

typedef enum { VP_LINK_PHYSICAL, VP_LINK_BOND, VP_LINK_BRIDGE, VP_LINK_VLAN } VpLinkType;

typedef struct {
    VpPlace place;
    VpLinkType type;
    char *name;   /* physical: the name that the guest is to use, or NULL; others: required */
    char *mac;    /* lower case; physical: filled in from the domain; others: NULL if not given */
    char *target; /* physical: selects the domain's <interface> by its target; otherwise NULL: by
                     order */
    VpTristate dhcp4;
    VpTristate dhcp6;
    VpTristate slaac;           /* IPv6 only by router advertisements */
    VpTristate dhcp6_stateless; /* the rest by DHCP */
    VpTristate accept_ra;       /* router advertisements in addition to other addresses */
    VpTristate dhcp_use_dns;
    VpTristate dhcp_use_routes;
    gint64 dhcp_metric; /* -1 if not given */
    VpTristate wake_on_lan;
    GPtrArray *addresses;   /* of char *, CIDR, IPv4 or IPv6 */
    GPtrArray *gateways;    /* of char *, at most one of each family */
    GPtrArray *routes;      /* of VpRoute * */
    GPtrArray *dns;         /* of char * */
    GPtrArray *search;      /* of char * */
    guint mtu;              /* 0 if not given */
    char *bond_mode;        /* by name: "active-backup" */
    char *bond_hash_policy; /* "layer3+4"; NULL if not given, as the next */
    char *bond_lacp_rate;
    guint bond_monitor; /* milliseconds; 0 if not given */
    GPtrArray *members; /* bond, bridge: of char *, names of links */
    VpTristate stp;     /* bridge: the spanning tree protocol */
    char *vlan_link;    /* name of the link below */
    guint vlan_id;      /* 1..4094 */
} VpLink;

typedef struct {
    VpPlace place;
    char *path; /* in the guest, absolute */
    VpData *data;
    char *owner;       /* "root:root"; NULL if not given */
    char *permissions; /* "0644"; NULL if not given */
    VpTristate append;
    VpTristate defer;
} VpWriteFile;

/* One of the two: a text for the guest's shell, or the words of a command that runs without one. */
typedef struct {
    VpPlace place;
    char *text;      /* NULL if given as words */
    GPtrArray *args; /* of char *; empty if given as a text */
} VpGuestCommand;

typedef struct {
    VpPlace place;
    char *key;
    char *value;
} VpMeta;

typedef struct {
    VpPlace place;
    char *path; /* on the image */
    VpData *data;
} VpFile;

/* Windows: the fields of oVirt's VmInit for sysprep. Texts are NULL if not given. */
typedef struct {
    gboolean legacy; /* sysprep.inf instead of Unattend.xml */
    char *organization;
    char *owner; /* registered owner */
    char *product_key;
    char *domain; /* Active Directory domain to join */
    char *domain_user;
    VpPassword *domain_password;
    char *machine_object_ou;
    VpPassword *admin_password;
    char *input_locale;
    char *ui_language;
    char *system_locale;
    char *user_locale;
    VpData *template; /* with oVirt's variables; NULL: the built-in one */
} VpSysprep;

typedef struct {
    VpPlace place; /* of the element that it was read from */

    /* of the guest */
    char *guest_name;
    char *guest_uuid;  /* canonical */
    char *smbios_uuid; /* canonical; what the guest compares the instance-id with */

    /* of the drive */
    VpKind kind;
    VpDatasource datasource;
    VpFormat format;
    VpBus bus;
    char *target; /* NULL: chosen, after the guest's own disks */
    char *label;  /* volume label; NULL: by the datasource */
    char *name; /* of the image among several: NULL for the first, otherwise "hdd": UUID-hdd.img */
    gboolean ec2;  /* also ec2/latest */
    char *profile; /* names of profiles, separated by spaces; NULL: none. They are applied already,
                      if the reader knows the host (payload/profile.h) */

    /* identity */
    VpInstanceIdPolicy instance_id_policy;
    char *instance_id; /* if the policy is literal */
    char *hostname;
    char *timezone;
    char *locale;
    char *availability_zone;
    GPtrArray *meta; /* of VpMeta *, order of the definition */

    /* access */
    GPtrArray *users; /* of VpUser * */
    VpTristate
        default_user; /* of the image: made or not; unset: vp_render_access_keeps_default() */
    VpTristate ssh_password_auth;
    VpTristate disable_root;
    VpTristate regenerate_ssh_keys;

    /* network: at most one of the two */
    GPtrArray *links; /* of VpLink *, empty if not given */
    char *idle_mac;   /* of the first interface that no link is for; NULL if there is none */
    VpData *network_config;

    /* cloud-config */
    GPtrArray *packages; /* of char * */
    VpTristate package_update;
    VpTristate package_upgrade;
    GPtrArray *write_files; /* of VpWriteFile * */
    GPtrArray *boot_cmds;   /* of VpGuestCommand * */
    GPtrArray *run_cmds;    /* of VpGuestCommand * */
    GPtrArray *mounts;      /* of char **: 1 to 6 fields of fstab(5), NULL-terminated */
    char *output;           /* cloud-init's output/all: "| tee -a /var/log/cloud-init-output.log" */
    char *final_message;

    VpSystem system;

    /* raw */
    VpData *user_data;
    VpData *vendor_data;
    VpData *meta_data; /* NoCloud: YAML; config drive: JSON object, merged over the generated one */
    GPtrArray *files;  /* of VpFile * */

    VpSysprep sysprep; /* empty unless kind is sysprep */
    gboolean windows;  /* libosinfo says so: cloudbase-init's forms */
} VpSpec;

/* Checks across fields: contradictions, links that name links, one gateway of a family.
 * VP_ERROR_CONFLICT, _NETWORK, _DUPLICATE, _MISSING. Run by the readers before they return. */
void vp_spec_validate(const VpSpec *spec, VpFaults *faults);

/* "config-2", "cidata" or the label given. Borrowed. */
const char *vp_spec_label(const VpSpec *spec);

/* "UUID.img" or "UUID-NAME.img". */
char *vp_spec_image_name(const VpSpec *spec);
