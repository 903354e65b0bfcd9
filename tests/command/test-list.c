/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload list: what its row says of a guest, for each way in which the run, the definition, a
 * managed save and the image may differ. */
#include <config.h>

#include "command/commands.h"
#include "libvirt/fake-command.h"

#define WEB2 PAYLOAD("<p:hostname>web2</p:hostname>")
#define EACH_CHANGE(name)                                                                          \
    "<p:cloud-init xmlns:p='" VP_NAMESPACE "' instance-id='content'><p:hostname>" name             \
    "</p:hostname></p:cloud-init>"
#define INVALID PAYLOAD("<p:hostname>a b</p:hostname>")
#define WITH_PROFILE(names)                                                                        \
    "<p:cloud-init xmlns:p='" VP_NAMESPACE "' profile='" names "'><p:hostname>web1</p:hostname>"   \
    "</p:cloud-init>"
#define PROFILE(zone)                                                                              \
    "<cloud-init xmlns='" VP_NAMESPACE "'><timezone>" zone "</timezone></cloud-init>"
#define ROOM "<controller type='scsi' model='virtio-scsi'/>"
#define DRIVE_THERE ROOM CDROM("sdz", "sata")
#define FOREIGN DRIVE("cdrom", "@/66666666-7777-4888-8999-aaaaaaaaaaaa.img", "sdz", "sata")

typedef enum { HAS_IMAGE = 1, ELSEWHERE = 2 } State;

typedef struct {
    const char *name;
    const char *live, *live_devices; /* metadata and devices of the run; NULL: shut off */
    const char *config, *devices;    /* and of the definition */
    const char *expected;            /* its row, without the name; NULL: none */
    guint state;
    VpAttach attach;
    const char *saved;   /* metadata of the managed save, which has the drive */
    const char *profile; /* web.xml */
} Case;

static FakeGuest fixture;

static char *
definition(const char *attributes, const char *metadata, const char *devices)
{
    g_autofree char *xml = fake_definition(attributes, metadata, devices);

    return fake_with_directory(&fixture, xml);
}

static void
set_up(const Case *given, char **saved)
{
    g_autofree char *config = fake_definition("", given->config, given->devices);
    g_autofree char *live =
        given->live != NULL ? fake_definition(" id='1'", given->live, given->live_devices) : NULL;

    fake_set_up(&fixture, live, config);
    *saved = given->saved != NULL ? definition("", given->saved, DRIVE_THERE) : NULL;
    fake.saved = *saved;
    fixture.conf.attach = given->attach;
    if ((given->state & HAS_IMAGE) != 0)
        fake_put_file(&fixture, IMAGE, "image");
    if ((given->state & ELSEWHERE) != 0)
        fixture.conf.uri = NULL;
    if (given->profile != NULL)
        fake_put_file(&fixture, "web.xml", given->profile);
}

/* Its row without the name, blanks squeezed; NULL: there is none. The driver's own guest, "test",
 * has the same definitions here. */
static char *
row_of(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GRegex) blanks = g_regex_new("  +", 0, 0, NULL);
    g_autofree char *row = NULL;

    for (guint i = 0; lines[i] != NULL; i++) {
        if (!g_str_has_prefix(lines[i], "web1 "))
            continue;
        g_assert_null(row);
        row = g_regex_replace_literal(blanks, lines[i], -1, 0, "|", 0, NULL);
    }
    return row != NULL ? g_strdup(row + strlen("web1|")) : NULL;
}

static void
test_case(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *saved = NULL, *text = NULL, *row = NULL;

    set_up(given, &saved);
    text = fake_run(&fixture, &vp_command_list, "");
    row = row_of(text);
    g_assert_cmpstr(row, ==, given->expected);
    fake_tear_down(&fixture);
}

#define OFF(config, devices) NULL, NULL, config, devices
#define RUNS(metadata, devices) metadata, devices, metadata, devices

