/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our vocabulary: every field is read into its member, and every mistake is named with its place.
 */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "cputime.h"
#include "spec/object.h"
#include "spec/read.h"
#include "spec/table.h"

#define UUID "c7a5fdbd-cdaf-9455-926a-d65c16db1809"
#define ED25519 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyySdcAa9FaQxx2Og0rwaDi9OgzcyY/RNWVRzUJZeLK"

/* A definition with this metadata: "p" is our prefix, and the metadata begins on line 2. */
static GPtrArray *
read_metadata(const char *metadata, GError **error)
{
    g_autofree char *xml = g_strdup_printf(
        "<domain><name>web1</name><uuid>" UUID "</uuid><metadata xmlns:p='" VP_NAMESPACE "'>\n%s"
        "</metadata><devices>"
        "<interface><mac address='52:54:00:00:00:01'/><target dev='vnet1'/></interface>"
        "<interface><mac address='52:54:00:00:00:02'/></interface>"
        "<interface/></devices></domain>",
        metadata);
    g_autoptr(VpDomain) domain = vp_domain_parse(xml, strlen(xml), error);

    g_assert_nonnull(domain);
    return vp_spec_read(domain, error);
}

static VpSpec *
read_fields(const char *attributes, const char *fields)
{
    g_autofree char *metadata =
        g_strdup_printf("<p:cloud-init %s>%s</p:cloud-init>", attributes, fields);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) specs = read_metadata(metadata, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(specs->len, ==, 1);
    return g_ptr_array_steal_index(specs, 0);
}

static VpDomain *
load(const char *name)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "data", name, NULL);
    g_autofree char *xml = NULL;
    g_autoptr(GError) error = NULL;
    VpDomain *domain;
    gsize size = 0;

    g_file_get_contents(path, &xml, &size, &error);
    g_assert_no_error(error);
    domain = vp_domain_parse(xml, size, &error);
    g_assert_no_error(error);
    return domain;
}

static void
assert_strings(const GPtrArray *array, const char *expected)
{
    g_autoptr(GString) all = g_string_new(NULL);

    for (guint i = 0; i < array->len; i++)
        g_string_append_printf(all, "%s%s", i > 0 ? "|" : "", (const char *)array->pdata[i]);
    g_assert_cmpstr(all->str, ==, expected);
}

static void
assert_data(const VpData *data, const char *bytes, gsize size)
{
    g_assert_nonnull(data);
    g_assert_nonnull(data->bytes);
    g_assert_null(data->src);
    g_assert_cmpint(data->fd, ==, -1);
    g_assert_cmpuint(data->size, ==, size);
    g_assert_cmpuint(data->place.line, >, 0);
    g_assert_cmpmem(g_bytes_get_data(data->bytes, NULL), g_bytes_get_size(data->bytes), bytes,
                    size);
}

static void
assert_src(const VpData *data, const char *src)
{
    g_assert_nonnull(data);
    g_assert_null(data->bytes);
    g_assert_cmpstr(data->src, ==, src);
    g_assert_cmpint(data->fd, ==, -1);
}

/* --- every field ------------------------------------------------------------------------------ */

static void
assert_identity(const VpSpec *spec)
{
    const VpMeta *meta = spec->meta->pdata[0];

    g_assert_cmpint(spec->kind, ==, VP_KIND_CLOUD_INIT);
    g_assert_cmpint(spec->datasource, ==, VP_DATASOURCE_NOCLOUD);
    g_assert_cmpint(spec->format, ==, VP_FORMAT_VFAT);
    g_assert_cmpint(spec->bus, ==, VP_BUS_SCSI);
    g_assert_cmpstr(spec->target, ==, "sdb");
    g_assert_cmpint(spec->instance_id_policy, ==, VP_INSTANCE_ID_LITERAL);
    g_assert_cmpstr(spec->instance_id, ==, "i-1234");
    g_assert_cmpstr(vp_spec_label(spec), ==, "cidata");
    g_assert_cmpstr(spec->guest_name, ==, "web1");
    g_assert_cmpstr(spec->guest_uuid, ==, UUID);
    g_assert_cmpstr(spec->smbios_uuid, ==, UUID);
    g_assert_cmpstr(spec->hostname, ==, "web1.example.com");
    g_assert_cmpstr(spec->timezone, ==, "Europe/Vienna");
    g_assert_cmpstr(spec->locale, ==, "de_AT.UTF-8");
    g_assert_cmpstr(spec->availability_zone, ==, "rack 7");
    g_assert_cmpuint(spec->meta->len, ==, 2);
    g_assert_cmpstr(meta->key, ==, "role");
    g_assert_cmpstr(meta->value, ==, "web & cache");
    meta = spec->meta->pdata[1];
    g_assert_cmpstr(meta->key, ==, "empty");
    g_assert_cmpstr(meta->value, ==, "");
}

static void
assert_command(const GPtrArray *commands, guint n, const char *text)
{
    const VpGuestCommand *command = commands->pdata[n];

    g_assert_cmpstr(command->text, ==, text);
    g_assert_cmpuint(command->args->len, ==, 0);
}

static void
assert_access(const VpSpec *spec)
{
    const VpUser *root = spec->users->pdata[0], *op = spec->users->pdata[1];

    g_assert_cmpuint(spec->users->len, ==, 2);
    g_assert_cmpstr(root->name, ==, "root");
    g_assert_cmpuint(root->place.line, ==, 15);
    g_assert_cmpstr(root->password->text, ==, " a:b ");
    g_assert_true(root->password->clear);
    g_assert_false(root->password->hashed);
    g_assert_cmpint(root->password->expire, ==, VP_NO);
    g_assert_cmpuint(root->password->place.line, ==, 16);
    assert_strings(root->ssh_keys, ED25519 " me@laptop|from=\"10.0.0.0/8\" " ED25519);
    g_assert_cmpint(root->lock_password, ==, VP_UNSET);
    g_assert_cmpstr(op->password->secret, ==, "web1/op");
    g_assert_null(op->password->text);
    g_assert_cmpint(op->password->expire, ==, VP_UNSET);
    assert_strings(op->sudo, "ALL=(ALL) NOPASSWD:ALL");
    assert_strings(op->groups, "adm|wheel");
    g_assert_cmpstr(op->shell, ==, "/bin/bash");
    g_assert_cmpint(op->lock_password, ==, VP_NO);
    g_assert_cmpint(spec->ssh_password_auth, ==, VP_YES);
    g_assert_cmpint(spec->disable_root, ==, VP_NO);
    g_assert_cmpint(spec->regenerate_ssh_keys, ==, VP_YES);
}

