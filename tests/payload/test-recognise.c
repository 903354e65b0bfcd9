/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Payload drives told from other disks: this guest's, another guest's. */
#include <config.h>

#include <string.h>

#include "payload/recognise.h"

#define UUID "11111111-2222-4333-8444-555555555555"
#define OTHER "99999999-2222-4333-8444-555555555555"
#define DIRECTORY "/var/run/payload"
#define IMAGE DIRECTORY "/" UUID ".img"

static VpDomain *
new_domain(void)
{
    static const char xml[] = "<domain><name>web1</name><uuid>" UUID "</uuid></domain>";
    VpDomain *domain = vp_domain_parse(xml, strlen(xml), NULL);

    g_assert_nonnull(domain);
    return domain;
}

static void
test_recognition(void)
{
    static const struct {
        const char *device;
        const char *source;
        gboolean readonly;
        gboolean is_drive, is_foreign;
    } disks[] = {
        {"disk", IMAGE, TRUE, TRUE},
        {"disk", IMAGE, FALSE, FALSE},
        {"lun", IMAGE, FALSE, FALSE},
        {"cdrom", IMAGE, FALSE, TRUE},
        {"cdrom", "/srv/" UUID "-hdd.img", TRUE, TRUE},
        {"cdrom", UUID ".img", TRUE, TRUE},
        {"floppy", "PAYLOAD:", FALSE, TRUE},
        {"cdrom", "/run/vdsm/payload/x.img", FALSE, TRUE},
        {"disk", "/run/vdsm/payload/x.img", FALSE, FALSE},
        {"cdrom", "/srv/" OTHER ".0123456789abcdef0123456789abcdef.img", TRUE, TRUE},
        {"cdrom", "/srv/" OTHER ".0123456789abcdef.img", TRUE, FALSE},
        {"cdrom", "/srv/" OTHER ".", TRUE, FALSE},
        {"cdrom", "/srv/" OTHER, TRUE, FALSE},
        {"cdrom", NULL, TRUE, FALSE},
        {"cdrom", "", TRUE, FALSE},
        {"cdrom", "/srv/iso/install.iso", TRUE, FALSE},
        {"cdrom", "/srv/" UUID ".iso", TRUE, FALSE},
        {"cdrom", "/srv/" UUID "x.img", TRUE, FALSE},
        {"cdrom", "/srv/x" UUID ".img", TRUE, FALSE},
        {"cdrom", "/srv/" UUID ".img/x", TRUE, FALSE},
        {"cdrom", "/srv/" OTHER ".img", TRUE, FALSE},
        {"cdrom", DIRECTORY "/" OTHER ".img", TRUE, FALSE, TRUE},
        {"disk", "/run/payload/" OTHER "-hdd.img", TRUE, FALSE, TRUE},
        {"disk", DIRECTORY "/" OTHER ".img", FALSE, FALSE},
        {"cdrom", DIRECTORY "/x/" OTHER ".img", TRUE, FALSE},
        {"disk", DIRECTORY "/" UUID ".bk", TRUE, FALSE, TRUE},
        {"disk", DIRECTORY "/" OTHER ".1764115200", TRUE, FALSE, TRUE},
        {"disk", DIRECTORY "/" UUID "bk", TRUE, FALSE},
        {"disk", DIRECTORY "/notes.bk", TRUE, FALSE},
        {"cdrom", DIRECTORY "/." OTHER ".img.tmp", TRUE, FALSE},
    };
    g_autoptr(VpDomain) domain = new_domain();

    for (gsize i = 0; i < G_N_ELEMENTS(disks); i++) {
        const VpDisk disk = {.device = (char *)disks[i].device,
                             .source = (char *)disks[i].source,
                             .readonly = disks[i].readonly};

        g_test_message("%s %s", disk.device, disk.source);
        g_assert_cmpint(vp_payload_recognise(domain, &disk), ==, disks[i].is_drive);
        g_assert_cmpint(vp_payload_recognise_foreign(domain, &disk, DIRECTORY), ==,
                        disks[i].is_foreign);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/recognise/disks", test_recognition);
    return g_test_run();
}
