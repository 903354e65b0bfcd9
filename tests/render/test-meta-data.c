/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The metadata of each datasource, and what a spec's own meta-data may change in it. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/json-text.h"
#include "render/meta-data.h"
#include "specs.h"

#define IID "iid-1"

static char *
text_of(GBytes *taken)
{
    g_autoptr(GBytes) bytes = taken;

    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static json_object *
openstack(const VpSpec *spec)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = vp_render_meta_data_openstack(spec, IID, &error);
    json_object *object;

    g_assert_no_error(error);
    object = vp_json_parse_object(bytes, &error);
    g_assert_no_error(error);
    return object;
}

static const char *
member(json_object *object, const char *key)
{
    json_object *value = json_object_object_get(object, key);

    return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

static void
assert_hostname(const char *given, const char *guest, gboolean windows, const char *expected)
{
    g_autoptr(VpSpec) spec = vp_spec_new(guest, UUID, NULL);
    g_autofree char *hostname = NULL;

    spec->hostname = g_strdup(given);
    spec->windows = windows;
    hostname = vp_render_meta_data_hostname(spec);
    g_assert_cmpstr(hostname, ==, expected);
}

static void
test_hostname(void)
{
    g_autofree char *label_64 = g_strnfill(64, 'a');

    assert_hostname("db.example.com", "web1", FALSE, "db.example.com");
    assert_hostname(NULL, "web1", FALSE, "web1");
    assert_hostname(NULL, "web1.example.com", FALSE, "web1.example.com");
    assert_hostname(NULL, "no", FALSE, "no");
    assert_hostname(NULL, "my guest", FALSE, NULL);
    assert_hostname(NULL, "my_guest", FALSE, NULL);
    assert_hostname(NULL, "--help", FALSE, NULL);
    assert_hostname(NULL, "a..b", FALSE, NULL);
    assert_hostname(NULL, "a.", FALSE, NULL);
    assert_hostname(NULL, "h\u00e9", FALSE, NULL);
    assert_hostname(NULL, label_64, FALSE, NULL);
    /* cloud-init would make "ip-10-0-0-5" of it */
    assert_hostname(NULL, "10.0.0.5", FALSE, NULL);
    assert_hostname("a-long-windows-name.example.com", "x", TRUE, "a-long-windows-");
    assert_hostname("win.example.com", "x", TRUE, "win");
    assert_hostname(NULL, "my guest", TRUE, NULL);
}

static void
test_openstack(void)
{
    g_autoptr(VpSpec) spec = spec_of_root();
    g_autoptr(json_object) object = NULL;
    json_object *keys;

    spec->availability_zone = g_strdup("nova");
    spec_add_meta(spec, "role", "web \"1\"\n");
    spec_add_meta(spec, "empty", "");
    object = openstack(spec);
    g_assert_cmpstr(member(object, "uuid"), ==, IID);
    g_assert_cmpstr(member(object, "hostname"), ==, "web1.example.com");
    g_assert_cmpstr(member(object, "name"), ==, "web1");
    g_assert_cmpstr(member(object, "availability_zone"), ==, "nova");
    keys = json_object_object_get(object, "public_keys");
    g_assert_true(json_object_is_type(keys, json_type_object)); /* a list breaks cloudbase-init */
    g_assert_cmpint(json_object_object_length(keys), ==, 1);
    g_assert_cmpstr(member(keys, "key-0"), ==, KEY);
    g_assert_cmpstr(member(json_object_object_get(object, "meta"), "role"), ==, "web \"1\"\n");
    g_assert_cmpstr(member(json_object_object_get(object, "meta"), "empty"), ==, "");
    g_assert_null(json_object_object_get(object, "admin_pass"));
}

/* Members that would be empty crash readers, or are taken for something. */
static void
test_nothing_is_empty(void)
{
    g_autoptr(VpSpec) spec = vp_spec_new("my guest", UUID, NULL);
    g_autoptr(json_object) object = openstack(spec);

    g_assert_cmpint(json_object_object_length(object), ==, 3);
    g_assert_nonnull(member(object, "uuid"));
    g_assert_cmpstr(member(object, "name"), ==, "my guest");
    g_assert_true(json_object_object_get_ex(object, "launch_index", NULL));
}

static void
test_keys_of_others_stay_out(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(json_object) object = NULL;

    spec_add(spec_add_user(spec, "admin")->ssh_keys, KEY);
    spec_add(spec_add_user(spec, "root")->ssh_keys, "from=\"192.0.2.1\" " KEY);
    object = openstack(spec);
    g_assert_null(json_object_object_get(object, "public_keys"));
}

static void
test_windows(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    VpUser *admin = spec_add_user(spec, "Admin");
    g_autoptr(json_object) object = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;

    spec->windows = TRUE;
    spec_add(admin->ssh_keys, KEY);
    spec_set_password(admin, "Abc123!");
    bytes = vp_render_meta_data_openstack(spec, IID, &error);
    g_assert_error(error, VP_ERROR, VP_ERROR_PASSWORD);
    g_assert_null(bytes);
    admin->password->clear = TRUE;
    object = openstack(spec);
    g_assert_cmpstr(member(object, "admin_pass"), ==, "Abc123!");
    g_assert_cmpstr(member(json_object_object_get(object, "public_keys"), "key-0"), ==, KEY);
}

static void
test_openstack_given(void)
{
    g_autoptr(VpSpec) spec = spec_of_root();
    g_autoptr(json_object) object = NULL;

    spec->meta_data =
        spec_data("{\"hostname\": \"other\", \"public_keys\": null, \"x\": [1, true]}");
    object = openstack(spec);
    g_assert_cmpstr(member(object, "uuid"), ==, IID);
    g_assert_cmpstr(member(object, "hostname"), ==, "other");
    g_assert_false(json_object_object_get_ex(object, "public_keys", NULL));
    g_assert_true(json_object_is_type(json_object_object_get(object, "x"), json_type_array));
}

static void
test_openstack_given_is_checked(void)
{
    static const char *const texts[] = {"",
                                        "x: y",
                                        "[]",
                                        "{\"uuid\": null}",
                                        "{\"uuid\": \"\"}",
                                        "{\"uuid\": \"a/b\"}",
                                        "{\"uuid\": 7}"};

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(VpSpec) spec = spec_new();
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes = NULL;

        spec->meta_data = spec_data(texts[i]);
        bytes = vp_render_meta_data_openstack(spec, IID, &error);
        g_assert_error(error, VP_ERROR, VP_ERROR_VALUE);
        g_assert_null(bytes);
        g_assert_true(g_str_has_prefix(error->message, "cloud-init/meta-data (line 7): "));
    }
}