static void
assert_lan(const VpLink *lan)
{
    const VpRoute *route = lan->routes->pdata[0];

    g_assert_cmpint(lan->type, ==, VP_LINK_PHYSICAL);
    g_assert_cmpstr(lan->name, ==, "lan");
    g_assert_cmpstr(lan->mac, ==, "52:54:00:aa:00:02");
    g_assert_cmpint(lan->dhcp4, ==, VP_UNSET);
    assert_strings(lan->addresses, "192.0.2.10/24|2001:db8::10/64");
    assert_strings(lan->gateways, "192.0.2.1|2001:db8::1");
    assert_strings(lan->dns, "192.0.2.53");
    assert_strings(lan->search, "example.com");
    g_assert_cmpuint(lan->mtu, ==, 9000);
    g_assert_cmpuint(lan->routes->len, ==, 2);
    g_assert_cmpstr(route->destination, ==, "198.51.100.0/24");
    g_assert_cmpstr(route->gateway, ==, "192.0.2.254");
    g_assert_cmpint(route->metric, ==, 100);
    route = lan->routes->pdata[1];
    g_assert_cmpint(route->metric, ==, -1);
}

static void
assert_network(const VpSpec *spec)
{
    const VpLink *link;

    g_assert_cmpuint(spec->links->len, ==, 7);
    assert_lan(spec->links->pdata[0]);
    link = spec->links->pdata[1];
    g_assert_cmpstr(link->name, ==, "a");
    g_assert_cmpstr(link->mac, ==, "52:54:00:aa:00:01");
    link = spec->links->pdata[2];
    g_assert_cmpstr(link->mac, ==, "52:54:00:aa:00:03");
    link = spec->links->pdata[3];
    g_assert_cmpint(link->type, ==, VP_LINK_BOND);
    g_assert_cmpstr(link->bond_mode, ==, "802.3ad");
    g_assert_cmpstr(link->mac, ==, "52:54:00:bb:00:01");
    assert_strings(link->members, "a|b");
    g_assert_cmpint(link->dhcp4, ==, VP_YES);
    g_assert_cmpint(link->dhcp6, ==, VP_NO);
    link = spec->links->pdata[4];
    g_assert_cmpint(link->type, ==, VP_LINK_VLAN);
    g_assert_cmpstr(link->name, ==, "bond0.7");
    g_assert_cmpstr(link->vlan_link, ==, "bond0");
    g_assert_cmpuint(link->vlan_id, ==, 7);
    g_assert_null(link->mac);
    link = spec->links->pdata[5];
    g_assert_cmpint(link->type, ==, VP_LINK_BRIDGE);
    g_assert_cmpstr(link->name, ==, "br0");
    g_assert_cmpstr(link->mac, ==, "52:54:00:bb:00:02");
    g_assert_cmpint(link->stp, ==, VP_YES);
    assert_strings(link->members, "c");
}

static void
assert_cloud_config(const VpSpec *spec)
{
    const VpWriteFile *file = spec->write_files->pdata[0];
    char **mount = spec->mounts->pdata[0];

    assert_strings(spec->packages, "nginx|vim");
    g_assert_cmpint(spec->package_update, ==, VP_YES);
    g_assert_cmpint(spec->package_upgrade, ==, VP_NO);
    g_assert_cmpuint(spec->write_files->len, ==, 3);
    g_assert_cmpstr(file->path, ==, "/etc/motd");
    g_assert_cmpstr(file->owner, ==, "root:adm");
    g_assert_cmpstr(file->permissions, ==, "0640");
    g_assert_cmpint(file->append, ==, VP_YES);
    g_assert_cmpint(file->defer, ==, VP_NO);
    assert_data(file->data, "  Welcome\n", 10);
    file = spec->write_files->pdata[1];
    assert_data(file->data, "\0\1\2\xff", 4);
    file = spec->write_files->pdata[2];
    assert_src(file->data, "web1/big");
    assert_command(spec->boot_cmds, 0, "modprobe x");
    assert_command(spec->run_cmds, 0, "\n  for i in 1 2; do\n    echo $i\n  done\n");
    assert_command(spec->run_cmds, 1, "test 1 -lt 2 && touch /var/tmp/ready");
    g_assert_cmpuint(spec->mounts->len, ==, 2);
    g_assert_cmpuint(g_strv_length(mount), ==, 6);
    g_assert_cmpstr(mount[1], ==, "/data");
    mount = spec->mounts->pdata[1];
    g_assert_cmpuint(g_strv_length(mount), ==, 2);
    g_assert_cmpstr(mount[1], ==, "/my\\040data");
    g_assert_cmpstr(spec->output, ==, "| tee -a /var/log/cloud-init-output.log");
    g_assert_cmpstr(spec->final_message, ==, "up after $UPTIME seconds\n");
}

static void
assert_raw(const VpSpec *spec)
{
    const VpFile *file = spec->files->pdata[0];

    assert_data(spec->user_data, "#!/bin/sh\necho <ready>\n", 23);
    assert_data(spec->vendor_data, "#cloud-config\n", 14);
    assert_data(spec->meta_data, "local-hostname: x", 17);
    g_assert_null(spec->network_config);
    g_assert_cmpuint(spec->files->len, ==, 2);
    g_assert_cmpstr(file->path, ==,
                    "extra/Gr\xc3\xb6\xc3\x9f"
                    "e.txt");
    assert_data(file->data, "\nsecond line", 12);
    file = spec->files->pdata[1];
    assert_src(file->data, "big.bin");
    g_assert_cmpint(spec->kind, ==, VP_KIND_CLOUD_INIT);
}

static void
test_full(void)
{
    g_autoptr(VpDomain) domain = load("spec-full.xml");
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) specs = vp_spec_read(domain, &error);
    const VpSpec *spec;

    g_assert_no_error(error);
    g_assert_cmpuint(specs->len, ==, 1);
    spec = specs->pdata[0];
    assert_identity(spec);
    assert_access(spec);
    assert_network(spec);
    assert_cloud_config(spec);
    assert_raw(spec);
}