static const Case cases[] = {
    {"off", OFF(WEB1, ROOM), "shut off|config-drive|at start|-|next start"},
    {"off-persistent", OFF(WEB1, ROOM), "shut off|config-drive|at start|-|next start",
     .attach = VP_ATTACH_PERSISTENT},
    {"off-refused", OFF(WEB1, ROOM),
     "shut off|config-drive|none|-|invalid|its start will be refused: has a payload and no drive "
     "for it; run: virt-payload attach web1",
     .attach = VP_ATTACH_REFUSE},
    {"off-without-a-drive", OFF(WEB1, ROOM),
     "shut off|config-drive|none|-|no drive|has no payload drive, and with attach = off it gets "
     "none; run: virt-payload attach web1",
     .attach = VP_ATTACH_OFF},
    {"off-without-room", OFF(WEB1, ""),
     "shut off|config-drive|none|-|invalid|its start will be refused: the payload drive cannot be "
     "hot-plugged: the guest has no virtio-scsi controller, no free PCI port and no free USB port; "
     "run: virt-payload attach web1"},
    {"off-with-the-drive", OFF(WEB1, DRIVE_THERE), "shut off|config-drive|sdz (sata)|-|next start"},
    {"off-with-an-image", OFF(WEB1, DRIVE_THERE),
     "shut off|config-drive|sdz (sata)|there|next start", HAS_IMAGE},
    {"off-invalid", OFF(INVALID, DRIVE_THERE),
     "shut off|-|sdz (sata)|-|invalid|its start will be refused: cloud-init/hostname (line 1): has "
     "a space; use letters, digits, '-' and '.'"},
    {"off-no-payload", OFF("", ""), NULL},
    {"off-no-payload-but-its-drive", OFF("", DRIVE_THERE),
     "shut off|-|sdz (sata)|-|none|its start will be refused: drive sdz is a payload drive, but "
     "the metadata has no payload; run: virt-payload detach web1"},
    {"off-no-payload-but-another-guest's-drive", OFF("", FOREIGN),
     "shut off|-|sdz (sata)|-|none|its start will be refused: drive sdz shows an image that is not "
     "this guest's payload; run: virt-payload detach web1"},
    {"off-nocloud", OFF("<p:cloud-init xmlns:p='" VP_NAMESPACE "' datasource='nocloud'/>", ROOM),
     "shut off|nocloud|at start|-|next start"},
    {"off-sysprep", OFF("<p:sysprep xmlns:p='" VP_NAMESPACE "'/>", DRIVE_THERE),
     "shut off|sysprep|sdz (sata)|-|next start"},
    {"off-saved-with-the-same", OFF(WEB1, DRIVE_THERE),
     "shut off|config-drive|sdz (sata)|-|next start", .saved = WEB1},
    {"off-saved-with-another", OFF(WEB2, DRIVE_THERE),
     "shut off|config-drive|sdz (sata)|-|pending|has a managed save, so its next start resumes "
     "with the payload of that time; to boot with the present one, discard the save and its "
     "memory; run: virsh managedsave-remove web1",
     .saved = WEB1},

    {"runs", RUNS(WEB1, DRIVE_THERE), "running|config-drive|sdz (sata)|there|current", HAS_IMAGE},
    {"runs-without-its-image", RUNS(WEB1, DRIVE_THERE),
     "running|config-drive|sdz (sata)|missing|current|drive sdz of the running guest shows an "
     "image that is no longer there; run: virt-payload update web1"},
    {"runs-without-a-drive", RUNS(WEB1, ROOM), "running|config-drive|none|-|no drive"},
    {"runs-hot-plugged", WEB1, DRIVE_THERE, WEB1, ROOM,
     "running|config-drive|sdz (sata)|there|current", HAS_IMAGE},
    {"runs-changed", WEB1, DRIVE_THERE, WEB2, DRIVE_THERE,
     "running|config-drive|sdz (sata)|there|unread", HAS_IMAGE},
    {"runs-changed-to-a-new-instance", EACH_CHANGE("web1"), DRIVE_THERE, EACH_CHANGE("web2"),
     DRIVE_THERE, "running|config-drive|sdz (sata)|there|pending", HAS_IMAGE},
    {"runs-given-a-payload", "", "", WEB1, ROOM, "running|config-drive|none|-|pending"},
    {"runs-its-payload-removed", WEB1, DRIVE_THERE, "", "",
     "running|config-drive|sdz (sata)|there|pending", HAS_IMAGE},
    {"runs-invalid-at-its-next-start", WEB1, DRIVE_THERE, INVALID, DRIVE_THERE,
     "running|-|sdz (sata)|there|invalid|its next start will be refused: cloud-init/hostname (line "
     "1): has a space; use letters, digits, '-' and '.'",
     HAS_IMAGE},
    {"runs-no-payload", RUNS("", ""), NULL},
    {"runs-elsewhere", RUNS(WEB1, DRIVE_THERE), "running|config-drive|sdz (sata)|missing|current",
     ELSEWHERE},
    {"runs-elsewhere-changed", WEB1, DRIVE_THERE, WEB2, DRIVE_THERE,
     "running|config-drive|sdz (sata)|missing|unread", ELSEWHERE},

    {"profile", OFF(WITH_PROFILE("web"), ROOM), "shut off|config-drive|at start|-|next start|web",
     .profile = PROFILE("UTC")},
    {"profile-missing", OFF(WITH_PROFILE("web"), ROOM),
     "shut off|-|none|-|invalid|web|its start will be refused: profile: no such file: @/web.xml"},
    {"profile-invalid", OFF(WITH_PROFILE("web"), ROOM),
     "shut off|-|none|-|invalid|web|its start will be refused: with the fields of profile web: "
     "cloud-init/timezone (line 1): is not a time zone; give its name, as in 'Europe/Vienna'",
     .profile = PROFILE("a b")},
    {"profiles-in-their-order", OFF(WITH_PROFILE("web default web"), ROOM),
     "shut off|-|none|-|invalid|default web|its start will be refused: profile: no such file: "
     "@/default.xml",
     .profile = PROFILE("UTC")},
    {"profile-missing-at-its-next-start", WITH_PROFILE("web"), DRIVE_THERE, WITH_PROFILE("other"),
     DRIVE_THERE,
     "running|-|sdz (sata)|there|invalid|web|its next start will be refused: profile: no such "
     "file: @/other.xml",
     HAS_IMAGE, .profile = PROFILE("UTC")},
};

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/list/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    return g_test_run();
}
