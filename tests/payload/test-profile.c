/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles merged into a guest's fields: which one wins, how lists add up, and which files are
 * refused. */
#include <config.h>

#include <linux/capability.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "cputime.h"
#include "domain/target.h"
#include "parse-domain.h"
#include "payload/profile.h"
#include "remove-tree.h"
#include "spec/read.h"

#define UUID "11111111-2222-4333-8444-555555555555"
#define HEAD "<domain type='kvm'><name>web1</name><uuid>" UUID "</uuid><metadata>\n"
#define TAIL                                                                                       \
    "\n</metadata><devices><interface type='user'><mac address='52:54:00:00:00:01'/></interface>"  \
    "</devices></domain>"
#define CLOUD_INIT(attributes, content)                                                            \
    "<cloud-init xmlns='" VP_NAMESPACE "' " attributes ">" content "</cloud-init>"

typedef struct {
    char *top;
    VpConf conf;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->top = g_dir_make_tmp("vp-profile-XXXXXX", NULL);
    fixture->conf.profiles_directory = g_build_filename(fixture->top, "profiles", NULL);
    g_assert_cmpint(mkdir(fixture->conf.profiles_directory, 0755), ==, 0);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    remove_tree(fixture->top);
    g_free(fixture->top);
    g_free(fixture->conf.profiles_directory);
}

