/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload set: fields into a guest's metadata, in the words of its vocabulary. */
#include <config.h>

#include <stdio.h>

#include "base/error.h"
#include "command/commands.h"
#include "command/definition.h"
#include "command/this-host.h"
#include "command/set.h"

/* One option as it was given. */
typedef struct {
    const VpOption *option;
    char *value;
} Change;

typedef struct {
    GPtrArray *changes; /* of Change, in the order of the command line */
    gboolean sysprep;
    gboolean drive;
    gboolean no_drive;
    VpEditParts parts;
} Options;

static void
change_free(gpointer change)
{
    g_free(((Change *)change)->value);
    g_free(change);
}

static gboolean
note(gpointer data, const VpOption *option, const char *value, GError **error)
{
    Options *all = data;
    Change *change = g_new0(Change, 1);

    if (all->changes == NULL)
        all->changes = g_ptr_array_new_with_free_func(change_free);
    change->option = option;
    change->value = g_strdup(value);
    g_ptr_array_add(all->changes, change);
    return TRUE;
}

static void
clear(gpointer options)
{
    g_clear_pointer(&((Options *)options)->changes, g_ptr_array_unref);
}

/* --- edits that need no more than the table --------------------------------------------------- */

static gboolean
set_element(VpSet *set, const char *name, const char *value, GError **error)
{
    return vp_spec_field_set(&set->root, name, value, error);
}

static gboolean
set_attribute(VpSet *set, const char *name, const char *value, GError **error)
{
    g_autofree char *attribute = g_strconcat("@", name, NULL);

    return vp_spec_field_set(&set->root, attribute, value, error);
}

static gboolean
add_element(VpSet *set, const char *name, const char *value, GError **error)
{
    return vp_spec_field_add_once(&set->root, name, value, error);
}

/* Commands may be given twice on purpose. */
static gboolean
add_command(VpSet *set, const char *name, const char *value, GError **error)
{
    return vp_spec_field_add(&set->root, name, value, NULL, error);
}

/* The one element of that name, by the attribute that says the most about it. */
static gboolean
set_by_attribute(VpSet *set, const char *name, const char *value, GError **error)
{
    const char *attribute = g_str_equal(name, "keyboard") ? "@layout" : "@mode";
    VpField element;

    return (vp_spec_field_find(&set->root, name, NULL, NULL, &element) ||
            vp_spec_field_add(&set->root, name, NULL, &element, error)) &&
           vp_spec_field_set(&element, attribute, value, error);
}

/* --- the options, and what each does ---------------------------------------------------------- */

#define LETTER(name, letter, argument, edit, summary)                                              \
    {                                                                                              \
        name, letter, VP_OPTION_CALLBACK, 0, argument, summary, note, (void (*)(void))(edit)       \
    }
