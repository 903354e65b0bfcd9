/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the labels of ISO 9660 and FAT. */
#include <config.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/io.h"
#include "image/fat.h"
#include "image/iso9660.h"
#include "payload/recognise.h"
#include "payload/seed.h"

/* A path from a definition may be anything: a FIFO, or a device, of which some act when they are
 * opened (/dev/watchdog). Looked at first, it is not opened. */
static int
open_regular(const char *path)
{
    vp_autofd int place = TEMP_FAILURE_RETRY(open(path, O_PATH | O_CLOEXEC));
    g_autofree char *again = g_strdup_printf("/proc/self/fd/%d", place);
    struct stat status;

    if (place < 0 || fstat(place, &status) < 0 || !S_ISREG(status.st_mode))
        return -1;
    return TEMP_FAILURE_RETRY(open(again, O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

/* cloud-init looks for both in both cases: DataSourceNoCloud.py, DataSourceConfigDrive.py. */
static gboolean
is_seed_label(const char *bytes, gsize size)
{
    g_autofree char *label = g_strndup(bytes, size);

    g_strchomp(label);
    return g_ascii_strcasecmp(label, "cidata") == 0 || g_ascii_strcasecmp(label, "config-2") == 0;
}

static gboolean
is_iso_seed(int fd)
{
    char bytes[VP_ISO_VD_LABEL + VP_ISO_LABEL_SIZE];

    return vp_io_pread(fd, bytes, sizeof(bytes), VP_ISO_SYSTEM_SECTORS * VP_ISO_SECTOR, NULL) &&
           memcmp(bytes + VP_ISO_VD_ID, VP_ISO_STANDARD_ID, strlen(VP_ISO_STANDARD_ID)) == 0 &&
           is_seed_label(bytes + VP_ISO_VD_LABEL, VP_ISO_LABEL_SIZE);
}

static gboolean
is_fat_seed(int fd)
{
    guint8 bytes[VP_FAT_BS_END + 2];

    return vp_io_pread(fd, bytes, sizeof(bytes), 0, NULL) && bytes[VP_FAT_BS_END] == 0x55 &&
           bytes[VP_FAT_BS_END + 1] == 0xaa &&
           (is_seed_label((const char *)bytes + VP_FAT_BS_LABEL, VP_FAT_LABEL_SIZE) ||
            is_seed_label((const char *)bytes + VP_FAT32_BS_LABEL, VP_FAT_LABEL_SIZE));
}

static gboolean
is_seed(const char *path)
{
    vp_autofd int fd = open_regular(path);

    return fd >= 0 && (is_iso_seed(fd) || is_fat_seed(fd));
}

const VpDisk *
vp_payload_seed_find(const VpDomain *domain)
{
    for (guint i = 0; i < domain->disks->len; i++) {
        const VpDisk *disk = domain->disks->pdata[i];

        if (disk->source != NULL && disk->source[0] == '/' && !vp_payload_recognise(domain, disk) &&
            is_seed(disk->source))
            return disk;
    }
    return NULL;
}
