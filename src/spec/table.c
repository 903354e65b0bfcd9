/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The vocabulary as a table, and the searches in it. Rows are in the order of the man page. */
#include <config.h>

#include <string.h>

#include "base/secret.h"
#include "base/suggest.h"
#include "image/tree.h"
#include "spec/spec.h"
#include "spec/table.h"

static const char *const datasources[] = {"config-drive", "nocloud", NULL};
static const char *const formats[] = {"iso9660", "vfat", NULL};
static const char *const buses[] = {"auto", "sata", "ide", "scsi", "virtio", "usb", NULL};
static const char *const sysprep_buses[] = {"auto",   "sata", "ide", "scsi",
                                            "virtio", "usb",  "fdc", NULL};
static const char *const encodings[] = {"base64", NULL};
static const char *const power_modes[] = {"poweroff", "reboot", "halt", NULL};
static const char *const grow_modes[] = {"auto", "growpart", "gpart", "off", NULL};
static const char *const host_key_types[] = {"ed25519", "ecdsa", "rsa", NULL};
/* Linux, Documentation/networking/bonding.rst, "mode". */
static const char *const bond_modes[] = {"balance-rr", "active-backup", "balance-xor", "broadcast",
                                         "802.3ad",    "balance-tlb",   "balance-alb", NULL};

static const char *const bond_hash_policies[] = {"layer2",   "layer2+3",    "layer3+4", "encap2+3",
                                                 "encap3+4", "vlan+srcmac", NULL};
static const char *const bond_lacp_rates[] = {"slow", "fast", NULL};

/* --- fields that take more than a copy ------------------------------------------------------ */

static gboolean
set_instance_id(gpointer field, const char *text, GError **error)
{
    VpSpec *spec = field;

    if (g_str_equal(text, "uuid")) {
        spec->instance_id_policy = VP_INSTANCE_ID_UUID;
        return TRUE;
    }
    if (g_str_equal(text, "content")) {
        spec->instance_id_policy = VP_INSTANCE_ID_CONTENT;
        return TRUE;
    }
    if (!vp_spec_check_instance_id(text, error))
        return FALSE;
    spec->instance_id_policy = VP_INSTANCE_ID_LITERAL;
    spec->instance_id = g_strdup(text);
    return TRUE;
}

static gboolean
set_mac(gpointer field, const char *text, GError **error)
{
    char **mac = field;

    if (!vp_spec_check_mac(text, error))
        return FALSE;
    *mac = g_ascii_strdown(text, -1);
    return TRUE;
}

/* fstab(5): fields are separated by spaces; a space within one is written \040. */
static gboolean
add_mount(gpointer field, const char *text, GError **error)
{
    GPtrArray **mounts = field;
    g_auto(GStrv) words = NULL;
    g_autoptr(GPtrArray) fields = g_ptr_array_new();

    if (!vp_spec_check_line(text, error))
        return FALSE;
    words = g_strsplit(text, " ", -1);
    for (guint i = 0; words[i] != NULL; i++)
        if (*words[i])
            g_ptr_array_add(fields, words[i]);
    if (fields->len < 1 || fields->len > 6)
        return vp_error_set(
            error, VP_ERROR_VALUE,
            "is not one to six fstab(5) fields; write a space within a field as \\040");
    g_ptr_array_add(fields, NULL);
    g_ptr_array_add(*mounts, g_strdupv((char **)fields->pdata));
    return TRUE;
}

/* --- what elements become ------------------------------------------------------------------- */

static void
set_up_bond(gpointer link)
{
    ((VpLink *)link)->type = VP_LINK_BOND;
}

static void
set_up_bridge(gpointer link)
{
    ((VpLink *)link)->type = VP_LINK_BRIDGE;
}

static void
set_up_vlan(gpointer link)
{
    ((VpLink *)link)->type = VP_LINK_VLAN;
}

static void
set_up_meta(gpointer meta)
{
    ((VpMeta *)meta)->value = g_strdup("");
}

static void
clear_ssh_host_key(gpointer key)
{
    vp_secret_free(((VpSshHostKey *)key)->text);
}

/* --- the rows --------------------------------------------------------------------------------- */

#define TEXT .type = VP_VALUE_STRING
#define AT(type, field) .offset = offsetof(type, field)

/* clang-format off */

/* Text, base64, or a file on the host. */
#define DATA_ROWS(type_name, field) \
    {"@encoding", VP_VALUE_PART, AT(type_name, field), .choices = encodings, \
     .code = VP_ERROR_VALUE, \
     .about = "base64: the text is base64, in which white space is ignored"}, \
    {"@src", VP_VALUE_PART, AT(type_name, field), .check = vp_spec_check_reference, \
     .about = "name of a file on the host, below files-directory of virt-payload.conf, instead " \
              "of a text"}, \
    {"", VP_VALUE_DATA, AT(type_name, field)}