/* What the defaults are: those that the man page tells. */
static void
test_defaults(void)
{
    g_autoptr(VpSpec) spec = read_fields("", "");
    g_autofree char *image = vp_spec_image_name(spec);

    g_assert_cmpint(spec->datasource, ==, VP_DATASOURCE_CONFIG_DRIVE);
    g_assert_cmpint(spec->format, ==, VP_FORMAT_ISO9660);
    g_assert_cmpint(spec->bus, ==, VP_BUS_AUTO);
    g_assert_cmpint(spec->instance_id_policy, ==, VP_INSTANCE_ID_UUID);
    g_assert_null(spec->hostname);
    g_assert_null(spec->target);
    g_assert_cmpint(spec->disable_root, ==, VP_UNSET);
    g_assert_false(spec->ec2);
    g_assert_cmpstr(vp_spec_label(spec), ==, "config-2");
    g_assert_cmpstr(image, ==, UUID ".img");
}

static void
test_instance_id(void)
{
    g_autoptr(VpSpec) content = read_fields("instance-id='content' ec2='yes'", "");
    g_autoptr(VpSpec) uuid = read_fields("instance-id='uuid'", "");

    g_assert_cmpint(content->instance_id_policy, ==, VP_INSTANCE_ID_CONTENT);
    g_assert_true(content->ec2);
    g_assert_cmpint(uuid->instance_id_policy, ==, VP_INSTANCE_ID_UUID);
    g_assert_null(uuid->instance_id);
}

/* Interfaces that are not named take what is left, in the domain's order. */
static void
test_interface_order(void)
{
    g_autoptr(VpSpec) spec = read_fields(
        "", "<p:network><p:interface/><p:interface mac='52:54:00:00:00:01'/></p:network>");
    const VpLink *first = spec->links->pdata[0];

    g_assert_cmpstr(first->mac, ==, "52:54:00:00:00:02");
}

/* A MAC that the XML does not have may be that of a network card passed through. */
static void
test_hostdev(void)
{
    static const char xml[] =
        "<domain><name>a</name><uuid>" UUID "</uuid><metadata><cloud-init xmlns='" VP_NAMESPACE "'>"
        "<network><interface mac='52:54:00:00:00:09'/></network></cloud-init></metadata>"
        "<devices><hostdev/></devices></domain>";
    g_autoptr(VpDomain) domain = vp_domain_parse(xml, strlen(xml), NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) specs = vp_spec_read(domain, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(specs->len, ==, 1);
}

static void
test_sysprep(void)
{
    static const char metadata[] =
        "<p:sysprep bus='fdc' legacy='yes'><p:hostname>PC1.example.com</p:hostname>"
        "<p:timezone>W. Europe Standard Time</p:timezone><p:organization>A &amp; B</p:organization>"
        "<p:owner>Me</p:owner><p:product-key>AAAAA-BBBBB-CCCCC-DDDDD-EEEEE</p:product-key>"
        "<p:domain>ad.example.com</p:domain><p:domain-user>joiner</p:domain-user>"
        "<p:domain-password secret='ad'/><p:machine-object-ou>OU=a,DC=b</p:machine-object-ou>"
        "<p:admin-password>abc 123</p:admin-password><p:input-locale>0c07:00000407</p:input-locale>"
        "<p:ui-language>de-DE</p:ui-language><p:system-locale>de-AT</p:system-locale>"
        "<p:user-locale>de-AT</p:user-locale><p:template>\n[x]\n</p:template>"
        "<p:file path='a'>b</p:file></p:sysprep>";
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) specs = read_metadata(metadata, &error);
    const VpSysprep *sysprep;
    const VpSpec *spec;

    g_assert_no_error(error);
    spec = specs->pdata[0];
    sysprep = &spec->sysprep;
    g_assert_cmpint(spec->kind, ==, VP_KIND_SYSPREP);
    g_assert_cmpint(spec->bus, ==, VP_BUS_FDC);
    g_assert_cmpint(spec->format, ==, VP_FORMAT_VFAT);
    g_assert_cmpstr(spec->hostname, ==, "PC1.example.com");
    g_assert_cmpstr(spec->timezone, ==, "W. Europe Standard Time");
    g_assert_true(sysprep->legacy);
    g_assert_cmpstr(sysprep->organization, ==, "A & B");
    g_assert_cmpstr(sysprep->owner, ==, "Me");
    g_assert_cmpstr(sysprep->product_key, ==, "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE");
    g_assert_cmpstr(sysprep->domain, ==, "ad.example.com");
    g_assert_cmpstr(sysprep->domain_user, ==, "joiner");
    g_assert_cmpstr(sysprep->domain_password->secret, ==, "ad");
    g_assert_cmpstr(sysprep->machine_object_ou, ==, "OU=a,DC=b");
    g_assert_cmpstr(sysprep->admin_password->text, ==, "abc 123");
    g_assert_cmpstr(sysprep->input_locale, ==, "0c07:00000407");
    g_assert_cmpstr(sysprep->ui_language, ==, "de-DE");
    g_assert_cmpstr(sysprep->system_locale, ==, "de-AT");
    g_assert_cmpstr(sysprep->user_locale, ==, "de-AT");
    assert_data(sysprep->template, "[x]\n", 4);
    g_assert_cmpuint(spec->files->len, ==, 1);
}

static void
test_none(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) specs =
        read_metadata("<x:cloud-init xmlns:x='urn:virt-payload:2'/>", &error);

    g_assert_no_error(error);
    g_assert_cmpuint(specs->len, ==, 0);
}

/* --- mistakes --------------------------------------------------------------------------------- */

static void
test_user_fields(void)
{
    g_autoptr(VpSpec) spec = read_fields(
        "", "<p:default-user>no</p:default-user><p:user name='op'><p:gecos>Olga, x</p:gecos>"
            "<p:uid>1500</p:uid><p:homedir>/srv/op</p:homedir><p:system/><p:no-create-home/>"
            "<p:primary-group>ops</p:primary-group></p:user>"
            "<p:user name='b'><p:ssh-import-id>gh:b</p:ssh-import-id></p:user>");
    const VpUser *op = spec->users->pdata[0], *other = spec->users->pdata[1];

    g_assert_cmpint(spec->default_user, ==, VP_NO);
    g_assert_cmpstr(op->gecos, ==, "Olga, x");
    g_assert_cmpuint(op->uid, ==, 1500);
    g_assert_cmpstr(op->home, ==, "/srv/op");
    g_assert_cmpint(op->system, ==, VP_YES);
    g_assert_cmpint(op->no_create_home, ==, VP_YES);
    g_assert_cmpstr(op->primary_group, ==, "ops");
    assert_strings(other->ssh_import_ids, "gh:b");
    g_assert_cmpint(other->system, ==, VP_UNSET);
}