static char *
write_file(const Fixture *fixture, const char *name, const char *text)
{
    char *path = g_build_filename(fixture->conf.profiles_directory, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(chmod(path, 0644), ==, 0);
    return path;
}

static void
write_profile(const Fixture *fixture, const char *name, const char *text)
{
    g_autofree char *file = g_strconcat(name, ".xml", NULL);
    g_autofree char *path = write_file(fixture, file, text);
}

static VpDomain *
parse(const char *metadata)
{
    g_autofree char *xml = g_strconcat(HEAD, metadata, TAIL, NULL);

    return parse_domain(xml);
}

/* --- merging ---------------------------------------------------------------------------------- */

static void
add_field(GString *text, const char *name, const char *value)
{
    if (value != NULL)
        g_string_append_printf(text, "%s %s; ", name, value);
}

static void
add_texts(GString *text, const char *name, const GPtrArray *texts)
{
    for (guint i = 0; i < texts->len; i++)
        add_field(text, name, texts->pdata[i]);
}

static void
add_lists(GString *text, const VpSpec *spec)
{
    add_texts(text, "package", spec->packages);
    for (guint i = 0; i < spec->run_cmds->len; i++)
        add_field(text, "run-cmd", ((VpGuestCommand *)spec->run_cmds->pdata[i])->text);
    for (guint i = 0; i < spec->meta->len; i++)
        add_field(text, ((VpMeta *)spec->meta->pdata[i])->key,
                  ((VpMeta *)spec->meta->pdata[i])->value);
    for (guint i = 0; i < spec->write_files->len; i++)
        add_field(text, "write-file", ((VpWriteFile *)spec->write_files->pdata[i])->path);
    for (guint i = 0; i < spec->users->len; i++) {
        const VpUser *user = spec->users->pdata[i];

        add_field(text, "user", user->name);
        add_field(text, "shell", user->shell);
        add_texts(text, "group", user->groups);
    }
}

/* What the guest is given, in the order in which it is given. */
static char *
describe(const VpSpec *spec)
{
    GString *text = g_string_new("");

    add_field(text, "hostname", spec->hostname);
    add_field(text, "timezone", spec->timezone);
    if (spec->bus != VP_BUS_AUTO)
        add_field(text, "bus", vp_domain_target_bus_name(spec->bus));
    add_lists(text, spec);
    for (guint i = 0; i < spec->links->len; i++)
        add_field(text, "link", ((VpLink *)spec->links->pdata[i])->name);
    if (spec->network_config != NULL)
        add_field(text, "network", "raw");
    return g_string_free(text, FALSE);
}

typedef struct {
    const char *name;
    const char *profiles; /* the guest's attributes */
    const char *own;
    const char *standard, *web, *db; /* default.xml, web.xml, db.xml; NULL: no such file */
    const char *expected;
} Case;

#define LINK(name) "<network><interface name='" name "'><dhcp4/></interface></network>"
#define RAW "<network-config>version: 2</network-config>"
#define ZONE(name) "<timezone>" name "</timezone>"
#define INSTALL(name) "<package>" name "</package>"
#define RUN(text) "<run-cmd>" text "</run-cmd>"
#define META(value) "<meta key='role'>" value "</meta>"

static const Case merged[] = {
    {"no-name-no-default", "", INSTALL("own"), NULL, CLOUD_INIT("", ZONE("UTC")), NULL,
     "package own; "},
    {"default-applies", "", INSTALL("own"), CLOUD_INIT("", ZONE("UTC")), NULL, NULL,
     "timezone UTC; package own; "},
    {"own-wins", "profile='web'", ZONE("Asia/Tokyo"), NULL, CLOUD_INIT("", ZONE("UTC")), NULL,
     "timezone Asia/Tokyo; "},
    {"profile-before-default", "profile='web'", "", CLOUD_INIT("", ZONE("Europe/Rome")),
     CLOUD_INIT("", ZONE("UTC")), NULL, "timezone UTC; "},
    {"later-before-earlier", "profile='web db'", "", NULL, CLOUD_INIT("", ZONE("Europe/Rome")),
     CLOUD_INIT("", ZONE("UTC")), "timezone UTC; "},
    {"any-blanks", "profile=' db\tweb '", "", NULL, CLOUD_INIT("", ZONE("Europe/Rome")),
     CLOUD_INIT("", ZONE("UTC")), "timezone Europe/Rome; "},
    {"default-stays-weakest", "profile='web default'", "", CLOUD_INIT("", ZONE("Europe/Rome")),
     CLOUD_INIT("", ZONE("UTC")), NULL, "timezone UTC; "},
    {"lists-add-up", "profile='web db'", INSTALL("own") RUN("own"),
     CLOUD_INIT("", INSTALL("all") RUN("all")),
     CLOUD_INIT("", INSTALL("nginx") INSTALL("vim") RUN("web")),
     CLOUD_INIT("", INSTALL("postgresql") RUN("db")),
     "package all; package nginx; package vim; package postgresql; package own; "
     "run-cmd all; run-cmd web; run-cmd db; run-cmd own; "},
    {"texts-once-commands-twice", "profile='web'", INSTALL("vim") RUN("sync"), NULL,
     CLOUD_INIT("", INSTALL(" vim ") RUN("sync")), NULL,
     "package vim; run-cmd sync; run-cmd sync; "},
    {"a-name-twice", "profile='web db web'", "", NULL, CLOUD_INIT("", ZONE("UTC") RUN("web")),
     CLOUD_INIT("", ZONE("Europe/Rome") RUN("db")), "timezone UTC; run-cmd db; run-cmd web; "},
    {"keyed-by-the-strongest", "profile='web db'", META("own"), NULL, CLOUD_INIT("", META("web")),
     CLOUD_INIT("", META("db") "<meta key='rack'>7</meta>"), "rack 7; role own; "},
    {"one-path-twice", "profile='web'", "", NULL,
     CLOUD_INIT("", "<write-file path='/a'>1</write-file>"
                    "<write-file path='/a' append='yes'>2</write-file>"),
     NULL, "write-file /a; write-file /a; "},
    {"users-merge", "profile='web'",
     "<user name='admin'><shell>/bin/sh</shell><group>sudo</group></user>", NULL,
     CLOUD_INIT("", "<user name='admin'><shell>/bin/bash</shell><group>adm</group></user>"
                    "<user name='backup'/>"),
     NULL, "user backup; user admin; shell /bin/sh; group adm; group sudo; "},
    {"attributes", "profile='web db'", "", NULL, CLOUD_INIT("bus='usb'", ""),
     CLOUD_INIT("bus='scsi'", ""), "bus scsi; "},
    {"own-attribute", "profile='web' bus='sata'", "", NULL, CLOUD_INIT("bus='usb'", ""), NULL,
     "bus sata; "},
    {"network-is-one-field", "profile='web'", RAW, NULL, CLOUD_INIT("", LINK("lan0")), NULL,
     "network raw; "},
    {"network-the-other-way", "profile='web'", LINK("lan0"), NULL, CLOUD_INIT("", RAW), NULL,
     "link lan0; "},
    {"network-is-not-merged", "profile='web'", LINK("lan0"), NULL, CLOUD_INIT("", LINK("lan1")),
     NULL, "link lan0; "},
    {"other-prefix", "profile='web'", "", NULL,
     "<p:cloud-init xmlns:p='" VP_NAMESPACE "'><p:user name='admin'><p:group>adm</p:group>"
     "</p:user></p:cloud-init>",
     NULL, "user admin; group adm; "},
};

static void
write_profiles(const Fixture *fixture, const Case *given)
{
    if (given->standard != NULL)
        write_profile(fixture, VP_PROFILE_DEFAULT, given->standard);
    if (given->web != NULL)
        write_profile(fixture, "web", given->web);
    if (given->db != NULL)
        write_profile(fixture, "db", given->db);
}

static VpDomain *
parse_case(const Case *given)
{
    g_autofree char *element =
        g_strconcat("<v:cloud-init xmlns:v='" VP_NAMESPACE "' xmlns='", VP_NAMESPACE "' ",
                    given->profiles, ">", given->own, "</v:cloud-init>", NULL);

    return parse(element);
}

static char *
text_of(const VpDomain *domain)
{
    xmlChar *text = NULL;
    char *copy;

    xmlDocDumpMemory(domain->doc, &text, NULL);
    copy = g_strdup((const char *)text);
    xmlFree(text);
    return copy;
}

static char *
read_all(const VpDomain *domain, const VpConf *conf)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) specs = vp_payload_profile_read(domain, conf, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(specs->len, ==, 1);
    return describe(specs->pdata[0]);
}