/* The rows that an interface, a bond, a bridge and a VLAN have in common. */
#define LINK_ROWS \
    {"address", TEXT, .many = TRUE, AT(VpLink, addresses), .check = vp_spec_check_address, \
     .about = "an IPv4 or IPv6 address with its prefix"}, \
    {"dhcp4", VP_VALUE_BOOLEAN, AT(VpLink, dhcp4), .about = "yes: IPv4 by DHCP"}, \
    {"dhcp6", VP_VALUE_BOOLEAN, AT(VpLink, dhcp6), .about = "yes: IPv6 by DHCP"}, \
    {"slaac", VP_VALUE_BOOLEAN, AT(VpLink, slaac), \
     .about = "yes: IPv6 by router advertisements, without DHCP"}, \
    {"dhcp6-stateless", VP_VALUE_BOOLEAN, AT(VpLink, dhcp6_stateless), \
     .about = "yes: IPv6 by router advertisements, name servers by DHCP"}, \
    {"accept-ra", VP_VALUE_BOOLEAN, AT(VpLink, accept_ra), \
     .about = "yes: router advertisements are accepted, no: they are ignored"}, \
    {"dhcp-use-dns", VP_VALUE_BOOLEAN, AT(VpLink, dhcp_use_dns), \
     .about = "no: name servers from DHCP are not used"}, \
    {"dhcp-use-routes", VP_VALUE_BOOLEAN, AT(VpLink, dhcp_use_routes), \
     .about = "no: routes from DHCP are not used"}, \
    {"dhcp-metric", VP_VALUE_METRIC, AT(VpLink, dhcp_metric), \
     .about = "the metric of routes from DHCP"}, \
    {"gateway", TEXT, .many = TRUE, AT(VpLink, gateways), .check = vp_spec_check_ip, \
     .about = "the default gateway, one for IPv4 and one for IPv6"}, \
    {"route", .many = TRUE, AT(VpLink, routes), .rows = route_rows, .of = &vp_spec_route_type, \
     .about = "a further route"}, \
    {"dns", TEXT, .many = TRUE, AT(VpLink, dns), .check = vp_spec_check_ip, \
     .about = "the address of a name server"}, \
    {"search", TEXT, .many = TRUE, AT(VpLink, search), .check = vp_spec_check_search_domain, \
     .about = "a domain that short names are looked up in"}, \
    {"mtu", VP_VALUE_NUMBER, AT(VpLink, mtu), .minimum = 68, .maximum = 65535, \
     .code = VP_ERROR_NETWORK, .about = "the largest packet, in bytes"}

/* clang-format on */

static const VpRow password_rows[] = {
    {"@hashed", VP_VALUE_FLAG, AT(VpPassword, hashed),
     .about = "yes: the text is already a hash, as in crypt(5)"},
    {"@clear", VP_VALUE_FLAG, AT(VpPassword, clear),
     .about = "yes: the guest receives the password in clear text, not its hash"},
    {"@expire", VP_VALUE_BOOLEAN, AT(VpPassword, expire),
     .about = "yes: the user must change it at the first login"},
    {"@secret", TEXT, AT(VpPassword, secret), .check = vp_spec_check_reference,
     .about = "name of a file on the host that holds the password: in the guest's own directory or "
              "in shared/, below secrets-directory of virt-payload.conf"},
    {"", VP_VALUE_EXACT, .secret = TRUE, AT(VpPassword, text), .check = vp_spec_check_password},
    {NULL},
};
const VpRowType vp_spec_password_type = {sizeof(VpPassword), password_rows};

static const VpRow user_rows[] = {
    {"@name", TEXT, .required = TRUE, AT(VpUser, name), .check = vp_spec_check_user_name,
     .about = "the user's name"},
    {"password", AT(VpUser, password), .rows = password_rows, .of = &vp_spec_password_type,
     .about = "the user's password; hashed before it reaches the image unless @clear or @hashed is "
              "given"},
    {"ssh-key", TEXT, .many = TRUE, .maximum = VP_SPEC_MAX_KEYS, AT(VpUser, ssh_keys),
     .check = vp_spec_check_ssh_key,
     .about = "a public key that the user may log in with, as a line of authorized_keys"},
    {"sudo", TEXT, .many = TRUE, AT(VpUser, sudo), .check = vp_spec_check_sudo, .not_windows = TRUE,
     .about = "a rule of sudoers(5) without the user's name", .option = "RULE"},
    {"group", TEXT, .many = TRUE, AT(VpUser, groups), .check = vp_spec_check_windows_group_name,
     .about = "a group that the user belongs to", .option = "NAME"},
    {"primary-group", TEXT, AT(VpUser, primary_group), .check = vp_spec_check_windows_group_name,
     .about = "the user's primary group; by default one with the user's name", .option = "NAME"},
    {"shell", TEXT, AT(VpUser, shell), .check = vp_spec_check_guest_path, .not_windows = TRUE,
     .about = "the user's login shell", .option = "PATH"},
    {"gecos", TEXT, AT(VpUser, gecos), .check = vp_spec_check_gecos,
     .about = "the user's full name", .option = "TEXT"},
    {"uid", VP_VALUE_NUMBER, AT(VpUser, uid), .minimum = 1, .maximum = 4294967294,
     .code = VP_ERROR_VALUE, .not_windows = TRUE, .about = "the user's number", .option = "NUMBER"},
    {"homedir", TEXT, AT(VpUser, home), .check = vp_spec_check_guest_path, .not_windows = TRUE,
     .about = "the user's home directory", .option = "PATH"},
    {"system", VP_VALUE_BOOLEAN, AT(VpUser, system), .not_windows = TRUE,
     .about = "yes: a system account, without a home directory", .option = "yes|no"},
    {"no-create-home", VP_VALUE_BOOLEAN, AT(VpUser, no_create_home),
     .about = "yes: the home directory is not created", .option = "yes|no"},
    {"ssh-import-id", TEXT, .many = TRUE, AT(VpUser, ssh_import_ids),
     .check = vp_spec_check_ssh_import_id, .not_windows = TRUE,
     .about = "an account whose public keys the guest fetches, as in 'gh:NAME'", .option = "ID"},
    {"lock-password", VP_VALUE_BOOLEAN, AT(VpUser, lock_password), .not_windows = TRUE,
     .about = "yes: no login with a password", .option = "yes|no"},
    {NULL},
};
const VpRowType vp_spec_user_type = {sizeof(VpUser), user_rows};

