/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields of the system in cloud-config, and what it cannot hold. */
#include <config.h>

#include "base/error.h"
#include "read-spec.h"
#include "render/cloud-config-part.h"

typedef struct {
    const char *name;
    const char *content; /* of cloud-init */
    const char *expected;
} Case;

static char *
render(const VpSpec *spec, GError **error)
{
    return render_part(spec, vp_render_cloud_config_system, error);
}

static const Case rendered[] = {
    {"nothing", "", "{}\n"},
    {"time-servers", "<ntp-server>a.example</ntp-server><ntp-server>192.0.2.1</ntp-server>",
     "ntp:\n"
     "  enabled: true\n"
     "  servers:\n"
     "  - \"a.example\"\n"
     "  - \"192.0.2.1\"\n"},
    {"pools", "<ntp-pool>pool.example</ntp-pool>",
     "ntp:\n"
     "  enabled: true\n"
     "  pools:\n"
     "  - \"pool.example\"\n"},
    {"keyboard",
     "<keyboard layout='de' model='pc104' variant='nodeadkeys' options='compose:rwin'/>",
     "keyboard:\n"
     "  layout: \"de\"\n"
     "  model: \"pc104\"\n"
     "  variant: \"nodeadkeys\"\n"
     "  options: \"compose:rwin\"\n"},
    {"partitions", "<growpart mode='auto'><device>/</device><device>/dev/vdb1</device></growpart>",
     "growpart:\n"
     "  mode: \"auto\"\n"
     "  devices:\n"
     "  - \"/\"\n"
     "  - \"/dev/vdb1\"\n"},
    {"swap", "<swap path='/var/swap' maximum='4G'>auto</swap>",
     "swap:\n"
     "  filename: \"/var/swap\"\n"
     "  size: \"auto\"\n"
     "  maxsize: \"4G\"\n"},
    {"power-state", "<power-state mode='poweroff' delay='10080' timeout='1' message='bye'/>",
     "power_state:\n"
     "  mode: \"poweroff\"\n"
     "  delay: 10080\n"
     "  message: \"bye\"\n"
     "  timeout: 1\n"},
    {"power-state-at-once", "<power-state mode='halt' delay='0'/>",
     "power_state:\n"
     "  mode: \"halt\"\n"},
    {"certificates",
     "<ca-cert>\n-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n</ca-cert><ca-cert "
     "encoding='base64'>"
     "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1BQT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=</ca-cert>",
     "ca_certs:\n"
     "  trusted:\n"
     "  - \"-----BEGIN CERTIFICATE-----\\nMAA=\\n-----END CERTIFICATE-----\\n\"\n"
     "  - \"-----BEGIN CERTIFICATE-----\\nMAA=\\n-----END CERTIFICATE-----\\n\"\n"},
    {"mirror", "<apt-mirror>http://mirror.example/debian</apt-mirror>",
     "apt:\n"
     "  primary:\n"
     "  - arches:\n"
     "    - \"default\"\n"
     "    uri: \"http://mirror.example/debian\"\n"},
    {"security",
     "<apt-mirror>http://m.example/debian</apt-mirror>"
     "<apt-security-mirror>http://m.example/debian-security</apt-security-mirror>",
     "apt:\n"
     "  primary:\n"
     "  - arches:\n"
     "    - \"default\"\n"
     "    uri: \"http://m.example/debian\"\n"
     "  security:\n"
     "  - arches:\n"
     "    - \"default\"\n"
     "    uri: \"http://m.example/debian-security\"\n"},
    {"repositories",
     "<apt-repository name='a'><source>deb http://a.example/ s c</source><key>-----BEGIN PGP "
     "PUBLIC KEY BLOCK-----\n\nYWJj\n-----END PGP PUBLIC KEY "
     "BLOCK-----\n</key></apt-repository><apt-repository name='b'><source>deb http://b.example/ s "
     "c</source></apt-repository>",
     "apt:\n"
     "  sources:\n"
     "    \"a.list\":\n"
     "      source: \"deb http://a.example/ s c\"\n"
     "      key: \"-----BEGIN PGP PUBLIC KEY BLOCK-----\\n\\nYWJj\\n-----END PGP PUBLIC KEY "
     "BLOCK-----\\n\"\n"
     "    \"b.list\":\n"
     "      source: \"deb http://b.example/ s c\"\n"},
    {"order",
     "<power-state mode='reboot'/><swap>1G</swap><keyboard "
     "layout='us'/><ntp-pool>p.example</ntp-pool>",
     "ntp:\n"
     "  enabled: true\n"
     "  pools:\n"
     "  - \"p.example\"\n"
     "keyboard:\n"
     "  layout: \"us\"\n"
     "swap:\n"
     "  filename: \"/swapfile\"\n"
     "  size: \"1G\"\n"
     "power_state:\n"
     "  mode: \"reboot\"\n"},
};

static void
test_rendered(gconstpointer data)
{
    const Case *given = data;
    g_autoptr(VpSpec) spec = read_spec(given->content, "", FALSE);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = render(spec, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(text, ==, given->expected);
}

/* The keys are read from the host after the spec. */
static void
test_host_keys(void)
{
    g_autoptr(VpSpec) spec = read_spec("<ssh-host-key type='rsa' secret='a'/>"
                                       "<ssh-host-key type='ed25519' secret='b'/>",
                                       "", FALSE);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    for (guint i = 0; i < 2; i++) {
        VpSshHostKey *key = spec->system.ssh_host_keys->pdata[i];

        key->text = g_strdup_printf("key %u\n", i);
    }
    text = render(spec, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text, ==,
                    "ssh_keys:\n  rsa_private: \"key 0\\n\"\n  ed25519_private: \"key 1\\n\"\n");
}

static const Case refused[] = {
    {"certificate-that-is-none", "\n<ca-cert>canary</ca-cert>",
     "cloud-init/ca-cert (line 2): has no certificate in PEM ('-----BEGIN CERTIFICATE-----')"},
    {"certificate-of-bytes", "\n<ca-cert encoding='base64'>/wA=</ca-cert>",
     "cloud-init/ca-cert (line 2): is not UTF-8 text"},
    {"key-of-bytes",
     "<apt-repository name='a'><source>deb http://a.example/ s c</source>\n<key "
     "encoding='base64'>/wA=</key></apt-repository>",
     "cloud-init/apt-repository/key (line 2): is not UTF-8 text"},
};

static void
test_refused(gconstpointer data)
{
    const Case *given = data;
    int code = g_str_has_suffix(given->expected, "text") ? VP_ERROR_TEXT : VP_ERROR_VALUE;
    g_autoptr(VpSpec) spec = read_spec(given->content, "", FALSE);
    g_autoptr(GError) error = NULL;

    g_assert_null(render(spec, &error));
    g_assert_error(error, VP_ERROR, code);
    g_assert_cmpstr(error->message, ==, given->expected);
}

#define ADD(folder, cases, test)                                                                   \
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {                                              \
        g_autofree char *path =                                                                    \
            g_strconcat("/cloud-config-system/" folder "/", (cases)[i].name, NULL);                \
        g_test_add_data_func(path, &(cases)[i], test);                                             \
    }

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("rendered", rendered, test_rendered)
    g_test_add_func("/cloud-config-system/host-keys", test_host_keys);
    ADD("refused", refused, test_refused)
    return g_test_run();
}