static char *
read_without_profiles(const VpDomain *domain)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) specs = vp_spec_read(domain, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(specs->len, ==, 1);
    return describe(specs->pdata[0]);
}

/* The definition keeps only the names; with the fields put into it, it says the same. */
static void
test_merged(Fixture *fixture, gconstpointer data)
{
    const Case *given = data;
    g_autoptr(VpDomain) domain = parse_case(given);
    g_autofree char *before = text_of(domain);
    g_autofree char *text = NULL, *after = NULL, *shown = NULL;
    g_autoptr(GError) error = NULL;

    write_profiles(fixture, given);
    text = read_all(domain, &fixture->conf);
    g_assert_cmpstr(text, ==, given->expected);
    after = text_of(domain);
    g_assert_cmpstr(after, ==, before);

    g_assert_true(vp_payload_profile_apply(domain, &fixture->conf, &error));
    g_assert_no_error(error);
    shown = read_without_profiles(domain);
    g_assert_cmpstr(shown, ==, given->expected);
}

/* With the guest's own prefix. */
static void
test_shown(Fixture *fixture, gconstpointer data)
{
    static const char expected[] =
        "<v:cloud-init xmlns:v=\"" VP_NAMESPACE "\" profile=\"web\"><v:package>own</v:package>"
        "<v:user name=\"admin\"><v:group>adm</v:group></v:user></v:cloud-init>";
    g_autoptr(VpDomain) domain = parse("<v:cloud-init xmlns:v='" VP_NAMESPACE "' profile='web'>"
                                       "<v:package>own</v:package></v:cloud-init>");
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;

    write_profile(fixture, "web",
                  "<p:cloud-init xmlns:p='" VP_NAMESPACE "'><p:user name='admin'>"
                  "<p:group>adm</p:group></p:user></p:cloud-init>");
    g_assert_true(vp_payload_profile_apply(domain, &fixture->conf, &error));
    g_assert_no_error(error);
    text = text_of(domain);
    g_assert_nonnull(strstr(text, expected));
}

/* --- which ones ------------------------------------------------------------------------------- */

static void
assert_names(const Fixture *fixture, const char *metadata, const char *expected)
{
    g_autoptr(VpDomain) domain = parse(metadata);
    g_autoptr(GPtrArray) names = vp_payload_profile_names(domain, &fixture->conf);
    g_autofree char *text = NULL;

    g_ptr_array_add(names, NULL);
    text = g_strjoinv(" ", (char **)names->pdata);
    g_assert_cmpstr(text, ==, expected);
}