static const VpRow route_rows[] = {
    {"@destination", TEXT, .required = TRUE, AT(VpRoute, destination),
     .check = vp_spec_check_subnet, .about = "the destination network, with its prefix"},
    {"@gateway", TEXT, .required = TRUE, AT(VpRoute, gateway), .check = vp_spec_check_ip,
     .about = "the address of the gateway to it"},
    {"@metric", VP_VALUE_METRIC, AT(VpRoute, metric), .about = "the lower, the better the route"},
    {NULL},
};
const VpRowType vp_spec_route_type = {sizeof(VpRoute), route_rows};

static const VpRow interface_rows[] = {
    {"@mac", VP_VALUE_CUSTOM, AT(VpLink, mac), .set = set_mac, .destroy = g_free,
     .about = "the interface of the domain that has this MAC address"},
    {"@target", TEXT, AT(VpLink, target), .check = vp_spec_check_link_name,
     .about = "the interface of the domain whose target has this dev"},
    {"@name", TEXT, AT(VpLink, name), .check = vp_spec_check_link_name,
     .about = "the name that the guest gives it, and that other elements refer to"},
    {"wake-on-lan", VP_VALUE_BOOLEAN, AT(VpLink, wake_on_lan),
     .about = "yes: a magic packet wakes the guest"},
    LINK_ROWS,
    {NULL},
};

static const VpRow bond_rows[] = {
    {"@name", TEXT, .required = TRUE, AT(VpLink, name), .check = vp_spec_check_link_name,
     .about = "the bond's name in the guest"},
    {"@mode", TEXT, .required = TRUE, AT(VpLink, bond_mode), .choices = bond_modes,
     .code = VP_ERROR_NETWORK,
     .about =
         "balance-rr, active-backup, balance-xor, broadcast, 802.3ad, balance-tlb or balance-alb"},
    {"@mac", VP_VALUE_CUSTOM, AT(VpLink, mac), .set = set_mac, .destroy = g_free,
     .about = "the bond's own MAC address"},
    {"@transmit-hash-policy", TEXT, AT(VpLink, bond_hash_policy), .choices = bond_hash_policies,
     .code = VP_ERROR_NETWORK,
     .about = "layer2, layer2+3, layer3+4, encap2+3, encap3+4 or vlan+srcmac"},
    {"@lacp-rate", TEXT, AT(VpLink, bond_lacp_rate), .choices = bond_lacp_rates,
     .code = VP_ERROR_NETWORK, .about = "slow or fast, with the mode 802.3ad"},
    {"@mii-monitor-interval", VP_VALUE_NUMBER, AT(VpLink, bond_monitor), .minimum = 1,
     .maximum = 60000, .code = VP_ERROR_NETWORK,
     .about = "milliseconds between checks of each member's link; by default 100"},
    {"link", TEXT, .many = TRUE, .required = TRUE, AT(VpLink, members),
     .check = vp_spec_check_link_name,
     .about = "the name of an interface that belongs to the bond"},
    LINK_ROWS,
    {NULL},
};

static const VpRow bridge_rows[] = {
    {"@name", TEXT, .required = TRUE, AT(VpLink, name), .check = vp_spec_check_link_name,
     .about = "the bridge's name in the guest"},
    {"@mac", VP_VALUE_CUSTOM, AT(VpLink, mac), .set = set_mac, .destroy = g_free,
     .about = "the bridge's own MAC address"},
    {"@stp", VP_VALUE_BOOLEAN, AT(VpLink, stp),
     .about = "yes: the bridge takes part in the spanning tree protocol"},
    {"link", TEXT, .many = TRUE, .required = TRUE, AT(VpLink, members),
     .check = vp_spec_check_link_name,
     .about = "the name of an interface, bond or VLAN that is a port of the bridge"},
    LINK_ROWS,
    {NULL},
};

