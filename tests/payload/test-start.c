/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which starts are refused, in which words, and what is made for the others. */
#include <config.h>

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "parse-domain.h"
#include "payload/payload.h"
#include "payload/profile.h"
#include "payload/start.h"
#include "remove-tree.h"
#include "spec/spec.h"

#define UUID "11111111-2222-4333-8444-555555555555"
#define OTHER "11111111-2222-4333-8444-555555555556"
#define HASH "0123456789abcdef0123456789abcdef"
#define Q35 "pc-q35-7.2"
#define OURS(attributes)                                                                           \
    "<metadata><cloud-init xmlns='" VP_NAMESPACE "' " attributes "/></metadata>"
#define SYSPREP(attributes)                                                                        \
    "<metadata><sysprep xmlns='" VP_NAMESPACE "' " attributes "/></metadata>"
#define OVIRT                                                                                      \
    "<metadata><vm xmlns='http://ovirt.org/vm/1.0'><device devtype='disk' name='hdc'><payload>"    \
    "<volId>config-2</volId><file path='a'>YQ==</file></payload></device></vm></metadata>"
#define DISK(target, bus)                                                                          \
    "<disk type='file' device='disk'><target dev='" target "' bus='" bus "'/></disk>"
#define DRIVE(path)                                                                                \
    "<disk type='file' device='cdrom'><source file='" path "'/><target dev='hdc' bus='ide'/>"      \
    "<readonly/></disk>"
#define OWN_DISK(path)                                                                             \
    "<disk type='file' device='disk'><source file='" path "'/><target dev='vda' bus='virtio'/>"    \
    "</disk>"
#define ROOM "<controller type='scsi' index='0' model='virtio-scsi'/>"
#define FULL_IDE DISK("hda", "ide") DISK("hdb", "ide") DISK("hdc", "ide") DISK("hdd", "ide")
#define NO_ROOM                                                                                    \
    "the payload drive cannot be hot-plugged: the guest has no virtio-scsi controller, no free "   \
    "PCI port and no free USB port; run: virt-payload attach web1"
#define NO_TARGET                                                                                  \
    "@bus: bus ide of the guest has no free target after the guest's own disks; name another bus"
#define ISAPC_FLOPPY "@bus: a guest of machine type isapc can have only a floppy; "
#define FOREIGN "drive hdc shows an image that is not this guest's payload; run: virt-payload "
#define ORPHAN "drive hdc is a payload drive, but the metadata has no payload; run: virt-payload "
#define ELSEWHERE                                                                                  \
    "its drive points outside the configured payload directory; run: virt-payload attach web1"
#define VDSM                                                                                       \
    "its drive shows an image that oVirt's host agent would create, and neither is on this host; " \
    "run: virt-payload attach web1"

typedef struct {
    const char *name;
    const char *metadata, *devices; /* @: the payload directory */
    const char *expected;           /* the message, or the names of the images */
    const char *machine;            /* NULL: Q35 */
    VpAttach attach;
} Case;

typedef struct {
    char *top;
    VpConf conf;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->top = g_dir_make_tmp("vp-start-XXXXXX", NULL);
    fixture->conf.directory = g_build_filename(fixture->top, "payload", NULL);
    fixture->conf.secrets_directory = g_build_filename(fixture->top, "none", NULL);
    fixture->conf.files_directory = g_strdup(fixture->conf.secrets_directory);
    fixture->conf.profiles_directory = g_strdup(fixture->conf.secrets_directory);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    remove_tree(fixture->top);
    g_free(fixture->top);
    g_free(fixture->conf.directory);
    g_free(fixture->conf.secrets_directory);
    g_free(fixture->conf.files_directory);
    g_free(fixture->conf.profiles_directory);
}

/* With the payload directory for each '@'. */
static char *
fill(const Fixture *fixture, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "@", -1);

    return g_strjoinv(fixture->conf.directory, parts);
}

static char *
write_definition(const Fixture *fixture, const Case *given)
{
    g_autofree char *devices = fill(fixture, given->devices);

    return g_strconcat("<domain type='kvm'><name>web1</name><uuid>" UUID "</uuid>", given->metadata,
                       "<os><type arch='x86_64' machine='",
                       given->machine != NULL ? given->machine : Q35, "'>hvm</type></os><devices>",
                       devices, "</devices></domain>", NULL);
}