static void
test_names(Fixture *fixture, gconstpointer data)
{
    assert_names(fixture, CLOUD_INIT("", ""), "");
    assert_names(fixture, CLOUD_INIT("profile='web\n db'", ""), "web db");
    assert_names(fixture, CLOUD_INIT("profile='web db  web default cache db'", ""),
                 "default web cache db");
    write_profile(fixture, VP_PROFILE_DEFAULT, CLOUD_INIT("", ""));
    assert_names(fixture, CLOUD_INIT("", ""), "default");
    assert_names(fixture, CLOUD_INIT("profile='web db'", ""), "default web db");
    assert_names(fixture, "<sysprep xmlns='" VP_NAMESPACE "'/>", "");
    assert_names(fixture, "<other xmlns='urn:other'/>", "");
}

/* As many as a definition has room for, before any check of it: the hook runs under a lock. */
static void
test_many_names(Fixture *fixture, gconstpointer data)
{
    enum { NAMES = 100000 };
    g_autoptr(GString) metadata = g_string_new("<cloud-init xmlns='" VP_NAMESPACE "' profile='");
    g_autoptr(VpDomain) domain = NULL;
    g_autoptr(GError) error = NULL;
    clock_t start;

    for (guint i = 0; i < NAMES; i++)
        g_string_append_printf(metadata, " a%u", i);
    g_string_append(metadata, "'/>");
    domain = parse(metadata->str);
    start = clock();
    g_assert_null(vp_payload_profile_read(domain, &fixture->conf, &error));
    g_assert_error(error, VP_ERROR, (int)VP_ERROR_QUOTA);
    assert_cputime_below(start, 1);
}

/* --- refused ---------------------------------------------------------------------------------- */

/* expected: with the directory of profiles for each "%s". */
static void
assert_refused_of(const Fixture *fixture, const char *names, VpErrorCode code, const char *expected)
{
    g_autofree char *element =
        g_strdup_printf("<cloud-init xmlns='" VP_NAMESPACE "' profile='%s'/>", names);
    g_autoptr(VpDomain) domain = parse(element);
    g_auto(GStrv) parts = g_strsplit(expected, "%s", -1);
    g_autofree char *message = g_strjoinv(fixture->conf.profiles_directory, parts);
    g_autoptr(GError) error = NULL;

    g_assert_null(vp_payload_profile_read(domain, &fixture->conf, &error));
    g_assert_error(error, VP_ERROR, (int)code);
    g_assert_cmpstr(error->message, ==, message);
}

static void
assert_refused(const Fixture *fixture, VpErrorCode code, const char *expected)
{
    assert_refused_of(fixture, "web", code, expected);
}

#define NOT_OURS                                                                                   \
    "profile %s/web.xml: is not a cloud-init element of " VP_NAMESPACE                             \
    " without an attribute 'profile'"

static void
test_broken(Fixture *fixture, gconstpointer data)
{
    static const struct {
        const char *text;
        VpErrorCode code;
        const char *message;
    } cases[] = {
        {"<html/>", VP_ERROR_REFERENCE, NOT_OURS},
        {"<cloud-init/>", VP_ERROR_REFERENCE, NOT_OURS},
        {"<sysprep xmlns='" VP_NAMESPACE "'/>", VP_ERROR_REFERENCE, NOT_OURS},
        {CLOUD_INIT("profile='db'", ""), VP_ERROR_REFERENCE, NOT_OURS},
        {"", VP_ERROR_REFERENCE, "profile %s/web.xml: domain XML (line 1): is empty"},
        {"<cloud-init>", VP_ERROR_REFERENCE,
         "profile %s/web.xml: domain XML (line 1): ends before its elements do"},
        {CLOUD_INIT("", "<nonsense/>"), VP_ERROR_UNKNOWN,
         "with the fields of profile web: cloud-init (line 1): has an unknown element 'nonsense'"},
        {CLOUD_INIT("", ZONE("UTC") "\n" ZONE("UTC")), VP_ERROR_DUPLICATE,
         "with the fields of profile web: cloud-init/timezone (line 2): is already given on line "
         "1; give it once"},
        {CLOUD_INIT("", "<user name='a'>\n<shell>/a</shell>\n<shell>/b</shell></user>"),
         VP_ERROR_DUPLICATE,
         "with the fields of profile web: cloud-init/user/shell (line 3): is already given on line "
         "2; give it once"},
        {CLOUD_INIT("", "<user name='a'/>\n<user name='a'/>"), VP_ERROR_DUPLICATE,
         "with the fields of profile web: cloud-init/user (line 2): has the name of the user on "
         "line 1; merge the two"},
        {CLOUD_INIT("", LINK("lan0") "\n" RAW), VP_ERROR_CONFLICT,
         "with the fields of profile web: cloud-init/network-config (line 2): excludes "
         "cloud-init/network (line 1); give one of the two"},
        {CLOUD_INIT("", "<hostname>a b</hostname>"), VP_ERROR_HOSTNAME,
         "with the fields of profile web: cloud-init/hostname (line 1): has a space; use letters, "
         "digits, '-' and '.'"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].text);
        write_profile(fixture, "web", cases[i].text);
        assert_refused(fixture, cases[i].code, cases[i].message);
    }
}