static const VpRow vlan_rows[] = {
    {"@name", TEXT, .required = TRUE, AT(VpLink, name), .check = vp_spec_check_link_name,
     .about = "the VLAN's name in the guest"},
    {"@link", TEXT, .required = TRUE, AT(VpLink, vlan_link), .check = vp_spec_check_link_name,
     .about = "the name of the interface, bond or bridge that carries it"},
    {"@id", VP_VALUE_NUMBER, .required = TRUE, AT(VpLink, vlan_id), .minimum = 1, .maximum = 4094,
     .code = VP_ERROR_NETWORK, .about = "the VLAN's number, 1 to 4094"},
    {"@mac", VP_VALUE_CUSTOM, AT(VpLink, mac), .set = set_mac, .destroy = g_free,
     .about = "the VLAN's own MAC address"},
    LINK_ROWS,
    {NULL},
};

/* A VpLink has the fields of all four. */
static const VpRow link_rows[] = {
    {"interface", .rows = interface_rows},
    {"bond", .rows = bond_rows},
    {"bridge", .rows = bridge_rows},
    {"vlan", .rows = vlan_rows},
    {NULL},
};
const VpRowType vp_spec_interface_type = {sizeof(VpLink), link_rows};
const VpRowType vp_spec_bond_type = {sizeof(VpLink), link_rows, .set_up = set_up_bond};
const VpRowType vp_spec_bridge_type = {sizeof(VpLink), link_rows, .set_up = set_up_bridge};
const VpRowType vp_spec_vlan_type = {sizeof(VpLink), link_rows, .set_up = set_up_vlan};

static const VpRow network_rows[] = {
    {"interface", .many = TRUE, AT(VpSpec, links), .rows = interface_rows,
     .of = &vp_spec_interface_type,
     .about =
         "one of the domain's interfaces; without @mac and @target the next one in their order"},
    {"bond", .many = TRUE, AT(VpSpec, links), .rows = bond_rows, .of = &vp_spec_bond_type,
     .about = "several interfaces joined into one"},
    {"bridge", .many = TRUE, AT(VpSpec, links), .rows = bridge_rows, .of = &vp_spec_bridge_type,
     .about = "a bridge in the guest, for its containers or guests of its own"},
    {"vlan", .many = TRUE, AT(VpSpec, links), .rows = vlan_rows, .of = &vp_spec_vlan_type,
     .about = "a VLAN on an interface, bond or bridge"},
    {NULL},
};

static const VpRow network_config_rows[] = {DATA_ROWS(VpSpec, network_config), {NULL}};
static const VpRow meta_data_rows[] = {DATA_ROWS(VpSpec, meta_data), {NULL}};
static const VpRow user_data_rows[] = {DATA_ROWS(VpSpec, user_data), {NULL}};
static const VpRow vendor_data_rows[] = {DATA_ROWS(VpSpec, vendor_data), {NULL}};
static const VpRow template_rows[] = {DATA_ROWS(VpSpec, sysprep.template), {NULL}};

static const VpRow write_file_rows[] = {
    {"@path", TEXT, .required = TRUE, AT(VpWriteFile, path), .check = vp_spec_check_guest_path,
     .about = "the file's path in the guest"},
    {"@owner", TEXT, AT(VpWriteFile, owner), .check = vp_spec_check_owner, .not_windows = TRUE,
     .about = "its owner, 'user' or 'user:group'"},
    {"@permissions", TEXT, AT(VpWriteFile, permissions), .check = vp_spec_check_permissions,
     .about = "its mode, three or four octal digits"},
    {"@append", VP_VALUE_BOOLEAN, AT(VpWriteFile, append),
     .about = "yes: the content is added at the file's end"},
    {"@defer", VP_VALUE_BOOLEAN, AT(VpWriteFile, defer), .not_windows = TRUE,
     .about = "yes: it is written after users and packages exist"},
    DATA_ROWS(VpWriteFile, data),
    {NULL},
};
const VpRowType vp_spec_write_file_type = {sizeof(VpWriteFile), write_file_rows};

static const VpRow meta_rows[] = {
    {"@key", TEXT, .required = TRUE, AT(VpMeta, key), .check = vp_spec_check_line,
     .about = "the entry's name"},
    {"", VP_VALUE_EXACT, AT(VpMeta, value)},
    {NULL},
};
const VpRowType vp_spec_meta_type = {sizeof(VpMeta), meta_rows, .set_up = set_up_meta};

static const VpRow command_rows[] = {
    {"arg", VP_VALUE_EXACT, .many = TRUE, AT(VpGuestCommand, args),
     .about = "a word of a command that runs without a shell, instead of a text"},
    {"", VP_VALUE_EXACT, AT(VpGuestCommand, text)},
    {NULL},
};
const VpRowType vp_spec_command_type = {sizeof(VpGuestCommand), command_rows};