#define FIELD(name, argument, edit, summary) LETTER(name, '\0', argument, edit, summary)
#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    LETTER("hostname", 'n', "NAME", set_element, "host name, with its domain"),
    LETTER("user", 'u', "NAME", vp_command_set_user,
           "whom the options up to --shell are for; without it the only user, else root"),
    LETTER("ssh-key", 'k', "FILE|-|KEY", vp_command_set_ssh_key,
           "public keys that the user logs in with"),
    LETTER("password", 'p', NULL, vp_command_set_password, "ask for the user's password"),
    FIELD("password-file", "FILE|-", vp_command_set_password_file,
          "the password is the content of FILE"),
    FIELD("password-secret", "NAME", vp_command_set_password_secret,
          "the host keeps it, in NAME of the guest's own secrets"),
    FIELD("generate-password", NULL, vp_command_set_password_generated,
          "make one up and show it, once"),
    FIELD("expire-password", "yes|no", vp_command_set_password_expire,
          "to be changed at the first login"),
    FIELD("lock-password", "yes|no", vp_command_set_user_text, "no login with a password"),
    FIELD("sudo", "RULE", vp_command_set_user_item,
          "a rule of sudoers(5): 'ALL=(ALL) NOPASSWD:ALL'"),
    FIELD("group", "NAME", vp_command_set_user_item, "a group that the user belongs to"),
    FIELD("primary-group", "NAME", vp_command_set_user_text, "the user's own group"),
    FIELD("gecos", "TEXT", vp_command_set_user_text, "the user's full name"),
    FIELD("uid", "NUMBER", vp_command_set_user_text, "the user's number"),
    FIELD("homedir", "PATH", vp_command_set_user_text, "the user's home directory"),
    FIELD("system", "yes|no", vp_command_set_user_text, "an account of the system, without a home"),
    FIELD("no-create-home", "yes|no", vp_command_set_user_text, "do not create the home directory"),
    FIELD("ssh-import-id", "ID", vp_command_set_user_item,
          "fetch the public keys of this account: 'gh:NAME'"),
    FIELD("shell", "PATH", vp_command_set_user_text, "the user's login shell"),
    FIELD("default-user", "yes|no", set_element, "make the image's own default user"),
    FIELD("ssh-password-auth", "yes|no", set_element, "sshd takes passwords"),
    FIELD("disable-root", "yes|no", set_element, "root may not log in by ssh"),
    FIELD("regenerate-ssh-keys", "yes|no", set_element,
          "replace host keys that came with the disk"),
    FIELD("timezone", "ZONE", set_element, "time zone: 'Europe/Vienna'"),
    FIELD("locale", "LOCALE", set_element, "locale: 'de_AT.UTF-8'"),
    FIELD("availability-zone", "ZONE", set_element, "availability zone of the metadata"),
    FIELD("meta", "KEY=VALUE", vp_command_set_meta, "an entry of the metadata's meta"),
    FIELD("network", "SPEC", vp_command_set_network,
          "an interface: 'eth0,address=192.0.2.5/24,gateway=192.0.2.1'; also mac=, target=, "
          "dns=, search=, mtu=, dhcp4, dhcp6, slaac, accept-ra, 'route=NET via GATEWAY'"),
    FIELD("dhcp", NULL, vp_command_set_dhcp, "the next interface by DHCP"),
    FIELD("network-config", "FILE", vp_command_set_data,
          "the network as the guest's agent reads it"),
    FIELD("package", "NAME", add_element, "a package to install"),
    FIELD("package-update", "yes|no", set_element, "fetch the lists of packages first"),
    FIELD("package-upgrade", "yes|no", set_element, "upgrade installed packages first"),
    FIELD("write-file", "PATH=FILE", vp_command_set_write_file,
          "FILE's content as PATH in the guest; further ',owner=USER', ',permissions=0600'"),
    FIELD("run-cmd", "COMMAND", add_command, "run once, at the end of the first boot"),
    FIELD("boot-cmd", "COMMAND", add_command, "run early at every boot"),
    FIELD("mount", "FIELDS", add_element, "one to six fields of fstab(5)"),
    FIELD("output", "WHERE", set_element, "where the output of cloud-init's commands goes"),
    FIELD("final-message", "TEXT", set_element, "to the console once cloud-init is done"),
    FIELD("ntp-server", "HOST", add_element, "a time server"),
    FIELD("ntp-pool", "HOST", add_element, "a pool of time servers"),
    FIELD("ca-cert", "FILE", vp_command_set_ca_cert, "certificates of authorities to trust, PEM"),
    FIELD("ssh-host-key", "TYPE=NAME", vp_command_set_ssh_host_key,
          "the guest's host key: 'ed25519=NAME', NAME below secrets-directory"),
    FIELD("keyboard", "LAYOUT", set_by_attribute, "the console's keyboard layout: 'de'"),
    FIELD("swap", "SIZE", set_element, "a swap file: '2G', or auto"),
    FIELD("growpart", "MODE", set_by_attribute, "whether partitions grow: auto, off"),
    FIELD("apt-mirror", "URI", set_element, "the mirror that apt takes packages from"),
    FIELD("power-state", "MODE", set_by_attribute,
          "after the first boot: poweroff, reboot or halt"),
    FIELD("user-data", "FILE", vp_command_set_data,
          "user-data as it is; '-' is standard input, 'src:NAME' a file below files-directory"),
    FIELD("vendor-data", "FILE", vp_command_set_data, "vendor-data, likewise"),
    FIELD("meta-data", "FILE", vp_command_set_data, "meta-data, merged over what is made"),
    FIELD("file", "PATH=FILE", vp_command_set_file, "a further file on the drive"),
    FIELD("from-cloud-config", "FILE", vp_command_set_cloud_config,
          "the fields that a file of cloud-config says"),
    FIELD("datasource", "NAME", set_attribute, "config-drive or nocloud"),
    FIELD("format", "NAME", set_attribute, "iso9660 or vfat"),
    FIELD("bus", "NAME", set_attribute, "the drive's: auto, sata, ide, scsi, virtio, usb"),
    FIELD("target", "DEV", set_attribute, "the drive's target: 'vdb'"),
    FIELD("instance-id", "ID", set_attribute, "uuid, content, or one of your own"),
    FIELD("ec2", "yes|no", set_attribute, "the files of EC2's layout too"),
    {"sysprep", '\0', VP_OPTION_FLAG, AT(sysprep), NULL,
     "Windows' answer file in place of cloud-init"},
    FIELD("legacy", "yes|no", set_attribute, "sysprep.inf, for Windows XP and Server 2003"),
    FIELD("organization", "TEXT", set_element, "sysprep: the registered organization"),
    FIELD("owner", "TEXT", set_element, "sysprep: the registered owner"),
    FIELD("product-key", "KEY", set_element, "sysprep: the product key"),
    FIELD("domain", "NAME", set_element, "sysprep: the Active Directory domain to join"),
    FIELD("domain-user", "NAME", set_element, "sysprep: the account that joins it"),
    FIELD("domain-password-file", "FILE", vp_command_set_sysprep_password,
          "sysprep: that account's password"),
    FIELD("machine-object-ou", "OU", set_element, "sysprep: the computer's organizational unit"),
    FIELD("admin-password-file", "FILE", vp_command_set_sysprep_password,
          "sysprep: the administrator's password"),
    FIELD("input-locale", "LOCALE", set_element, "sysprep: keyboard layout"),
    FIELD("ui-language", "LOCALE", set_element, "sysprep: language of Windows"),
    FIELD("system-locale", "LOCALE", set_element, "sysprep: of programs that are not Unicode"),
    FIELD("user-locale", "LOCALE", set_element, "sysprep: of formats"),
    FIELD("template", "FILE", vp_command_set_data, "sysprep: an answer file of your own"),
    VP_EDIT_PART_OPTIONS(Options, parts),
    {"drive", '\0', VP_OPTION_FLAG, AT(drive), NULL,
     "add the drive to the definition, as attach does"},
    {"no-drive", '\0', VP_OPTION_FLAG, AT(no_drive), NULL, "leave the drives alone"},
    {NULL},
};