/* Whichever of them it is in. */
static void
test_broken_default(Fixture *fixture, gconstpointer data)
{
    write_profile(fixture, "web", CLOUD_INIT("", ZONE("UTC")));
    write_profile(fixture, VP_PROFILE_DEFAULT, CLOUD_INIT("", INSTALL("a b")));
    assert_refused(fixture, VP_ERROR_VALUE,
                   "with the fields of profile default, web: cloud-init/package (line 1): is not a "
                   "package name; it has no spaces and does not begin with '-', '/' or '.'");
}

static void
test_missing(Fixture *fixture, gconstpointer data)
{
    assert_refused(fixture, VP_ERROR_REFERENCE, "profile: no such file: %s/web.xml");
    g_assert_cmpint(rmdir(fixture->conf.profiles_directory), ==, 0);
    assert_refused(fixture, VP_ERROR_REFERENCE, "profile: no such file: %s/web.xml");
    assert_refused_of(fixture, "default", VP_ERROR_REFERENCE,
                      "profile: no such file: %s/default.xml");
    g_assert_cmpint(mkdir(fixture->conf.profiles_directory, 0755), ==, 0);
}

/* As the hook: root, and no other user's rights. */
static void
drop_capabilities(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};

    g_assert_cmpint(syscall(SYS_capset, &header, none), ==, 0);
}

