/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A running guest's payload, replaced: image, drive and metadata change together or not at all. */
#include <config.h>

#include "base/error.h"
#include "libvirt/fake-libvirt.h"
#include "libvirt/update.h"
#include "payload/payload.h"
#include "payload/profile.h"

#define OTHER "66666666-7777-4888-8999-aaaaaaaaaaaa"
#define WEB2 PAYLOAD("<p:hostname>web2</p:hostname>")
#define ROOT DISK("/srv/root.img", "vda", "virtio")
#define PORTS "<controller type='pci' index='1' model='pcie-root-port'/>"
#define SATA CDROM("sdz", "sata")
#define SCSI CDROM("sdz", "scsi")
#define VIRTIO DRIVE("disk", "@/" IMAGE, "vdz", "virtio")

typedef enum { SHUT_OFF = 1, TRANSIENT = 2, ELSEWHERE = 4, LOCKED = 8, NO_ROOM = 16 } State;
typedef enum { OLD, NEW } Which;

typedef struct {
    const char *name;
    const char *live;      /* devices */
    const char *next;      /* metadata of the definition; NULL: the hostname "web2" */
    const char *expected;  /* what was done, or the error's message */
    const char *calls;     /* what libvirt is asked to change */
    Which image, metadata; /* the running guest's, afterwards */
    guint flags;
    guint state;
    VpErrorCode error;
    const char *refused;
    guint refusals;
    int polls;
    const char *metadata_before; /* of the running guest; NULL: the hostname "web1" */
} Case;

static FakeGuest fixture;

/* --- one case --------------------------------------------------------------------------------- */

/* As the hook does it at the start. */
static void
make_image(void)
{
    g_autoptr(VpDomain) domain = parse_domain(fake.live);
    g_autoptr(GPtrArray) specs = vp_payload_profile_read(domain, &fixture.conf, NULL);
    g_autoptr(GPtrArray) payloads = NULL;

    payloads = vp_payload_build_all(specs, &fixture.conf, NULL);
    g_assert_true(vp_payload_store_all(payloads, domain, &fixture.conf, NULL));
}

static void
set_up(const Case *given)
{
    g_autofree char *live = fake_definition(" id='2'", given->metadata_before, given->live);
    g_autofree char *config =
        fake_definition("", given->next != NULL ? given->next : WEB2, given->live);
    g_autofree char *path = NULL;

    fake_set_up(&fixture, (given->state & SHUT_OFF) != 0 ? NULL : live, config);
    if ((given->state & SHUT_OFF) == 0)
        make_image();
    if ((given->state & NO_ROOM) != 0) {
        path = g_build_filename(fixture.directory, IMAGE, NULL);
        g_assert_cmpint(remove(path), ==, 0);
        g_assert_cmpint(g_mkdir_with_parents(path, 0700), ==, 0);
    }
    if ((given->state & TRANSIENT) != 0)
        g_assert_cmpint(virDomainUndefine(fixture.domain), ==, 0);
    if ((given->state & ELSEWHERE) != 0)
        fixture.conf.uri = NULL;
    fake.is_locked = (given->state & LOCKED) != 0;
    fake.refused = given->refused;
    fake.refusals = given->refusals;
    fake.polls = given->polls;
}

static char *
describe(const VpUpdateResult *result)
{
    static const char *const words[] = {[VP_UPDATE_NONE] = "none",
                                        [VP_UPDATE_MEDIA] = "media",
                                        [VP_UPDATE_REPLUGGED] = "replugged",
                                        [VP_UPDATE_PLUGGED] = "plugged"};

    return g_strconcat(words[result->kind], result->target != NULL ? " " : "", result->target,
                       NULL);
}

static void
assert_guest(const Case *given)
{
    g_assert_cmpstr(fake.calls->str, ==, given->calls != NULL ? given->calls : "");
    if ((given->state & (SHUT_OFF | NO_ROOM)) == 0)
        g_assert_true(fake_has_file(&fixture, IMAGE, given->image == NEW ? "web2" : "web1"));
    if (fake.live != NULL)
        g_assert_cmpint(strstr(fake.live, "web2") != NULL, ==, given->metadata == NEW);
}

static void
test_case(gconstpointer data)
{
    const Case *given = data;
    g_auto(VpUpdateResult) result = {(VpUpdateKind)99, NULL};
    g_autoptr(GError) error = NULL;
    g_autofree char *told = NULL;

    set_up(given);
    if (vp_virt_update_from_definition(fixture.guest, &fixture.conf, given->flags, &result,
                                       &error)) {
        told = describe(&result);
    } else {
        g_assert_error(error, VP_ERROR, (int)given->error);
        g_assert_cmpint((int)result.kind, ==, 99);
        g_assert_null(result.target);
        told = fake_without_directory(&fixture, error->message);
    }
    g_assert_cmpstr(told, ==, given->expected);
    assert_guest(given);
    fake_tear_down(&fixture);
}

/* --- what is done ----------------------------------------------------------------------------- */