static void
test_system(void)
{
    g_autoptr(VpSpec) spec = read_fields(
        "", "<p:ntp-server>a.b</p:ntp-server><p:ntp-pool>c</p:ntp-pool><p:ca-cert src='x'/>"
            "<p:ssh-host-key type='rsa' secret='k'/><p:keyboard layout='de' variant='nodeadkeys'/>"
            "<p:swap path='/s' maximum='4G'> auto </p:swap>"
            "<p:growpart mode='auto'><p:device>/</p:device></p:growpart>"
            "<p:apt-mirror>http://m/d</p:apt-mirror><p:apt-repository name='n'>"
            "<p:source>deb http://x y z</p:source><p:key>k</p:key></p:apt-repository>"
            "<p:power-state mode='reboot' delay='2' timeout='60' message='m'/>");
    const VpSystem *system = &spec->system;
    const VpSshHostKey *key = system->ssh_host_keys->pdata[0];
    const VpAptRepository *repository = system->apt_repositories->pdata[0];

    assert_strings(system->ntp_servers, "a.b");
    assert_strings(system->ntp_pools, "c");
    assert_src(((VpCaCert *)system->ca_certs->pdata[0])->data, "x");
    g_assert_cmpstr(key->type, ==, "rsa");
    g_assert_cmpstr(key->secret, ==, "k");
    g_assert_cmpstr(system->keyboard->layout, ==, "de");
    g_assert_cmpstr(system->keyboard->variant, ==, "nodeadkeys");
    g_assert_null(system->keyboard->model);
    g_assert_cmpstr(system->swap->size, ==, "auto");
    g_assert_cmpstr(system->swap->maximum, ==, "4G");
    g_assert_cmpstr(system->swap->path, ==, "/s");
    g_assert_cmpstr(system->growpart->mode, ==, "auto");
    assert_strings(system->growpart->devices, "/");
    g_assert_cmpstr(system->apt_mirror, ==, "http://m/d");
    g_assert_cmpstr(repository->source, ==, "deb http://x y z");
    assert_data(repository->key, "k", 1);
    g_assert_cmpstr(system->power_state->mode, ==, "reboot");
    g_assert_cmpuint(system->power_state->delay, ==, 2);
    g_assert_cmpuint(system->power_state->timeout, ==, 60);
    g_assert_cmpstr(system->power_state->message, ==, "m");
}

static void
test_words(void)
{
    g_autoptr(VpSpec) spec =
        read_fields("", "<p:run-cmd>\n<p:arg>printf</p:arg>\n<p:arg>%s\n</p:arg></p:run-cmd>"
                        "<p:boot-cmd> true </p:boot-cmd>");
    const VpGuestCommand *command = spec->run_cmds->pdata[0];

    g_assert_null(command->text);
    assert_strings(command->args, "printf|%s\n");
    assert_command(spec->boot_cmds, 0, " true ");
}

typedef struct {
    const char *attributes;
    const char *fields; /* within cloud-init, from the first column of line 3 on */
    int code;
    const char *message; /* the whole of it */
} Mistake;

#define IN(where) "cloud-init/" where " (line 3): "
#define HASH "$1$QWwqZdAm$8iM8r2.mtZBK7AJjeQz9w."

#define GROUP                                                                                      \
    "is not a valid group name; use 1 to 32 letters, digits, '_', '.' and '-', not only digits, "  \
    "not '-' "                                                                                     \
    "or "                                                                                          \
    "'.' first"

#define REPOSITORY "<p:apt-repository name='a'><p:source>ppa:a/b</p:source></p:apt-repository>"