static const VpRow file_rows[] = {
    {"@path", TEXT, .required = TRUE, AT(VpFile, path), .check = vp_image_tree_check_path,
     .about = "the file's path on the drive"},
    DATA_ROWS(VpFile, data),
    {NULL},
};
const VpRowType vp_spec_file_type = {sizeof(VpFile), file_rows};

static const VpRow ca_cert_rows[] = {DATA_ROWS(VpCaCert, data), {NULL}};
static const VpRow apt_key_rows[] = {DATA_ROWS(VpAptRepository, key), {NULL}};

static const VpRow swap_rows[] = {
    {"@path", TEXT, AT(VpSwap, path), .check = vp_spec_check_guest_path,
     .about = "the swap file; by default /swapfile"},
    {"@maximum", TEXT, AT(VpSwap, maximum), .check = vp_spec_check_size,
     .about = "the largest size for 'auto'"},
    {"", TEXT, AT(VpSwap, size), .check = vp_spec_check_swap_size},
    {NULL},
};
const VpRowType vp_spec_swap_type = {sizeof(VpSwap), swap_rows};
const VpRowType vp_spec_ca_cert_type = {sizeof(VpCaCert), ca_cert_rows};

static const VpRow power_state_rows[] = {
    {"@mode", TEXT, .required = TRUE, AT(VpPowerState, mode), .choices = power_modes,
     .code = VP_ERROR_VALUE, .about = "poweroff, reboot or halt"},
    {"@delay", VP_VALUE_NUMBER, AT(VpPowerState, delay), .minimum = 0, .maximum = 10080,
     .code = VP_ERROR_VALUE, .about = "minutes to wait after cloud-init is done; by default none"},
    {"@timeout", VP_VALUE_NUMBER, AT(VpPowerState, timeout), .minimum = 1, .maximum = 86400,
     .code = VP_ERROR_VALUE, .about = "seconds that cloud-init may take to end; by default 30"},
    {"@message", TEXT, AT(VpPowerState, message), .check = vp_spec_check_line,
     .about = "the message to logged-in users"},
    {NULL},
};
const VpRowType vp_spec_power_state_type = {sizeof(VpPowerState), power_state_rows};

static const VpRow growpart_rows[] = {
    {"@mode", TEXT, .required = TRUE, AT(VpGrowpart, mode), .choices = grow_modes,
     .code = VP_ERROR_VALUE, .about = "auto, growpart, gpart or off"},
    {"device", TEXT, .many = TRUE, AT(VpGrowpart, devices), .check = vp_spec_check_line,
     .about = "a partition, by its device or mount point; by default /"},
    {NULL},
};
const VpRowType vp_spec_growpart_type = {sizeof(VpGrowpart), growpart_rows};

static const VpRow ssh_host_key_rows[] = {
    {"@type", TEXT, .required = TRUE, AT(VpSshHostKey, type), .choices = host_key_types,
     .code = VP_ERROR_VALUE, .about = "ed25519, ecdsa or rsa"},
    {"@secret", TEXT, .required = TRUE, AT(VpSshHostKey, secret), .check = vp_spec_check_reference,
     .about =
         "name of a file on the host that holds the private key, as for user/password/@secret"},
    {"@public", TEXT, AT(VpSshHostKey, public_key), .check = vp_spec_check_ssh_key,
     .about = "its public half, which 'virt-payload ssh' expects of the guest"},
    {NULL},
};
const VpRowType vp_spec_ssh_host_key_type = {sizeof(VpSshHostKey), ssh_host_key_rows,
                                             .clear = clear_ssh_host_key};

static const VpRow keyboard_rows[] = {
    {"@layout", TEXT, .required = TRUE, AT(VpKeyboard, layout), .check = vp_spec_check_keyboard,
     .about = "the layout, as in 'de'"},
    {"@model", TEXT, AT(VpKeyboard, model), .check = vp_spec_check_keyboard,
     .about = "the model; by default pc105"},
    {"@variant", TEXT, AT(VpKeyboard, variant), .check = vp_spec_check_keyboard,
     .about = "the layout's variant, as in 'nodeadkeys'"},
    {"@options", TEXT, AT(VpKeyboard, options), .check = vp_spec_check_keyboard,
     .about = "options, as in 'compose:rwin'"},
    {NULL},
};
const VpRowType vp_spec_keyboard_type = {sizeof(VpKeyboard), keyboard_rows};

static const VpRow apt_repository_rows[] = {
    {"@name", TEXT, .required = TRUE, AT(VpAptRepository, name), .check = vp_spec_check_file_name,
     .about = "the name of its file below sources.list.d"},
    {"source", TEXT, .required = TRUE, AT(VpAptRepository, source),
     .check = vp_spec_check_apt_source, .about = "a line of sources.list(5)"},
    {"key", .rows = apt_key_rows, .about = "the key that signs it, armoured"},
    {NULL},
};
const VpRowType vp_spec_apt_repository_type = {sizeof(VpAptRepository), apt_repository_rows};