static gboolean
apply(VpSet *set, const Change *change, GError **error)
{
    VpSetEdit *edit = (VpSetEdit *)change->option->detail;

    if (edit(set, change->option->name, change->value, error))
        return TRUE;
    g_prefix_error(error, "--%s: ", change->option->name);
    return FALSE;
}

/* The payload element, made as asked where the definition has none. */
static gboolean
open_root(VpDomain *domain, gboolean sysprep, VpField *root, GError **error)
{
    g_autoptr(GError) failure = NULL;
    const char *kind = sysprep ? "sysprep" : "cloud-init";

    if (!vp_spec_field_open(domain, root, &failure)) {
        if (failure != NULL) {
            g_propagate_error(error, g_steal_pointer(&failure));
            return FALSE;
        }
        vp_spec_field_create(domain, kind, root);
        return TRUE;
    }
    if (sysprep && !g_str_equal((const char *)root->node->name, kind)) {
        g_set_error(error, VP_ERROR, VP_ERROR_CONFLICT,
                    "the guest has fields of cloud-init; 'virt-payload unset --all' removes them");
        return FALSE;
    }
    return TRUE;
}

static gboolean
run(VpCall *call, GError **error)
{
    const Options *given = call->options;
    g_auto(VpEdit) edit = {0};
    g_auto(VpSet) set = {0};

    if (given->changes == NULL && !given->sysprep) {
        g_set_error(error, VP_ERROR, VP_ERROR_USAGE,
                    "no field was given; see virt-payload set --help");
        return FALSE;
    }
    if (!vp_command_definition_open(call, call->arguments[0], &given->parts, &edit, error))
        return FALSE;
    set.domain = edit.domain;
    set.is_stdin_read = edit.opened.guest == NULL;
    set.told = g_string_new(NULL);
    if (!open_root(edit.domain, given->sysprep, &set.root, error))
        return FALSE;
    for (guint i = 0; given->changes != NULL && i < given->changes->len; i++) {
        if (!apply(&set, given->changes->pdata[i], error))
            return FALSE;
    }
    if (!vp_command_definition_store(
            call, &edit, vp_command_definition_drive(given->drive, given->no_drive), error))
        return FALSE;
    fputs(set.told->str, edit.opened.guest != NULL ? stdout : stderr);
    vp_command_this_host_warn(call->conf, edit.opened.virt);
    return TRUE;
}

const VpCommand vp_command_set = {
    .name = "set",
    .arguments = "GUEST|UUID|ID|-",
    .summary = "set fields of a guest's payload",
    .details =
        "Adds the fields to the guest's definition, for its next start. The payload drive is "
        "hot-plugged then, unless --drive or attach adds it to the definition. "
        "What may be given several times is added to what is there; unset takes it away.\n"
        "With '-' a definition is read from standard input and written to standard output, as "
        "for 'virt-install --print-xml'.\n"
        "Passwords are stored as hashes, and never taken from the command line.\n",
    .options = options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = 1,
    .flags = VP_COMMAND_LIBVIRT,
    .run = run,
    .clear = clear,
};