static const Mistake mistakes[] = {
    /* unknown: the vocabulary is closed */
    {"", "<p:hostnam>secret</p:hostnam>", VP_ERROR_UNKNOWN,
     "cloud-init (line 3): has an unknown element 'hostnam'; did you mean the element 'hostname'?"},
    {"", "<p:user name='a'><p:sshkey/></p:user>", VP_ERROR_UNKNOWN,
     IN("user") "has an unknown element 'sshkey'; did you mean the element 'ssh-key'?"},
    {"", "<p:user><p:name>secret</p:name></p:user>", VP_ERROR_UNKNOWN,
     IN("user") "has an unknown element 'name'; did you mean the attribute 'name'?"},
    {"", "<p:user name='a' passwd='secret'/>", VP_ERROR_UNKNOWN,
     IN("user") "has an unknown attribute 'passwd'; did you mean the element 'password'?"},
    {"", "<p:xyzzy/>", VP_ERROR_UNKNOWN, "cloud-init (line 3): has an unknown element 'xyzzy'"},
    {"", "<p:runcmd/>", VP_ERROR_UNKNOWN,
     "cloud-init (line 3): has an unknown element 'runcmd'; did you mean the element 'run-cmd'?"},
    {"", "<p:hostname><p:b/></p:hostname>", VP_ERROR_UNKNOWN,
     IN("hostname") "has an unknown element 'b'"},
    {"", "<p:hostname x='1'>a</p:hostname>", VP_ERROR_UNKNOWN,
     IN("hostname") "has an unknown attribute 'x'"},
    {"", "<p:hostname p:x='1'>a</p:hostname>", VP_ERROR_UNKNOWN,
     IN("hostname") "has an unknown attribute 'x'"},
    {"", "<hostname/>", VP_ERROR_UNKNOWN,
     "cloud-init (line 3): has an unknown element 'hostname'; did you mean the element "
     "'hostname'?"},
    {"", "<p:\xc3\xbc/>", VP_ERROR_UNKNOWN,
     "cloud-init (line 3): has an unknown element '\\303\\274'"},
    {"datasource='nocloud' mode='1'", "", VP_ERROR_UNKNOWN,
     "cloud-init (line 2): has an unknown attribute 'mode'"},
    /* duplicate, conflict, missing */
    {"", "<p:hostname>a</p:hostname>\n<p:hostname>secret</p:hostname>", VP_ERROR_DUPLICATE,
     "cloud-init/hostname (line 4): is already given on line 3; give it once"},
    {"", "<p:user name='a'/>\n<p:user name='a'/>", VP_ERROR_DUPLICATE,
     "cloud-init/user (line 4): has the name of the user on line 3; merge the two"},
    {"", "<p:meta key='a'/><p:meta key='a'/>", VP_ERROR_DUPLICATE,
     "cloud-init/meta (line 3): has the key of an earlier one"},
    {"", "<p:network><p:interface/></p:network>\n<p:network-config>x</p:network-config>",
     VP_ERROR_CONFLICT,
     "cloud-init/network-config (line 4): excludes cloud-init/network (line 3); give one of the "
     "two"},
    {"", "<p:user name='a'><p:password hashed='yes' clear='yes'>" HASH "</p:password></p:user>",
     VP_ERROR_CONFLICT, IN("user/password") "is both hashed and clear; give one of the two"},
    {"", "<p:user name='a'><p:password secret='x'>secret</p:password></p:user>", VP_ERROR_CONFLICT,
     IN("user/password") "has both a text and secret; give one of the two"},
    {"", "<p:user name='a'><p:password>\n</p:password></p:user>", VP_ERROR_MISSING,
     IN("user/password") "needs a text or secret"},
    {"", "<p:user name='a'><p:sudo>no</p:sudo></p:user>", VP_ERROR_VALUE,
     IN("user/sudo") "is not a rule of sudoers(5); give it without the user's name, as in "
                     "'ALL=(root) NOPASSWD: /bin/true'"},
    {"", "<p:user name='a'><p:group>Remote Desktop Users</p:group></p:user>", VP_ERROR_USER,
     IN("user/group") GROUP},
    {"", "<p:user name='a'><p:primary-group>a b</p:primary-group></p:user>", VP_ERROR_USER,
     IN("user/primary-group") GROUP},
    {"", "<p:user name='a'><p:uid>0</p:uid></p:user>", VP_ERROR_VALUE,
     IN("user/uid") "is not a number from 1 to 4294967294"},
    {"", "<p:user name='a'><p:system/><p:ssh-key>" ED25519 "</p:ssh-key></p:user>",
     VP_ERROR_CONFLICT, IN("user/system") "leaves no home directory for the user's ssh keys"},
    {"", "<p:user name='a'><p:password>x</p:password><p:lock-password/></p:user>",
     VP_ERROR_CONFLICT, IN("user/lock-password") "locks the password that the same user is given"},
    {"", "<p:swap/>", VP_ERROR_MISSING, IN("swap") "needs a size, or auto"},
    {"", "<p:apt-security-mirror>http://m/s</p:apt-security-mirror>", VP_ERROR_MISSING,
     "cloud-init/apt-security-mirror (line 2): needs apt-mirror"},
    {"", "<p:ssh-host-key type='rsa' secret='a'/><p:ssh-host-key type='rsa' secret='b'/>",
     VP_ERROR_DUPLICATE, IN("ssh-host-key") "has the type of an earlier one"},
    {"", "<p:ssh-host-key type='rsa' secret='a'>secret</p:ssh-host-key>", VP_ERROR_VALUE,
     IN("ssh-host-key") "has text as well as elements"},
    {"", REPOSITORY REPOSITORY, VP_ERROR_DUPLICATE,
     IN("apt-repository") "has the name of an earlier one"},
    {"", "<p:power-state/>", VP_ERROR_MISSING, IN("power-state") "needs the attribute 'mode'"},
    {"", "<p:run-cmd/>", VP_ERROR_MISSING, IN("run-cmd") "is empty"},
    {"", "<p:boot-cmd> \n </p:boot-cmd>", VP_ERROR_MISSING, IN("boot-cmd") "is empty"},
    {"", "<p:run-cmd>secret<p:arg>x</p:arg></p:run-cmd>", VP_ERROR_CONFLICT,
     IN("run-cmd") "has both a text and arg; give one of the two"},
    {"", "<p:run-cmd><p:arg/></p:run-cmd>", VP_ERROR_MISSING, IN("run-cmd/arg") "is empty"},
    {"", "<p:user-data src='x'>secret</p:user-data>", VP_ERROR_CONFLICT,
     IN("user-data") "has both a text and src; give one of the two"},
    {"", "<p:user-data src='x' encoding='base64'/>", VP_ERROR_CONFLICT,
     IN("user-data") "has both encoding and src; a file is taken as it is"},
    {"datasource='nocloud' ec2='yes'", "", VP_ERROR_CONFLICT,
     "cloud-init/@ec2 (line 2): applies only to a config drive (@datasource)"},
    {"", "<p:user/>", VP_ERROR_MISSING, IN("user") "needs the attribute 'name'"},
    {"", "<p:user name=' '/>", VP_ERROR_MISSING, IN("user/@name") "is empty"},
    {"", "<p:hostname/>", VP_ERROR_MISSING, IN("hostname") "is empty"},
    {"", "<p:run-cmd> \n </p:run-cmd>", VP_ERROR_MISSING, IN("run-cmd") "is empty"},
    {"", "<p:user-data/>", VP_ERROR_MISSING, IN("user-data") "is empty"},
    {"", "<p:network/>", VP_ERROR_MISSING, IN("network") "is empty"},
    {"", "<p:network><p:bond name='b' mode='802.3ad'/></p:network>", VP_ERROR_MISSING,
     IN("network/bond") "needs the element 'link'"},
    /* values */
    {"datasource='secret'", "", VP_ERROR_VALUE,
     "cloud-init/@datasource (line 2): is not one of 'config-drive', 'nocloud'"},
    {"bus='fdc'", "", VP_ERROR_VALUE,
     "cloud-init/@bus (line 2): is not one of 'auto', 'sata', 'ide', 'scsi', 'virtio', 'usb'"},
    {"target='secret'", "", VP_ERROR_TARGET,
     "cloud-init/@target (line 2): is not a disk target; give one, as in 'vdb', 'sdb', 'hdc' or "
     "'fda'"},
    {"bus='virtio' target='sda'", "", VP_ERROR_TARGET,
     "cloud-init/@target (line 2): does not fit the bus; it must begin with 'vd'"},
    {"", "<p:disable-root>0</p:disable-root>", VP_ERROR_VALUE,
     IN("disable-root") "is neither 'yes' nor 'no'"},
    {"", "<p:disable-root>true</p:disable-root>", VP_ERROR_VALUE,
     IN("disable-root") "is neither 'yes' nor 'no'"},
    {"ec2=''", "", VP_ERROR_MISSING, "cloud-init/@ec2 (line 2): is empty"},
    {"", "<p:hostname>secret host</p:hostname>", VP_ERROR_HOSTNAME,
     IN("hostname") "has a space; use letters, digits, '-' and '.'"},
    {"", "<p:hostname>secret\nruncmd:</p:hostname>", VP_ERROR_HOSTNAME,
     IN("hostname") "has a space; use letters, digits, '-' and '.'"},
    {"", "<p:output>secret\nx</p:output>", VP_ERROR_TEXT,
     IN("output") "has a line break; give one line"},
    {"", "<p:user name='secret:x'/>", VP_ERROR_USER,
     IN("user/@name") "is not a valid user name; use 1 to 32 letters, digits, '_', '.' and '-', "
                      "not only digits, not '-' or '.' first"},
    {"", "<p:user name='a'><p:password>secret\nroot:x</p:password></p:user>", VP_ERROR_PASSWORD,
     IN("user/password") "has a line break; write it on one line, directly between its tags"},
    {"", "<p:user name='a'><p:password hashed='yes'>secret</p:password></p:user>",
     VP_ERROR_PASSWORD,
     IN("user/password") "is not a hash that crypt(5) accepts, or is cut off; make one with "
                         "'openssl "
                         "passwd -6'"},
    {"", "<p:user name='a'><p:ssh-key>" ED25519 "\n" ED25519 "</p:ssh-key></p:user>",
     VP_ERROR_SSH_KEY, IN("user/ssh-key") "has a line break; give one key in each ssh-key"},
    {"", "<p:user-data encoding='base64'>c2VjcmV0?</p:user-data>", VP_ERROR_BASE64,
     IN("user-data") "has a character that is not base64"},
    {"", "<p:user-data encoding='gzip'>x</p:user-data>", VP_ERROR_VALUE,
     IN("user-data") "has an encoding other than 'base64'"},
    {"", "<p:user-data src='../secret'/>", VP_ERROR_PATH,
     IN("user-data/@src") "has an empty component, '.' or '..'"},
    {"", "<p:write-file path='secret'>x</p:write-file>", VP_ERROR_PATH,
     IN("write-file/@path") "is not absolute; begin it with '/'"},
    {"", "<p:file path='a//b'>x</p:file>", VP_ERROR_PATH,
     IN("file/@path") "path is empty, has an empty component, or has '/' at its start or end"},
    {"", "<p:mount>a b c d e f secret</p:mount>", VP_ERROR_VALUE,
     IN("mount") "is not one to six fstab(5) fields; write a space within a field as \\040"},
    {"", "<p:user name='a'>secret<p:group>b</p:group></p:user>", VP_ERROR_VALUE,
     IN("user") "has text as well as elements"},
    {"", "secret", VP_ERROR_VALUE, "cloud-init (line 2): has text as well as elements"},
};