#define SYSTEM(field) AT(VpSpec, system.field)

static const VpRow cloud_init_rows[] = {
    {"@datasource", VP_VALUE_CHOICE, AT(VpSpec, datasource), .choices = datasources,
     .code = VP_ERROR_VALUE, .about = "what the drive looks like; config-drive is the default",
     .option = "config-drive|nocloud"},
    {"@format", VP_VALUE_CHOICE, AT(VpSpec, format), .choices = formats, .code = VP_ERROR_VALUE,
     .about = "the drive's format; iso9660 is the default", .option = "iso9660|vfat"},
    {"@bus", VP_VALUE_CHOICE, AT(VpSpec, bus), .choices = buses, .code = VP_ERROR_VALUE,
     .about = "the drive's bus; auto is the default", .option = "auto|sata|ide|scsi|virtio|usb"},
    {"@target", TEXT, AT(VpSpec, target), .check = vp_spec_check_target,
     .about = "the drive's target dev; by default one after the guest's own disks",
     .option = "DEV"},
    {"@instance-id", VP_VALUE_CUSTOM, .offset = 0, .set = set_instance_id,
     .about = "uuid (the default), content, or an id of your own", .option = "ID"},
    {"@ec2", VP_VALUE_FLAG, AT(VpSpec, ec2),
     .about = "yes: the config drive also has the files of EC2's layout", .option = "yes|no"},
    {"@profile", TEXT, AT(VpSpec, profile), .check = vp_spec_check_profiles,
     .about = "profiles on the host whose fields are added to the guest's; of several names the "
              "last wins",
     .option = "PROFILE"},
    {"hostname", TEXT, AT(VpSpec, hostname), .check = vp_spec_check_hostname,
     .about = "the guest's host name, with its domain if it has one", .option = "NAME",
     .letter = 'n'},
    {"timezone", TEXT, AT(VpSpec, timezone), .check = vp_spec_check_timezone,
     .about = "the guest's time zone", .option = "ZONE"},
    {"locale", TEXT, AT(VpSpec, locale), .check = vp_spec_check_locale, .not_windows = TRUE,
     .about = "the guest's locale", .option = "LOCALE"},
    {"availability-zone", TEXT, AT(VpSpec, availability_zone), .check = vp_spec_check_line,
     .about = "the availability zone in the guest's meta-data", .option = "ZONE"},
    {"meta", .many = TRUE, AT(VpSpec, meta), .rows = meta_rows, .of = &vp_spec_meta_type,
     .about = "an entry of meta in the guest's meta-data"},
    {"user", .many = TRUE, .maximum = VP_SPEC_MAX_USERS, AT(VpSpec, users), .rows = user_rows,
     .of = &vp_spec_user_type, .about = "a user of the guest, created if missing"},
    {"default-user", VP_VALUE_BOOLEAN, AT(VpSpec, default_user), .not_windows = TRUE,
     .about = "no: the image's default user is not created; yes: it is, whatever users are given",
     .option = "yes|no"},
    {"ssh-password-auth", VP_VALUE_BOOLEAN, AT(VpSpec, ssh_password_auth), .not_windows = TRUE,
     .about = "yes: sshd accepts passwords", .option = "yes|no"},
    {"disable-root", VP_VALUE_BOOLEAN, AT(VpSpec, disable_root), .not_windows = TRUE,
     .about = "yes: root may not log in over SSH", .option = "yes|no"},
    {"regenerate-ssh-keys", VP_VALUE_BOOLEAN, AT(VpSpec, regenerate_ssh_keys), .not_windows = TRUE,
     .about = "yes: host keys that are on the guest's disk are replaced", .option = "yes|no"},
    {"network", .rows = network_rows, .about = "the guest's network"},
    {"network-config", .rows = network_config_rows,
     .about = "network_data.json (config drive) or network-config (NoCloud), verbatim",
     .option = "FILE"},
    {"package", TEXT, .many = TRUE, AT(VpSpec, packages), .check = vp_spec_check_package,
     .not_windows = TRUE, .about = "a package to install", .option = "NAME"},
    {"package-update", VP_VALUE_BOOLEAN, AT(VpSpec, package_update), .not_windows = TRUE,
     .about = "yes: the package lists are updated first", .option = "yes|no"},
    {"package-upgrade", VP_VALUE_BOOLEAN, AT(VpSpec, package_upgrade), .not_windows = TRUE,
     .about = "yes: installed packages are upgraded first", .option = "yes|no"},
    {"write-file", .many = TRUE, AT(VpSpec, write_files), .rows = write_file_rows,
     .of = &vp_spec_write_file_type, .about = "a file that is written in the guest"},
    {"boot-cmd", .many = TRUE, AT(VpSpec, boot_cmds), .rows = command_rows,
     .of = &vp_spec_command_type, .not_windows = TRUE,
     .about = "a shell command that is run early at every boot", .option = "COMMAND"},
    {"run-cmd", .many = TRUE, AT(VpSpec, run_cmds), .rows = command_rows,
     .of = &vp_spec_command_type,
     .about = "a shell command that is run once, at the end of the first boot",
     .option = "COMMAND"},
    {"mount", VP_VALUE_CUSTOM, .many = TRUE, AT(VpSpec, mounts), .set = add_mount,
     .destroy = (GDestroyNotify)g_strfreev, .not_windows = TRUE,
     .about = "a mount: one to six fields of fstab(5)", .option = "FIELDS"},
    {"output", TEXT, AT(VpSpec, output), .check = vp_spec_check_line, .not_windows = TRUE,
     .about = "where cloud-init writes the output of its commands", .option = "WHERE"},
    {"final-message", VP_VALUE_EXACT, AT(VpSpec, final_message), .not_windows = TRUE,
     .about = "text for the console once cloud-init is done", .option = "TEXT"},
    {"ntp-server", TEXT, .many = TRUE, SYSTEM(ntp_servers), .check = vp_spec_check_server,
     .about = "a time server", .option = "HOST"},
    {"ntp-pool", TEXT, .many = TRUE, SYSTEM(ntp_pools), .check = vp_spec_check_server,
     .about = "a pool of time servers", .option = "HOST"},
    {"ca-cert", .many = TRUE, SYSTEM(ca_certs), .rows = ca_cert_rows, .of = &vp_spec_ca_cert_type,
     .not_windows = TRUE, .about = "certificates of authorities that the guest is to trust, in PEM",
     .option = "FILE"},
    {"ssh-host-key", .many = TRUE, SYSTEM(ssh_host_keys), .rows = ssh_host_key_rows,
     .of = &vp_spec_ssh_host_key_type, .not_windows = TRUE,
     .about = "the guest's SSH host key, instead of a new one"},
    {"keyboard", SYSTEM(keyboard), .rows = keyboard_rows, .of = &vp_spec_keyboard_type,
     .not_windows = TRUE, .about = "the keyboard of the guest's console", .option = "LAYOUT"},
    {"swap", SYSTEM(swap), .rows = swap_rows, .of = &vp_spec_swap_type, .not_windows = TRUE,
     .about = "a swap file: its size, or auto", .option = "SIZE"},
    {"growpart", SYSTEM(growpart), .rows = growpart_rows, .of = &vp_spec_growpart_type,
     .not_windows = TRUE, .about = "whether and which partitions grow to the end of their disk",
     .option = "MODE"},
    {"apt-mirror", TEXT, SYSTEM(apt_mirror), .check = vp_spec_check_uri, .not_windows = TRUE,
     .about = "the mirror that apt takes packages from", .option = "URL"},
    {"apt-security-mirror", TEXT, SYSTEM(apt_security_mirror), .check = vp_spec_check_uri,
     .not_windows = TRUE, .about = "the mirror of the security suites", .option = "URL"},
    {"apt-repository", .many = TRUE, SYSTEM(apt_repositories), .rows = apt_repository_rows,
     .of = &vp_spec_apt_repository_type, .not_windows = TRUE, .about = "a further apt repository"},
    {"power-state", SYSTEM(power_state), .rows = power_state_rows, .of = &vp_spec_power_state_type,
     .not_windows = TRUE, .about = "what the guest does once the first boot is done",
     .option = "MODE"},
    {"user-data", .rows = user_data_rows, .about = "user-data, verbatim", .option = "FILE"},
    {"vendor-data", .rows = vendor_data_rows, .not_windows = TRUE, .about = "vendor-data, verbatim",
     .option = "FILE"},
    {"meta-data", .rows = meta_data_rows,
     .about =
         "meta-data: a JSON object (config drive) or YAML (NoCloud), merged over the generated one",
     .option = "FILE"},
    {"file", .many = TRUE, AT(VpSpec, files), .rows = file_rows, .of = &vp_spec_file_type,
     .about = "a further file on the drive"},
    {NULL},
};