#define OUT_AND_IN(drive)                                                                          \
    "update live " drive " -\nupdate live force " drive " " IMAGE "\nmetadata live\n"
#define UNPLUGGED(drive) "detach live " drive " " IMAGE "\n"
#define PLUGGED(drive) "attach live " drive " " IMAGE "\n"

static const Case done[] = {
    {"same-payload", SATA, WEB1, "none"},
    {"same-image-other-metadata", SATA,
     "<cloud-init xmlns='" VP_NAMESPACE "' target='sdz'><hostname>web1</hostname></cloud-init>",
     "none", "metadata live\n"},
    {"cdrom", SATA, NULL, "media sdz", OUT_AND_IN("sdz cdrom/sata"), NEW, NEW},
    {"floppy", DRIVE("floppy", "@/" IMAGE, "fda", "fdc"), NULL, "media fda",
     OUT_AND_IN("fda floppy/fdc"), NEW, NEW},
    {"cdrom-in-another-directory", DRIVE("cdrom", "/old/" IMAGE, "sdz", "sata"), NULL, "media sdz",
     OUT_AND_IN("sdz cdrom/sata"), NEW, NEW},
    {"clone-with-the-original's-image", DRIVE("cdrom", "@/" OTHER ".img", "sdz", "sata"), NULL,
     "media sdz", OUT_AND_IN("sdz cdrom/sata"), NEW, NEW},
    {"disk", ROOT VIRTIO, NULL, "replugged vdz",
     UNPLUGGED("vdz disk/virtio") PLUGGED("vdz disk/virtio") "metadata live\n", NEW, NEW},
    {"disk-is-released-late", ROOT VIRTIO, NULL, "replugged vdz",
     UNPLUGGED("vdz disk/virtio") PLUGGED("vdz disk/virtio") "metadata live\n", NEW, NEW,
     .polls = 140},
    {"locked-cdrom-by-force", SATA, NULL, "media sdz",
     "update live force sdz cdrom/sata -\nupdate live force sdz cdrom/sata " IMAGE
     "\nmetadata live\n",
     NEW, NEW, VP_UPDATE_FORCE, LOCKED},
    {"hot-plugged-cdrom-by-force", SCSI, NULL, "media sdz",
     "update live force sdz cdrom/scsi -\n" UNPLUGGED("sdz cdrom/scsi")
         PLUGGED("sdz cdrom/scsi") "metadata live\n",
     NEW, NEW, VP_UPDATE_FORCE, .refused = "update"},
    {"plugged", ROOT PORTS, NULL, "plugged", "metadata live\n" PLUGGED("vdz disk/virtio"), NEW,
     NEW},
    {"plugged-without-payload-before", ROOT PORTS, NULL, "plugged",
     "metadata live\n" PLUGGED("vdz disk/virtio"), NEW, NEW, .metadata_before = ""},
    {"transient-has-what-it-has", SATA, NULL, "none", .state = TRANSIENT},
    {"dry-run-media", SATA, NULL, "media sdz", .flags = VP_UPDATE_DRY_RUN},
    {"dry-run-replugged", VIRTIO, NULL, "replugged vdz", .flags = VP_UPDATE_DRY_RUN},
    {"dry-run-plugged", ROOT PORTS, NULL, "plugged", .flags = VP_UPDATE_DRY_RUN},
    {"dry-run-none", SATA, WEB1, "none", .flags = VP_UPDATE_DRY_RUN},
};

/* --- what fails ------------------------------------------------------------------------------- */

#define MEDIUM "the drive's medium cannot be changed: "
#define TEST "as the test says"
#define RESTORE "the drive is now detached; run 'attach --live' to restore it: "
#define DIRECTORY "payload image @/" IMAGE ": a directory is in its place; remove it"