#define LINKS(xml) "<p:network>\n" xml "</p:network>"
#define AT4(name) "cloud-init/network/" name " (line 4): "
#define AT5(name) "cloud-init/network/" name " (line 5): "
#define TWO "<p:interface name='a'/><p:interface name='b'/>\n"

static const Mistake network_mistakes[] = {
    {"", LINKS("<p:interface mac='secret'/>"), VP_ERROR_NETWORK,
     AT4("interface/@mac") "is not a MAC address; give six bytes, as in '52:54:00:12:34:56'"},
    {"", LINKS("<p:interface mac='52:54:00:00:00:09'/>"), VP_ERROR_NETWORK,
     AT4("interface") "no interface of the domain has this mac"},
    {"", LINKS("<p:interface target='vnet9'/>"), VP_ERROR_NETWORK,
     AT4("interface") "no interface of the domain has this target"},
    {"", LINKS("<p:interface target='vnet1' mac='52:54:00:00:00:01'/>"), VP_ERROR_CONFLICT,
     AT4("interface") "has both mac and target; give one of the two"},
    {"", LINKS("<p:interface/><p:interface/><p:interface/>"), VP_ERROR_NETWORK,
     AT4("interface") "the domain's interface has no MAC address; give it one, or define the guest "
                      "first"},
    {"", LINKS("<p:interface mac='52:54:00:00:00:01'/>\n<p:interface target='vnet1'/>"),
     VP_ERROR_DUPLICATE, AT5("interface") "is the same interface of the domain as on line 4"},
    {"", LINKS("<p:interface name='a'/>\n<p:interface name='a'/>"), VP_ERROR_DUPLICATE,
     AT5("interface") "has the name of the interface on line 4"},
    {"", LINKS("<p:interface><p:address>192.0.2.1</p:address></p:interface>"), VP_ERROR_NETWORK,
     AT4("interface/address") "is not an address with a prefix; give both, as in '192.0.2.10/24'"},
    {"", LINKS("<p:interface><p:mtu>67</p:mtu></p:interface>"), VP_ERROR_NETWORK,
     AT4("interface/mtu") "is not a number from 68 to 65535"},
    {"", LINKS("<p:interface><p:gateway>192.0.2.1</p:gateway></p:interface>"), VP_ERROR_NETWORK,
     AT4("interface") "has a gateway of IPv4 but no address of that family; give one, or leave the "
                      "gateway "
                      "to DHCP"},
    {"",
     LINKS("<p:interface><p:address>192.0.2.2/24</p:address><p:gateway>192.0.2.1</p:gateway>"
           "<p:gateway>192.0.2.3</p:gateway></p:interface>"),
     VP_ERROR_DUPLICATE, AT4("interface") "has two gateways of IPv4; give one"},
    {"", LINKS("<p:interface><p:route destination='10.0.0.0/8' gateway='::1'/></p:interface>"),
     VP_ERROR_NETWORK,
     AT4("interface") "has a route whose destination and gateway are of different families"},
    {"",
     LINKS("<p:interface><p:route destination='10.0.0.0/8' gateway='192.0.2.1' "
           "metric='-1'/></p:interface>"),
     VP_ERROR_NETWORK, AT4("interface/route/@metric") "is not a number from 0 to 4294967295"},
    {"", LINKS(TWO "<p:bond name='c' mode='1'><p:link>a</p:link></p:bond>"), VP_ERROR_NETWORK,
     AT5("bond/@mode") "is not one of 'balance-rr', 'active-backup', 'balance-xor', 'broadcast', "
                       "'802.3ad', "
                       "'balance-tlb', 'balance-alb'"},
    {"", LINKS(TWO "<p:bond name='c' mode='802.3ad'><p:link>d</p:link></p:bond>"), VP_ERROR_NETWORK,
     AT5("bond") "has a link that is not the name of an interface or vlan"},
    {"", LINKS(TWO "<p:bond name='c' mode='802.3ad'><p:link>a</p:link><p:link>a</p:link></p:bond>"),
     VP_ERROR_DUPLICATE, AT5("bond") "has a link twice"},
    {"",
     LINKS("<p:interface name='a'/><p:bond name='b' mode='802.3ad'><p:link>a</p:link></p:bond>\n"
           "<p:bond name='c' mode='802.3ad'><p:link>a</p:link></p:bond>"),
     VP_ERROR_DUPLICATE, AT5("bond") "has a link that belongs to the bond on line 4"},
    {"",
     LINKS("<p:interface name='a'><p:dhcp4/></p:interface>\n"
           "<p:bond name='c' mode='802.3ad'><p:link>a</p:link></p:bond>"),
     VP_ERROR_CONFLICT,
     AT4("interface") "has an address and belongs to the bond on line 5; give the address to the "
                      "bond"},
    {"",
     LINKS(TWO "<p:bond name='c' mode='802.3ad'><p:link>a</p:link></p:bond>"
               "<p:bond name='d' mode='802.3ad'><p:link>c</p:link></p:bond>"),
     VP_ERROR_NETWORK, AT5("bond") "has a link that is not the name of an interface or vlan"},
    {"",
     LINKS("<p:interface name='a'/><p:vlan name='b' link='a' id='1'/>\n<p:vlan name='c' link='b' "
           "id='2'/>"),
     VP_ERROR_NETWORK, AT5("vlan") "its link is not the name of an interface, bond or bridge"},
    {"",
     LINKS("<p:interface mac='52:54:00:00:00:02'/><p:interface/>\n<p:interface target='vnet1'/>"),
     VP_ERROR_NETWORK,
     AT4("interface") "the domain's interface has no MAC address; give it one, or define the guest "
                      "first"},
    {"",
     LINKS("<p:interface><p:address>2001:db8::2/64</p:address><p:gateway>192.0.2.1</p:gateway>"
           "</p:interface>"),
     VP_ERROR_NETWORK,
     AT4("interface") "has a gateway of IPv4 but no address of that family; give one, or leave the "
                      "gateway to DHCP"},
    {"", LINKS(TWO "<p:bridge name='c'><p:link>d</p:link></p:bridge>"), VP_ERROR_NETWORK,
     AT5("bridge") "has a link that is not the name of an interface, bond or vlan"},
    {"",
     LINKS(TWO "<p:bridge name='c'><p:link>a</p:link></p:bridge>"
               "<p:bridge name='d'><p:link>c</p:link></p:bridge>"),
     VP_ERROR_NETWORK,
     AT5("bridge") "has a link that is not the name of an interface, bond or vlan"},
    {"",
     LINKS("<p:interface name='a'/><p:bridge name='b'><p:link>a</p:link></p:bridge>\n"
           "<p:bond name='c' mode='802.3ad'><p:link>a</p:link></p:bond>"),
     VP_ERROR_DUPLICATE, AT5("bond") "has a link that belongs to the bridge on line 4"},
    {"",
     LINKS("<p:interface name='a'><p:slaac/></p:interface>\n"
           "<p:bridge name='c'><p:link>a</p:link></p:bridge>"),
     VP_ERROR_CONFLICT,
     AT4("interface") "has an address and belongs to the bridge on line 5; give the address to the "
                      "bridge"},
    {"",
     LINKS("<p:bridge name='b'><p:link>v</p:link></p:bridge>\n"
           "<p:vlan name='v' link='b' id='1'/>"),
     VP_ERROR_NETWORK, AT5("vlan") "is carried by itself, through a bond or bridge"},
    {"", LINKS("<p:vlan name='a' link='a' id='1'/>"), VP_ERROR_NETWORK,
     AT4("vlan") "its link is not the name of an interface, bond or bridge"},
    {"",
     LINKS("<p:bond name='b' mode='802.3ad'><p:link>v</p:link></p:bond>\n"
           "<p:vlan name='v' link='b' id='1'/>"),
     VP_ERROR_NETWORK, AT5("vlan") "is carried by itself, through a bond or bridge"},
    {"", LINKS("<p:vlan name='a' link='b' id='4095'/>"), VP_ERROR_NETWORK,
     AT4("vlan/@id") "is not a number from 1 to 4094"},
    {"",
     LINKS("<p:interface name='a'/><p:vlan name='b' link='a' id='1'/>\n<p:vlan name='c' link='a' "
           "id='1'/>"),
     VP_ERROR_DUPLICATE, AT5("vlan") "has the id and the link of the vlan on line 4"},
};