#define SYSPREP(field) AT(VpSpec, sysprep.field)

/* Windows takes the password as it is: neither hashed nor to be expired. */
static const VpRow windows_password_rows[] = {
    {"@secret", TEXT, AT(VpPassword, secret), .check = vp_spec_check_reference,
     .about = "name of a file on the host that holds the password: in the guest's own directory or "
              "in shared/, below secrets-directory of virt-payload.conf"},
    {"", VP_VALUE_EXACT, .secret = TRUE, AT(VpPassword, text), .check = vp_spec_check_password},
    {NULL},
};

static const VpRow sysprep_rows[] = {
    {"@format", VP_VALUE_CHOICE, AT(VpSpec, format), .choices = formats, .code = VP_ERROR_VALUE,
     .about = "iso9660 (the default) or vfat (the default on a floppy)"},
    {"@bus", VP_VALUE_CHOICE, AT(VpSpec, bus), .choices = sysprep_buses, .code = VP_ERROR_VALUE,
     .about = "auto (the default), sata, ide, scsi, virtio, usb or fdc, a floppy"},
    {"@target", TEXT, AT(VpSpec, target), .check = vp_spec_check_target,
     .about = "the drive's target dev; by default one after the guest's own disks"},
    {"@legacy", VP_VALUE_FLAG, SYSPREP(legacy),
     .about = "yes: sysprep.inf, for Windows XP and Server 2003, instead of Unattend.xml",
     .option = "yes|no"},
    {"hostname", TEXT, AT(VpSpec, hostname), .check = vp_spec_check_hostname,
     .about = "the computer's name; the part after the first dot is ignored"},
    {"timezone", TEXT, AT(VpSpec, timezone), .check = vp_spec_check_line,
     .about = "the time zone by its Windows name"},
    {"organization", TEXT, SYSPREP(organization), .check = vp_spec_check_line,
     .about = "the registered organization", .option = "TEXT"},
    {"owner", TEXT, SYSPREP(owner), .check = vp_spec_check_line, .about = "the registered owner",
     .option = "TEXT"},
    {"product-key", TEXT, .secret = TRUE, SYSPREP(product_key), .check = vp_spec_check_product_key,
     .about = "Windows' product key", .option = "KEY"},
    {"domain", TEXT, SYSPREP(domain), .check = vp_spec_check_hostname,
     .about = "the Active Directory domain to join", .option = "NAME"},
    {"domain-user", TEXT, SYSPREP(domain_user), .check = vp_spec_check_line,
     .about = "the account that joins it", .option = "NAME"},
    {"domain-password", SYSPREP(domain_password), .rows = windows_password_rows,
     .of = &vp_spec_password_type, .about = "that account's password"},
    {"machine-object-ou", TEXT, SYSPREP(machine_object_ou), .check = vp_spec_check_line,
     .about = "the organizational unit of the computer's object", .option = "OU"},
    {"admin-password", SYSPREP(admin_password), .rows = windows_password_rows,
     .of = &vp_spec_password_type, .about = "the administrator's password"},
    {"input-locale", TEXT, SYSPREP(input_locale), .check = vp_spec_check_windows_locale,
     .about = "the keyboard layout", .option = "LOCALE"},
    {"ui-language", TEXT, SYSPREP(ui_language), .check = vp_spec_check_windows_locale,
     .about = "the language of Windows itself", .option = "LOCALE"},
    {"system-locale", TEXT, SYSPREP(system_locale), .check = vp_spec_check_windows_locale,
     .about = "the locale of programs that are not Unicode", .option = "LOCALE"},
    {"user-locale", TEXT, SYSPREP(user_locale), .check = vp_spec_check_windows_locale,
     .about = "the locale of formats", .option = "LOCALE"},
    {"template", .rows = template_rows,
     .about = "your own answer file, in which $Variables$ are replaced", .option = "FILE"},
    {"file", .many = TRUE, AT(VpSpec, files), .rows = file_rows, .of = &vp_spec_file_type,
     .about = "a further file on the drive"},
    {NULL},
};