static VpDomain *
parse(const Fixture *fixture, const Case *given)
{
    g_autofree char *xml = write_definition(fixture, given);

    return parse_domain(xml);
}

static void
make_file(const Fixture *fixture, const char *name)
{
    g_autofree char *path = g_build_filename(fixture->conf.directory, name, NULL);

    g_assert_true(g_file_set_contents(path, "x", 1, NULL));
}

static void
make_directory(const Fixture *fixture)
{
    g_assert_cmpint(mkdir(fixture->conf.directory, 0711), ==, 0);
}

/* "UUID.img UUID-hdd.img", or the message. */
static char *
build(const Fixture *fixture, const VpStart *start, const Case *given)
{
    g_autoptr(VpDomain) domain = parse(fixture, given);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) payloads = vp_payload_start_build(start, domain, &error);
    g_autoptr(GString) names = g_string_new("");

    if (payloads == NULL)
        return g_strdup(error->message);
    g_assert_no_error(error);
    for (guint i = 0; i < payloads->len; i++)
        g_string_append_printf(names, "%s%s", i > 0 ? " " : "",
                               ((VpPayload *)payloads->pdata[i])->name);
    return g_string_free(g_steal_pointer(&names), FALSE);
}

/* --- a defined guest that boots --------------------------------------------------------------- */

static const Case starts[] = {
    {"a guest without payload", "", DISK("vda", "virtio"), ""},
    {"its drive in the definition", OURS(""), DRIVE("@/" UUID ".img"), UUID ".img"},
    {"room to hot-plug", OURS(""), ROOM, UUID ".img"},
    {"no room to hot-plug", OURS(""), DISK("vda", "virtio"), NO_ROOM},
    {"no room, persistent", OURS(""), "", NO_ROOM, .attach = VP_ATTACH_PERSISTENT},
    {"no room, but attach is off", OURS(""), "", UUID ".img", .attach = VP_ATTACH_OFF},
    {"room, but attach is refuse", OURS(""), ROOM,
     "has a payload and no drive for it; run: virt-payload attach web1",
     .attach = VP_ATTACH_REFUSE},
    {"a drive, and attach is refuse", OURS(""), DRIVE("@/" UUID ".img"), UUID ".img",
     .attach = VP_ATTACH_REFUSE},
    {"a disk of its own under that name", OURS(""), OWN_DISK("/images/" UUID ".img"), NO_ROOM},

    {"a target in use", OURS("target='vda'"), DISK("vda", "virtio"),
     "@target: is used by another disk of the guest, or is beyond the last target of bus virtio; "
     "leave it out to use a free one; run: virt-payload unset web1 target"},
    {"a bus without a target left", OURS("bus='ide'"), FULL_IDE,
     NO_TARGET "; run: virt-payload unset web1 bus", .machine = "pc-i440fx-7.2"},

    {"another guest's image", OURS(""), DRIVE("@/" OTHER ".img"), FOREIGN "attach web1"},
    {"another's image and no payload", "", DRIVE("@/" OTHER ".img"), FOREIGN "detach web1"},
    {"its image and no payload", "", DRIVE("@/" UUID ".img"), ORPHAN "detach web1"},
    {"an image elsewhere", OURS(""), DRIVE("/elsewhere/" UUID ".img"), ELSEWHERE},
    {"an image elsewhere and no payload", "", DRIVE("/elsewhere/" UUID ".img"), ""},
    {"an overlay that is gone", OURS(""), DRIVE("@/" UUID ".gone") ROOM, FOREIGN "attach web1"},
    {"its own overlay", OURS(""), DRIVE("@/" UUID ".snapshot") ROOM, UUID ".img"},
    {"another guest's overlay", OURS(""), DRIVE("@/" OTHER ".snapshot") ROOM,
     FOREIGN "attach web1"},
    {"another's image after its own overlay", OURS(""),
     "<disk type='file' device='cdrom'><source file='@/" UUID ".snapshot'/>"
     "<target dev='hdb' bus='ide'/></disk>" DRIVE("@/" OTHER ".img"),
     FOREIGN "attach web1"},

    {"VDSM's image that it has made", OVIRT, DRIVE("@/" OTHER "." HASH ".img"), ""},
    {"VDSM's image that is not there", OVIRT, DRIVE("/none/" UUID "." HASH ".img"), VDSM},
    {"VDSM's image that has no path yet", OVIRT, DRIVE("PAYLOAD:"), VDSM},
    {"oVirt's payload without its drive", OVIRT, ROOM, UUID ".img"},
    {"our payload beside VDSM's drive", OURS(""), DRIVE("PAYLOAD:"), NO_ROOM},
    {"its own disk in an image's place", OURS(""),
     DRIVE("@/" UUID ".img") OWN_DISK("@/" UUID "-root.img"),
     "one of its own disks has the name of its image in the payload directory @; move the disk, or "
     "configure a directory that is used for nothing else"},

    {"isapc", SYSPREP(""), "", ISAPC_FLOPPY "run: virt-payload set web1 --bus fdc",
     .machine = "isapc"},
    {"isapc and a target", SYSPREP("target='vda'"), "",
     ISAPC_FLOPPY "run: virt-payload set web1 --bus fdc", .machine = "isapc"},
    {"isapc and no floppy for cloud-init", OURS(""), "",
     "@bus: a guest of machine type isapc can have only a floppy, which only sysprep can be on; "
     "choose another machine type",
     .machine = "isapc"},
    {"isapc with a floppy", SYSPREP("bus='fdc'"),
     "<disk type='file' device='floppy'><source file='@/" UUID ".img'/>"
     "<target dev='fda' bus='fdc'/></disk>",
     UUID ".img", .machine = "isapc"},
    {"a bus, and none has a target left", SYSPREP("bus='ide'"),
     FULL_IDE "<controller type='usb' model='none'/>", NO_TARGET, .machine = "pc-i440fx-7.2"},
};