static void
assert_mistake(const char *metadata, int code, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) specs = read_metadata(metadata, &error);

    if (specs)
        g_error("accepted: %s", metadata);
    g_assert_cmpstr(error->message, ==, message);
    g_assert_error(error, VP_ERROR, code);
    g_assert_null(strstr(error->message, "secret\n"));
}

static void
assert_mistakes(const Mistake *table, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        g_autofree char *metadata = g_strdup_printf("<p:cloud-init %s>\n%s</p:cloud-init>",
                                                    table[i].attributes, table[i].fields);

        assert_mistake(metadata, table[i].code, table[i].message);
    }
}

static void
test_mistakes(void)
{
    assert_mistakes(mistakes, G_N_ELEMENTS(mistakes));
}

static void
test_network_mistakes(void)
{
    assert_mistakes(network_mistakes, G_N_ELEMENTS(network_mistakes));
}

/* Each bond has two VLANs of the next, so that there are 2^80 ways down. */
static void
test_many_ways_down(void)
{
    g_autoptr(GString) links = g_string_new("<p:cloud-init><p:network>");
    g_autoptr(GPtrArray) specs = NULL;
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < 80; i++)
        g_string_append_printf(links,
                               "<p:vlan name='v%u' link='b%u' id='1'/>"
                               "<p:vlan name='w%u' link='b%u' id='2'/>"
                               "<p:bond name='b%u' mode='802.3ad'>"
                               "<p:link>v%u</p:link><p:link>w%u</p:link></p:bond>",
                               i, i + 1, i, i + 1, i, i, i);
    g_string_append(links, "<p:interface name='a'/><p:bond name='b80' mode='802.3ad'>"
                           "<p:link>a</p:link></p:bond></p:network></p:cloud-init>");
    specs = read_metadata(links->str, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(specs->len, ==, 1);
}

