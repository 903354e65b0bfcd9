/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Payload drives that cannot be served: which, and the command that is named for them. */
#include <config.h>

#include <string.h>

#include "parse-domain.h"
#include "payload/misplaced.h"

#define UUID "11111111-2222-4333-8444-555555555555"
#define OTHER "11111111-2222-4333-8444-555555555556"
#define DIRECTORY "/run/payload"
#define DRIVE(path) "<source file='" path "'/><target dev='vdz' bus='virtio'/><readonly/>"

/* After a disk of the guest's own. */
static VpDomain *
parse(const char *name, const char *drive)
{
    g_autofree char *xml =
        g_strconcat("<domain type='kvm'><name>", name,
                    "</name><uuid>" UUID "</uuid><devices>"
                    "<disk type='file' device='disk'><source file='/images/web1.qcow2'/>"
                    "<target dev='vda' bus='virtio'/></disk><disk type='file' device='disk'>",
                    drive, "</disk></devices></domain>", NULL);

    return parse_domain(xml);
}

#define FOREIGN "drive vdz shows an image that is not this guest's payload; run: virt-payload "
#define ORPHAN "drive vdz is a payload drive, but the metadata has no payload; run: virt-payload "

static void
test_find(void)
{
    static const struct {
        const char *drive;
        guint n_specs;
        const char *text; /* NULL: nothing is wrong */
    } cases[] = {
        {DRIVE(DIRECTORY "/" UUID ".img"), 1, NULL},
        {DRIVE(DIRECTORY "/" UUID ".img"), 0, ORPHAN "detach web1"},
        {DRIVE(DIRECTORY "/" UUID "-hdd.img"), 0, ORPHAN "detach web1"},
        {DRIVE(DIRECTORY "/" OTHER ".img"), 1, FOREIGN "attach web1"},
        {DRIVE(DIRECTORY "/" OTHER ".img"), 0, FOREIGN "detach web1"},
        {DRIVE("/home/admin/" UUID ".img"), 0, NULL},
        {DRIVE("/home/admin/" OTHER ".img"), 1, NULL},
        {DRIVE("PAYLOAD:"), 0, NULL},
        {DRIVE(DIRECTORY "/other.img"), 0, NULL},
        {"<target dev='vdz' bus='virtio'/><readonly/>", 0, NULL},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpDomain) domain = parse("web1", cases[i].drive);
        const VpDisk *disk = vp_payload_misplaced_find(domain, cases[i].n_specs, DIRECTORY);
        g_autofree char *text =
            disk != NULL ? vp_payload_misplaced_text(domain, cases[i].n_specs, disk, TRUE) : NULL;

        g_test_message("%s, %u payloads", cases[i].drive, cases[i].n_specs);
        g_assert_cmpstr(text, ==, cases[i].text);
        g_assert_true(disk == NULL || disk == domain->disks->pdata[1]);
    }
}

/* A guest that cannot be named, and one whose name needs quotes. */
static void
test_command(void)
{
    static const struct {
        const char *name;
        gboolean is_defined;
        const char *text;
    } cases[] = {
        {"web1", FALSE,
         FOREIGN "attach web1 (a definition in a file, with a uuid: virt-payload rewrite --remove "
                 "--in-place FILE)"},
        {"web 1", TRUE, FOREIGN "attach " UUID},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(VpDomain) domain = parse(cases[i].name, DRIVE(DIRECTORY "/" OTHER ".img"));
        const VpDisk *disk = vp_payload_misplaced_find(domain, 1, DIRECTORY);
        g_autofree char *text = NULL;

        g_assert_nonnull(disk);
        text = vp_payload_misplaced_text(domain, 1, disk, cases[i].is_defined);
        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/misplaced/find", test_find);
    g_test_add_func("/misplaced/command", test_command);
    return g_test_run();
}