static const VpRow roots[] = {
    {"cloud-init", .rows = cloud_init_rows,
     .about = "the payload for cloud-init and similar agents"},
    {"sysprep", .rows = sysprep_rows, .about = "the payload for Windows Setup"},
    {NULL},
};
const VpRowType vp_spec_type = {sizeof(VpSpec), roots};

/* --- searches --------------------------------------------------------------------------------- */

const VpRow *
vp_spec_table_roots(void)
{
    return roots;
}

const VpRow *
vp_spec_table_find(const VpRow *rows, const char *name)
{
    for (const VpRow *row = rows; row->name != NULL; row++)
        if (*row->name && g_str_equal(row->name, name))
            return row;
    return NULL;
}

const VpRow *
vp_spec_table_text(const VpRow *rows)
{
    while (rows->name != NULL && *rows->name != '\0')
        rows++;
    return rows->name != NULL ? rows : NULL;
}

const char *
vp_spec_table_suggest(const VpRow *rows, const char *name)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *nearest;
    guint index = 0;

    for (const VpRow *row = rows; row->name != NULL; row++) {
        if (!*row->name)
            continue;
        g_ptr_array_add(names, (gpointer)row->name);
        g_ptr_array_add(words, (gpointer)(row->name + (*row->name == '@')));
    }
    g_ptr_array_add(words, NULL);
    nearest = vp_suggest(name + (*name == '@'), (const char *const *)words->pdata);
    return nearest != NULL && g_ptr_array_find(words, nearest, &index) ? names->pdata[index] : NULL;
}

static void
visit_rows(const VpRow *rows, const char *parent, VpRowVisit *visit, gpointer data)
{
    for (const VpRow *row = rows; row->name != NULL; row++) {
        g_autofree char *path = g_strdup_printf("%s%s%s", parent, *parent ? "/" : "", row->name);

        if (!*row->name)
            continue;
        visit(path, row, data);
        if (row->rows != NULL)
            visit_rows(row->rows, path, visit, data);
    }
}

void
vp_spec_table_foreach(VpRowVisit *visit, gpointer data)
{
    visit_rows(roots, "", visit, data);
}
