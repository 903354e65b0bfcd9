/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looks at the drives of one guest. */
#include <config.h>

#include "command/doctor-drive.h"
#include "payload/drive.h"
#include "payload/recognise.h"

typedef struct {
    const VpDoctorDrive *doctor;
    const VpGuest *guest;
    const VpDomain *definition;
    const char *name; /* for a command line */
} Patient;

static void
complain(const Patient *patient, const char *message)
{
    patient->doctor->complain(vp_virt_guest_name(patient->guest), message, patient->doctor->data);
}

static void
check_early(const Patient *patient, const VpDisk *disk, const VpSpec *spec)
{
    g_autofree char *message = NULL;

    if (!vp_payload_drive_is_early(patient->definition, disk, spec))
        return;
    message = g_strdup_printf(
        "its definition has the payload drive at %s, before or next to the guest's own disks, "
        "where it takes their place in the boot order or their next free letter; 'virt-payload "
        "attach %s' moves it, 'virt-payload detach %s' has it hot-plugged at each start",
        disk->target, patient->name, patient->name);
    complain(patient, message);
}

/* It can be hot-plugged: otherwise vp_command_health() has told so. */
static void
check_late(const Patient *patient, const GPtrArray *missing)
{
    VpAttach attach = patient->doctor->conf->attach;
    g_autofree char *message = NULL;

    if ((attach != VP_ATTACH_HOTPLUG && attach != VP_ATTACH_PERSISTENT) ||
        !vp_virt_guest_is_autostarted(patient->guest) ||
        !vp_payload_drive_check_hotplug(patient->definition, missing, NULL))
        return;
    message = g_strdup_printf(
        "is started automatically, and libvirt's daemon hot-plugs drives only after the last such "
        "guest has started; with 'virt-payload attach %s' the drive is present from the start",
        patient->name);
    patient->doctor->advise(vp_virt_guest_name(patient->guest), message, patient->doctor->data);
}

/* The start of a guest that is off, and of one that runs its next. */
static void
check_definition(const Patient *patient, const GPtrArray *specs)
{
    g_autoptr(GPtrArray) missing = g_ptr_array_new();

    for (guint i = 0; i < specs->len; i++) {
        const VpSpec *spec = specs->pdata[i];
        g_autofree char *name = vp_spec_image_name(spec);
        const VpDisk *disk = vp_payload_recognise_image(patient->definition, name);

        if (disk == NULL)
            disk = vp_payload_recognise_vdsm(patient->definition, spec);
        if (disk == NULL)
            g_ptr_array_add(missing, (gpointer)spec);
        else
            check_early(patient, disk, spec);
    }
    if (missing->len > 0)
        check_late(patient, missing);
}

void
vp_command_doctor_drive(const VpDoctorDrive *doctor, const VpGuest *guest,
                        const VpDomain *definition, const GPtrArray *specs)
{
    const Patient patient = {doctor, guest, definition, vp_domain_shell_name(definition)};

    check_definition(&patient, specs);
}