static char *
nocloud(const VpSpec *spec)
{
    g_autoptr(GError) error = NULL;
    GBytes *bytes = vp_render_meta_data_nocloud(spec, IID, &error);

    g_assert_no_error(error);
    return text_of(bytes);
}

static void
test_nocloud(void)
{
    g_autoptr(VpSpec) spec = spec_of_root();
    g_autofree char *text = NULL;

    spec->availability_zone = g_strdup("nova");
    spec_add_meta(spec, "a: b", "no");
    text = nocloud(spec);
    g_assert_cmpstr(text, ==,
                    "instance-id: \"" IID "\"\n"
                    "local-hostname: \"web1.example.com\"\n"
                    "availability-zone: \"nova\"\n"
                    "public-keys:\n"
                    "- \"" KEY "\"\n"
                    "meta:\n"
                    "  \"a: b\": \"no\"\n");
}

static void
test_nocloud_given(void)
{
    g_autoptr(VpSpec) spec = spec_of_root();
    g_autofree char *text = NULL;

    spec->meta_data = spec_data("# mine\nlocal-hostname: other\ndsmode: local\nx: 0777\n");
    text = nocloud(spec);
    g_assert_cmpstr(text, ==,
                    "instance-id: \"" IID "\"\n"
                    "public-keys:\n"
                    "- \"" KEY "\"\n"
                    "local-hostname: other\n"
                    "dsmode: local\n"
                    "x: 0777\n");
}

static void
test_nocloud_given_is_checked(void)
{
    g_autoptr(VpSpec) spec = spec_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL;

    spec->meta_data = spec_data("- a list\n");
    bytes = vp_render_meta_data_nocloud(spec, IID, &error);
    g_assert_error(error, VP_ERROR, VP_ERROR_VALUE);
    g_assert_true(g_str_has_prefix(error->message, "cloud-init/meta-data (line 7): "));
    g_assert_null(bytes);
}

static void
test_ec2(void)
{
    g_autoptr(VpSpec) spec = spec_of_root();
    g_autofree char *text = NULL;

    spec->availability_zone = g_strdup("nova");
    text = text_of(vp_render_meta_data_ec2(spec, IID, NULL));
    g_assert_cmpstr(text, ==,
                    "{\n"
                    "  \"instance-id\": \"" IID "\",\n"
                    "  \"hostname\": \"web1.example.com\",\n"
                    "  \"local-hostname\": \"web1.example.com\",\n"
                    "  \"placement\": {\n"
                    "    \"availability-zone\": \"nova\"\n"
                    "  },\n"
                    "  \"public-keys\": {\n"
                    "    \"0\": {\n"
                    "      \"_name\": \"key-0\",\n"
                    "      \"openssh-key\": \"" KEY "\"\n"
                    "    }\n"
                    "  }\n"
                    "}\n");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meta-data/hostname", test_hostname);
    g_test_add_func("/meta-data/openstack", test_openstack);
    g_test_add_func("/meta-data/openstack/nothing-is-empty", test_nothing_is_empty);
    g_test_add_func("/meta-data/openstack/keys-of-others-stay-out", test_keys_of_others_stay_out);
    g_test_add_func("/meta-data/openstack/windows", test_windows);
    g_test_add_func("/meta-data/openstack/given", test_openstack_given);
    g_test_add_func("/meta-data/openstack/given-is-checked", test_openstack_given_is_checked);
    g_test_add_func("/meta-data/nocloud", test_nocloud);
    g_test_add_func("/meta-data/nocloud/given", test_nocloud_given);
    g_test_add_func("/meta-data/nocloud/given-is-checked", test_nocloud_given_is_checked);
    g_test_add_func("/meta-data/ec2", test_ec2);
    return g_test_run();
}