/* Two payloads leave open which of them counts; and what sysprep is not. */
static void
test_root_mistakes(void)
{
    static const struct {
        const char *metadata;
        int code;
        const char *message;
    } table[] = {
        {"<p:cloud-init/>\n<p:cloud-init/>", VP_ERROR_DUPLICATE,
         "metadata: has two elements of urn:virt-payload:1, on lines 2 and 3; keep one"},
        {"<p:cloud-init/>\n<p:sysprep/>", VP_ERROR_CONFLICT,
         "metadata: has different elements of urn:virt-payload:1, on lines 2 and 3; keep one"},
        {"<p:cloudinit/>", VP_ERROR_UNKNOWN,
         "metadata (line 2): has an unknown element 'cloudinit'; did you mean the element "
         "'cloud-init'?"},
        {"<p:sysprep datasource='nocloud'/>", VP_ERROR_UNKNOWN,
         "sysprep (line 2): has an unknown attribute 'datasource'"},
        {"<p:sysprep bus='fdc' format='iso9660'/>", VP_ERROR_CONFLICT,
         "sysprep/@format (line 2): a floppy (@bus) is vfat, not iso9660"},
        {"<p:sysprep><p:domain-user>a</p:domain-user></p:sysprep>", VP_ERROR_MISSING,
         "sysprep/domain (line 2): is needed by domain-user, domain-password and "
         "machine-object-ou"},
        {"<p:sysprep><p:domain>a</p:domain><p:domain-user>a</p:domain-user></p:sysprep>",
         VP_ERROR_MISSING, "sysprep/domain-password (line 2): is needed by domain-user"},
        {"<p:sysprep><p:admin-password/></p:sysprep>", VP_ERROR_MISSING,
         "sysprep/admin-password (line 2): needs a text or secret"},
        {"<p:sysprep><p:admin-password hashed='yes'>x</p:admin-password></p:sysprep>",
         VP_ERROR_UNKNOWN, "sysprep/admin-password (line 2): has an unknown attribute 'hashed'"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        assert_mistake(table[i].metadata, table[i].code, table[i].message);
}

/* As many links as a network may have, and members as links; one more is too many. */
static void
test_quotas(void)
{
    enum { MAX = 256 };
    static const struct {
        guint links, members;
        int code;
        const char *message;
    } cases[] = {
        {MAX, 1, VP_ERROR_DUPLICATE,
         "cloud-init/network/vlan (line 3): has the id and the link of the vlan on line 3"},
        {MAX + 1, 1, VP_ERROR_QUOTA,
         "cloud-init/network/vlan (line 3): is one too many; a network has at most 256"},
        {3, MAX + 1, VP_ERROR_QUOTA,
         "cloud-init/network/bridge (line 3): has more links than a network may have"},
        {3, 2, VP_ERROR_DUPLICATE, "cloud-init/network/bridge (line 3): has a link twice"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) text = g_string_new("<p:cloud-init>\n<p:network><p:interface name='a'/>"
                                               "<p:bridge name='b'>");

        for (guint j = 0; j < cases[i].members; j++)
            g_string_append(text, "<p:link>a</p:link>");
        g_string_append(text, "</p:bridge>");
        for (guint j = 2; j < cases[i].links; j++)
            g_string_append_printf(text, "<p:vlan name='v%u' link='a' id='%u'/>", j,
                                   j + 1 < cases[i].links ? j : 2);
        g_string_append(text, "</p:network></p:cloud-init>");
        g_test_message("%u links, %u members", cases[i].links, cases[i].members);
        assert_mistake(text->str, cases[i].code, cases[i].message);
    }
}

/* Many links, users and entries cost no more than their number. */
static void
test_many(void)
{
    g_autoptr(GString) users = g_string_new("<p:cloud-init>");
    g_autoptr(GString) links = g_string_new("<p:cloud-init><p:network>");
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) specs = NULL;
    clock_t start = clock();
    gsize end;

    for (guint i = 0; i < 20000; i++)
        g_string_append_printf(users, "<p:meta key='k%u'/>", i);
    for (guint i = 0; i < VP_SPEC_MAX_USERS; i++)
        g_string_append_printf(users, "<p:user name='u%u'/>", i);
    end = users->len;
    g_string_append(users, "</p:cloud-init>");
    specs = read_metadata(users->str, &error);
    g_assert_no_error(error);
    g_string_insert(users, (gssize)end, "<p:user name='another'/>");
    g_assert_null(read_metadata(users->str, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_QUOTA);
    g_clear_error(&error);
    for (guint i = 0; i < 40000; i++)
        g_string_append(links, "<p:interface mac='52:54:00:00:00:01'/>");
    g_string_append(links, "</p:network></p:cloud-init>");
    g_assert_null(read_metadata(links->str, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_QUOTA);
    assert_cputime_below(start, 3);
}

/* --- the table -------------------------------------------------------------------------------- */

static void
check_row(const char *path, const VpRow *row, gpointer data)
{
    guint *n = data;
    guint size = 0;

    ++*n;
    if (row->about == NULL || !*row->about || strchr(row->about, '\n') != NULL ||
        g_str_has_suffix(row->about, "."))
        g_error("%s: its description is missing, or not one line without a full stop", path);
    if (row->type == VP_VALUE_CHOICE || row->type == VP_VALUE_NUMBER || row->choices != NULL)
        g_assert_cmpint(row->code, !=, VP_ERROR_FAILED);
    g_assert_true((row->type == VP_VALUE_CUSTOM) == (row->set != NULL));
    g_assert_true((row->type == VP_VALUE_NONE) == (row->rows != NULL));
    for (const VpRow *child = row->rows; child != NULL && child->name != NULL; child++)
        size++;
    g_assert_cmpuint(size, <=, VP_ROWS_MAX);
}

static void
test_table(void)
{
    guint n = 0;

    vp_spec_table_foreach(check_row, &n);
    g_assert_cmpuint(n, >, 100);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/spec-xml/full", test_full);
    g_test_add_func("/spec-xml/user-fields", test_user_fields);
    g_test_add_func("/spec-xml/words", test_words);
    g_test_add_func("/spec-xml/system", test_system);
    g_test_add_func("/spec-xml/defaults", test_defaults);
    g_test_add_func("/spec-xml/instance-id", test_instance_id);
    g_test_add_func("/spec-xml/interface-order", test_interface_order);
    g_test_add_func("/spec-xml/hostdev", test_hostdev);
    g_test_add_func("/spec-xml/sysprep", test_sysprep);
    g_test_add_func("/spec-xml/none", test_none);
    g_test_add_func("/spec-xml/mistakes", test_mistakes);
    g_test_add_func("/spec-xml/network-mistakes", test_network_mistakes);
    g_test_add_func("/spec-xml/many-ways-down", test_many_ways_down);
    g_test_add_func("/spec-xml/root-mistakes", test_root_mistakes);
    g_test_add_func("/spec-xml/many", test_many);
    g_test_add_func("/spec-xml/quotas", test_quotas);
    g_test_add_func("/spec-xml/table", test_table);
    return g_test_run();
}