/* What VDSM's own directory says of a host, the test cannot change. */
static gboolean
is_on_ovirt_host(void)
{
    if (!g_file_test("/run/vdsm", G_FILE_TEST_EXISTS))
        return FALSE;
    g_test_skip("this host is oVirt's");
    return TRUE;
}

static void
test_start(Fixture *fixture, gconstpointer data)
{
    const Case *given = data;
    const VpStart start = {.conf = &fixture->conf, .is_defined = TRUE};
    g_autofree char *expected = NULL;
    g_autofree char *result = NULL;

    if (g_str_equal(given->expected, VDSM) && is_on_ovirt_host())
        return;
    fixture->conf.attach = given->attach;
    make_directory(fixture);
    make_file(fixture, UUID ".img");
    make_file(fixture, UUID ".snapshot");
    make_file(fixture, OTHER ".snapshot");
    make_file(fixture, OTHER "." HASH ".img");
    result = build(fixture, &start, given);
    expected =
        given->expected[0] == '@' ? g_strdup(given->expected) : fill(fixture, given->expected);
    g_assert_cmpstr(result, ==, expected);
}

/* --- a guest that libvirt starts -------------------------------------------------------------- */

static gboolean
resumes(const VpDomain *domain, const char *directory)
{
    g_assert_cmpstr(domain->name, ==, "web1");
    g_assert_true(g_str_has_suffix(directory, "/payload"));
    return TRUE;
}

static gboolean
boots(const VpDomain *domain, const char *directory)
{
    return FALSE;
}

/* A note may be taken by who asks: nobody does if the answer does not matter. */
static gboolean
is_not_asked(const VpDomain *domain, const char *directory)
{
    g_assert_not_reached();
}

#define SNAPSHOT " (to revert to a snapshot without the drive, set attach = off for that time)"

static const struct {
    const char *name;
    const char *devices;
    gboolean (*is_resumed)(const VpDomain *domain, const char *directory);
    VpAttach attach;
    const char *expected;
    gboolean is_roots; /* root gets more words */
} resumptions[] = {
    {"a resumed guest without its drive", "", resumes, VP_ATTACH_REFUSE, UUID ".img"},
    {"a booting guest without its drive", "", boots, VP_ATTACH_HOTPLUG, NO_ROOM, TRUE},
    {"a guest of which nothing is known", "", NULL, VP_ATTACH_HOTPLUG, NO_ROOM, TRUE},
    {"a guest with its drive", DRIVE("@/" UUID ".img"), is_not_asked, VP_ATTACH_REFUSE,
     UUID ".img"},
    {"a guest that gets no drive", "", is_not_asked, VP_ATTACH_OFF, UUID ".img"},
    {"a resumed guest with another's image", DRIVE("@/" OTHER ".img"), resumes, VP_ATTACH_HOTPLUG,
     FOREIGN "attach web1 (a definition in a file, with a uuid: virt-payload rewrite --remove "
             "--in-place FILE)"},
};