static void
test_unreachable_default(Fixture *fixture, gconstpointer data)
{
    int status;
    pid_t child;

    if (geteuid() != 0) {
        g_test_skip("not root");
        return;
    }
    write_profile(fixture, VP_PROFILE_DEFAULT, CLOUD_INIT("", ""));
    g_assert_cmpint(chown(fixture->conf.profiles_directory, 1, 1), ==, 0);
    g_assert_cmpint(chmod(fixture->conf.profiles_directory, 0700), ==, 0);
    child = fork();
    if (child == 0) {
        g_autoptr(VpDomain) domain = parse(CLOUD_INIT("", ""));
        g_autoptr(GError) error = NULL;

        drop_capabilities();
        g_assert_null(vp_payload_profile_read(domain, &fixture->conf, &error));
        g_assert_nonnull(strstr(error->message, "owned or writable by others"));
        _exit(0);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_cmpint(status, ==, 0);
}

#define EXPOSED "profile %s/web.xml: others may write to the file; chown root, chmod go-w"

static void
test_unsafe(Fixture *fixture, gconstpointer data)
{
    g_autofree char *path = write_file(fixture, "web.xml", CLOUD_INIT("", ""));

    g_assert_cmpint(chmod(path, 0664), ==, 0);
    assert_refused(fixture, VP_ERROR_REFERENCE, EXPOSED);
    g_assert_cmpint(chmod(path, 0646), ==, 0);
    assert_refused(fixture, VP_ERROR_REFERENCE, EXPOSED);
    g_assert_cmpint(chmod(path, 0644) | chmod(fixture->conf.profiles_directory, 0775), ==, 0);
    assert_refused(fixture, VP_ERROR_REFERENCE,
                   "profile %s/web.xml: a directory on its path is owned or writable by others; "
                   "below %s chown root, chmod go-w");
    g_assert_cmpint(chmod(fixture->conf.profiles_directory, 0755), ==, 0);
    if (geteuid() == 0) {
        g_assert_cmpint(chown(path, 1, 0), ==, 0);
        assert_refused(fixture, VP_ERROR_REFERENCE, EXPOSED);
    }
}

static void
test_irregular(Fixture *fixture, gconstpointer data)
{
    g_autofree char *other = write_file(fixture, "other", CLOUD_INIT("", ""));
    g_autofree char *path = g_build_filename(fixture->conf.profiles_directory, "web.xml", NULL);
    g_autofree char *large = g_strnfill(VP_XML_MAX_BYTES + 1, ' ');

    g_assert_cmpint(symlink("other", path), ==, 0);
    assert_refused(
        fixture, VP_ERROR_REFERENCE,
        "profile %s/web.xml: its path has a link, or a file where a directory should be");
    g_assert_cmpint(unlink(path) | mkfifo(path, 0600), ==, 0);
    assert_refused(fixture, VP_ERROR_REFERENCE, "profile %s/web.xml: is not a regular file");
    g_assert_cmpint(unlink(path), ==, 0);
    write_profile(fixture, "web", large);
    assert_refused(fixture, VP_ERROR_REFERENCE, "profile %s/web.xml: is too large");
}

/* Beside the directory there is a file that would be a good profile. */
static void
test_names_that_leave(Fixture *fixture, gconstpointer data)
{
    static const char *const names[] = {"../web", "/web", "sub/web", ".web", "web/../../web"};
    g_autofree char *outside = write_file(fixture, "../web.xml", CLOUD_INIT("", ZONE("UTC")));

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *element = g_strdup_printf(CLOUD_INIT("profile='%s'", ""), names[i]);
        g_autoptr(VpDomain) domain = parse(element);
        g_autoptr(GError) error = NULL, shown = NULL;

        g_test_message("%s", names[i]);
        g_assert_null(vp_payload_profile_read(domain, &fixture->conf, &error));
        g_assert_error(error, VP_ERROR, VP_ERROR_VALUE);
        g_assert_cmpstr(error->message, ==,
                        "cloud-init/@profile (line 2): has a name that is not a profile's; use "
                        "letters, digits, '.', '_' and '-', and spaces between several names");
        g_assert_false(vp_payload_profile_apply(domain, &fixture->conf, &shown));
        g_assert_error(shown, VP_ERROR, VP_ERROR_REFERENCE);
    }
}

/* --- the directory ---------------------------------------------------------------------------- */

static void
note(const char *path, const char *message, gpointer data)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *line = g_strdup_printf("%s: %s", name, message);

    g_ptr_array_add(data, g_steal_pointer(&line));
}

static gint
compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
test_directory(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *path = write_file(fixture, "exposed.xml", CLOUD_INIT("", ""));
    g_autofree char *backup = write_file(fixture, "web.xml.bak", "<html/>");

    g_assert_cmpint(chmod(path, 0666), ==, 0);
    write_profile(fixture, "good", CLOUD_INIT("", ""));
    write_profile(fixture, "html", "<html/>");
    vp_payload_profile_check(&fixture->conf, note, told);
    g_ptr_array_sort(told, compare);
    g_assert_cmpuint(told->len, ==, 2);
    g_assert_cmpstr(told->pdata[0], ==,
                    "exposed.xml: others may write to the file; chown root, chmod go-w");
    g_assert_cmpstr(told->pdata[1], ==,
                    "html.xml: is not a cloud-init element of " VP_NAMESPACE
                    " without an attribute 'profile'");
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *, gconstpointer);
    } tests[] = {
        {"/profile/names", test_names},
        {"/profile/broken", test_broken},
        {"/profile/shown", test_shown},
        {"/profile/broken-default", test_broken_default},
        {"/profile/missing", test_missing},
        {"/profile/unsafe", test_unsafe},
        {"/profile/irregular", test_irregular},
        {"/profile/leave", test_names_that_leave},
        {"/profile/directory", test_directory},
        {"/profile/many-names", test_many_names},
        {"/profile/unreachable-default", test_unreachable_default},
    };

    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(merged); i++) {
        g_autofree char *path = g_strconcat("/profile/merged/", merged[i].name, NULL);

        g_test_add(path, Fixture, &merged[i], set_up, test_merged, tear_down);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