static const Case failed[] = {
    {"locked-cdrom", SATA, NULL, MEDIUM "tray of the disk may be locked",
     "update live sdz cdrom/sata -\n", .state = LOCKED, .error = VP_ERROR_LIBVIRT},
    {"hot-plugged-cdrom", SCSI, NULL,
     MEDIUM TEST
     "; 'update --force' unplugs the drive and plugs it in again, even if the guest has "
     "mounted it",
     "update live sdz cdrom/scsi -\n", .error = VP_ERROR_LIBVIRT, .refused = "update"},
    {"hot-plugged-cdrom-stays", SCSI, NULL,
     "the guest has not released drive sdz (it is still booting, or uses it); try again later",
     "update live force sdz cdrom/scsi -\n" UNPLUGGED("sdz cdrom/scsi"), .flags = VP_UPDATE_FORCE,
     .error = VP_ERROR_DRIVE, .refused = "update", .polls = -1},
    {"sata-cdrom-by-force", SATA, NULL, MEDIUM TEST, "update live force sdz cdrom/sata -\n",
     .flags = VP_UPDATE_FORCE, .error = VP_ERROR_LIBVIRT, .refused = "update"},
    {"disk-stays", VIRTIO, NULL,
     "the guest has not released drive vdz (it is still booting, or uses it); try again later",
     UNPLUGGED("vdz disk/virtio"), .error = VP_ERROR_DRIVE, .polls = -1},
    {"disk-cannot-be-unplugged", VIRTIO, NULL, "the drive cannot be detached: " TEST,
     UNPLUGGED("vdz disk/virtio"), .error = VP_ERROR_LIBVIRT, .refused = "detach"},
    {"medium-not-inserted", SATA, NULL, RESTORE MEDIUM TEST,
     "update live sdz cdrom/sata -\nupdate live force sdz cdrom/sata " IMAGE "\n", NEW,
     .error = VP_ERROR_LIBVIRT, .refused = "update live force"},
    {"disk-not-plugged-in", VIRTIO, NULL, RESTORE "the drive cannot be attached: " TEST,
     UNPLUGGED("vdz disk/virtio") PLUGGED("vdz disk/virtio"), NEW, .error = VP_ERROR_LIBVIRT,
     .refused = "attach"},
    {"image-not-written", SATA, NULL, DIRECTORY,
     "update live sdz cdrom/sata -\nupdate live force sdz cdrom/sata " IMAGE "\n", .state = NO_ROOM,
     .error = VP_ERROR_DIRECTORY},
    {"image-not-written-old-one-not-inserted", SATA, NULL, "the drive is now detached: " DIRECTORY,
     "update live sdz cdrom/sata -\nupdate live force sdz cdrom/sata " IMAGE "\n", .state = NO_ROOM,
     .error = VP_ERROR_DIRECTORY, .refused = "update live force"},
    {"metadata-not-changed", SATA, NULL, "the metadata cannot be changed: " TEST,
     OUT_AND_IN("sdz cdrom/sata"), NEW, OLD, .error = VP_ERROR_LIBVIRT, .refused = "metadata"},
    {"no-room-for-a-drive", ROOT, NULL,
     "the drive cannot be hot-plugged: no bus has room for it; 'virt-payload attach web1' adds it "
     "at "
     "the next start",
     "metadata live\nmetadata live\n", NEW, OLD, .error = VP_ERROR_DRIVE},
    {"no-room-and-no-payload-before", ROOT, NULL,
     "the drive cannot be hot-plugged: no bus has room for it; 'virt-payload attach web1' adds it "
     "at "
     "the next start",
     "metadata live\nmetadata live removed\n", NEW, OLD, .error = VP_ERROR_DRIVE,
     .metadata_before = ""},
    {"another-bus", VIRTIO, "<cloud-init xmlns='" VP_NAMESPACE "' bus='usb'/>",
     "the new bus, target or format takes effect only at the next start", .error = VP_ERROR_DRIVE},
    {"invalid-payload", SATA, PAYLOAD("<p:hostname>-</p:hostname>"),
     "cloud-init/hostname (line 1): has a part between dots that is empty, longer than 63 "
     "characters, or begins or ends with '-'",
     .error = VP_ERROR_HOSTNAME},
    {"no-payload-any-more", SATA, "",
     "the definition has no payload; 'detach --live' removes the drive",
     .error = VP_ERROR_NOT_FOUND},
    {"interface-of-the-definition", SATA,
     PAYLOAD("<p:network><p:interface name='a' target='vnet1'/></p:network>"),
     "the running guest may lack an interface that its definition has: plug it in ('virsh "
     "attach-device --live'), or restart the guest: cloud-init/network/interface (line 1): no "
     "interface of the domain has this target",
     .error = VP_ERROR_NETWORK},
    {"guest-of-another-host", SATA, NULL,
     "the image has to be built on the host that runs the guest; run this there",
     .state = ELSEWHERE, .error = VP_ERROR_DRIVE},
    {"own-disk-has-the-image's-name",
     DISK("@/" IMAGE, "vda", "virtio") DRIVE("cdrom", "@/" OTHER ".img", "sdz", "sata"), NULL,
     "one of its own disks has the name of its image in the payload directory @; move the disk, or "
     "configure a directory that is used for nothing else",
     .error = VP_ERROR_DRIVE},
    {"shut-off", SATA, NULL, "the guest is not running", .state = SHUT_OFF,
     .error = VP_ERROR_DRIVE},
};

/* --- the wait --------------------------------------------------------------------------------- */

static void
test_wait(void)
{
    const Case given = {.live = VIRTIO, .polls = -1};
    g_auto(VpUpdateResult) result = {VP_UPDATE_NONE, NULL};

    set_up(&given);
    g_assert_false(vp_virt_update_from_definition(fixture.guest, &fixture.conf, 0, &result, NULL));
    g_assert_cmpint(fake.now, ==, 30 * G_USEC_PER_SEC);
    fake_tear_down(&fixture);
}

static void
add_cases(const char *group, const Case *cases, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("/update/%s/%s", group, cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_cases("done", done, G_N_ELEMENTS(done));
    add_cases("failed", failed, G_N_ELEMENTS(failed));
    g_test_add_func("/update/failed/a-guest-has-thirty-seconds", test_wait);
    return g_test_run();
}