static void
test_resumption(Fixture *fixture, gconstpointer data)
{
    for (gsize i = 0; i < G_N_ELEMENTS(resumptions); i++) {
        const Case given = {NULL, OURS(""), resumptions[i].devices, NULL};
        const VpStart start = {&fixture->conf, resumptions[i].is_resumed, FALSE};
        g_autofree char *expected =
            g_strconcat(resumptions[i].expected,
                        resumptions[i].is_roots && geteuid() == 0 ? SNAPSHOT : "", NULL);
        g_autofree char *result = NULL;

        g_test_message("%s", resumptions[i].name);
        fixture->conf.attach = resumptions[i].attach;
        result = build(fixture, &start, &given);
        g_assert_cmpstr(result, ==, expected);
    }
    g_assert_false(g_file_test(fixture->conf.directory, G_FILE_TEST_EXISTS));
}

/* --- the check beforehand --------------------------------------------------------------------- */

static gboolean
check(const Fixture *fixture, const Case *given, GError **error)
{
    g_autofree char *xml = write_definition(fixture, given);

    return vp_payload_start_check(xml, strlen(xml), &fixture->conf, error);
}

/* The words and the place that a command prints. */
static void
test_check(Fixture *fixture, gconstpointer data)
{
    static const struct {
        Case given;
        int code;
        const char *path; /* NULL: the message has no place */
        const char *text;
    } cases[] = {
        {{"no drive", OURS(""), ""}, VP_ERROR_DRIVE, NULL, NO_ROOM},
        {{"a secret that is not there",
          "<metadata>\n<cloud-init xmlns='" VP_NAMESPACE "'>\n<user name='root'><password "
          "secret='gone'/></user></cloud-init></metadata>",
          ROOM},
         VP_ERROR_REFERENCE,
         "user/password",
         NULL},
        {{"a field that is not valid",
          "<metadata><cloud-init xmlns='" VP_NAMESPACE "'><hostname>a b</hostname></cloud-init>"
          "</metadata>",
          ROOM},
         VP_ERROR_HOSTNAME,
         "cloud-init/hostname",
         NULL},
        {{"no XML", "<", ""}, VP_ERROR_XML_SYNTAX, "domain XML", NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        const char *path = NULL, *text;

        g_test_message("%s", cases[i].given.name);
        g_assert_false(check(fixture, &cases[i].given, &error));
        g_test_message("%s", error->message);
        g_assert_error(error, VP_ERROR, cases[i].code);
        g_assert_cmpint(vp_error_get_place(error, &path, &text) != NULL, ==, cases[i].path != NULL);
        g_assert_cmpstr(path, ==, cases[i].path);
        if (cases[i].text != NULL)
            g_assert_cmpstr(error->message, ==, cases[i].text);
    }
}

/* A directory that is to be made, one that has the image's place taken, and one that is not safe.
 */
static void
test_check_directory(Fixture *fixture, gconstpointer data)
{
    const Case given = {NULL, OURS(""), ROOM, NULL};
    g_autofree char *image = g_build_filename(fixture->conf.directory, UUID ".img", NULL);
    g_autoptr(GError) error = NULL;
    g_autofree char *unsafe = g_strdup_printf(
        "payload directory %s: others may write to it (mode 0777); run: chmod 0711 %s",
        fixture->conf.directory, fixture->conf.directory);
    g_autofree char *taken =
        g_strdup_printf("payload image %s: a directory is in its place; remove it", image);

    g_assert_true(check(fixture, &given, &error));
    g_assert_false(g_file_test(fixture->conf.directory, G_FILE_TEST_EXISTS));
    make_directory(fixture);
    g_assert_true(check(fixture, &given, &error));
    g_assert_false(g_file_test(image, G_FILE_TEST_EXISTS));
    g_assert_cmpint(mkdir(image, 0700), ==, 0);
    g_assert_false(check(fixture, &given, &error));
    g_assert_cmpstr(error->message, ==, taken);
    g_clear_error(&error);
    g_assert_cmpint(chmod(fixture->conf.directory, 0777), ==, 0);
    g_assert_false(check(fixture, &given, &error));
    g_assert_cmpstr(error->message, ==, unsafe);
}

/* --- which drives ----------------------------------------------------------------------------- */

#define TWO                                                                                        \
    "<metadata><vm xmlns='http://ovirt.org/vm/1.0'><device devtype='disk' name='sda'><payload>"    \
    "<file path='a'>YQ==</file></payload></device><device devtype='disk' name='hdc'><payload>"     \
    "<file path='b'>YQ==</file></payload></device></vm></metadata>"
#define SECOND(path)                                                                               \
    "<disk type='file' device='cdrom'><source file='" path "'/><target dev='sda' bus='sata'/>"     \
    "</disk>"

/* "UUID.img UUID-hdc.img" */
static char *
names_of(const GPtrArray *specs)
{
    GString *names = g_string_new("");

    for (guint i = 0; i < specs->len; i++) {
        g_autofree char *name = vp_spec_image_name(specs->pdata[i]);

        g_string_append_printf(names, "%s%s", i > 0 ? " " : "", name);
    }
    return g_string_free(names, FALSE);
}

static void
test_drives(Fixture *fixture, gconstpointer data)
{
    static const struct {
        const char *name, *metadata, *devices;
        const char *missing; /* specs whose drive is not there */
        const char *left;    /* specs that are not VDSM's */
        gboolean is_bare;    /* if attach is off */
    } cases[] = {
        {"no payload", "", "", "", "", FALSE},
        {"no drive", OURS(""), "", UUID ".img", UUID ".img", TRUE},
        {"a drive", OURS(""), DRIVE("/x/" UUID ".img"), "", UUID ".img", FALSE},
        {"another's drive", OURS(""), DRIVE("/x/" OTHER ".img"), UUID ".img", UUID ".img", TRUE},
        {"VDSM's drive", OVIRT, DRIVE("PAYLOAD:"), UUID ".img", "", FALSE},
        {"VDSM's drive for ours", OURS(""), DRIVE("PAYLOAD:"), UUID ".img", UUID ".img", TRUE},
        {"one of two drives", TWO, DRIVE("/x/" UUID "-hdc.img"), UUID ".img",
         UUID ".img " UUID "-hdc.img", TRUE},
        {"both drives", TWO, DRIVE("/x/" UUID "-hdc.img") SECOND("/x/" UUID ".img"), "",
         UUID ".img " UUID "-hdc.img", FALSE},
        {"VDSM's both", TWO, DRIVE("/x/" UUID "." HASH ".img") SECOND("PAYLOAD:"),
         UUID ".img " UUID "-hdc.img", "", FALSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const Case given = {NULL, cases[i].metadata, cases[i].devices, NULL};
        g_autoptr(VpDomain) domain = parse(fixture, &given);
        g_autoptr(GPtrArray) specs = vp_payload_profile_read(domain, &fixture->conf, NULL);
        g_autoptr(GPtrArray) missing = vp_payload_start_missing(domain, specs);
        g_autofree char *names = names_of(missing);
        g_autofree char *left = NULL;

        g_test_message("%s", cases[i].name);
        g_assert_cmpstr(names, ==, cases[i].missing);
        fixture->conf.attach = VP_ATTACH_HOTPLUG;
        g_assert_false(vp_payload_start_is_bare(domain, specs, &fixture->conf));
        fixture->conf.attach = VP_ATTACH_OFF;
        g_assert_cmpint(vp_payload_start_is_bare(domain, specs, &fixture->conf), ==,
                        cases[i].is_bare);
        vp_payload_start_leave_to_vdsm(domain, specs);
        left = names_of(specs);
        g_assert_cmpstr(left, ==, cases[i].left);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(starts); i++) {
        g_autofree char *path = g_strdup_printf("/start/%s", starts[i].name);

        g_test_add(path, Fixture, &starts[i], set_up, test_start, tear_down);
    }
    g_test_add("/start/resumption", Fixture, NULL, set_up, test_resumption, tear_down);
    g_test_add("/start/check", Fixture, NULL, set_up, test_check, tear_down);
    g_test_add("/start/check-directory", Fixture, NULL, set_up, test_check_directory, tear_down);
    g_test_add("/start/drives", Fixture, NULL, set_up, test_drives, tear_down);
    return g_test_run();
}
