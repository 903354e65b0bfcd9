/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fields of an object, by their rows. */
#include <config.h>

#include <stddef.h>

#include "base/secret.h"
#include "spec/object.h"

/* The header of an object in memory, so that one function can free any object. */
typedef union {
    const VpRowType *type;
    max_align_t alignment;
} Head;

static GDestroyNotify
destroy_of(const VpRow *row)
{
    if (row->of != NULL)
        return vp_spec_object_free;
    switch (row->type) {
    case VP_VALUE_STRING:
    case VP_VALUE_EXACT:
        return vp_secret_free;
    case VP_VALUE_DATA:
        return (GDestroyNotify)vp_spec_data_free;
    default:
        return row->destroy;
    }
}

/* Rows of several elements may be about one field, which is set up once and freed once. */
static void
set_up(const VpRow *rows, gpointer object)
{
    for (const VpRow *row = rows; row->name != NULL; row++) {
        gpointer field = G_STRUCT_MEMBER_P(object, row->offset);

        if (row->rows != NULL && row->of == NULL)
            set_up(row->rows, object);
        else if (row->many && *(GPtrArray **)field == NULL)
            *(GPtrArray **)field = g_ptr_array_new_with_free_func(destroy_of(row));
        else if (row->type == VP_VALUE_BOOLEAN)
            *(VpTristate *)field = VP_UNSET;
        else if (row->type == VP_VALUE_METRIC)
            *(gint64 *)field = -1;
    }
}

static void
clear(const VpRow *rows, gpointer object)
{
    for (const VpRow *row = rows; row->name != NULL; row++) {
        gpointer *field = G_STRUCT_MEMBER_P(object, row->offset);
        GDestroyNotify destroy = row->many ? (GDestroyNotify)g_ptr_array_unref : destroy_of(row);

        if (row->rows != NULL && row->of == NULL)
            clear(row->rows, object);
        else if (destroy)
            g_clear_pointer(field, destroy);
    }
}

gpointer
vp_spec_object_new(const VpRowType *type)
{
    Head *head = g_malloc0(sizeof(Head) + type->size);

    head->type = type;
    set_up(type->rows, head + 1);
    if (type->set_up != NULL)
        type->set_up(head + 1);
    return head + 1;
}

void
vp_spec_object_free(gpointer object)
{
    Head *head;

    if (object == NULL)
        return;
    head = (Head *)object - 1;
    if (head->type->clear != NULL)
        head->type->clear(object);
    clear(head->type->rows, object);
    g_free(head);
}

gboolean
vp_spec_object_holds(const VpRow *row, gconstpointer object)
{
    const void *field = (const guint8 *)object + row->offset;

    if (row->many)
        return (*(GPtrArray *const *)field)->len > 0;
    if (row->rows != NULL && row->of == NULL) {
        row = row->rows;
        while (row->name != NULL && !vp_spec_object_holds(row, object))
            row++;
        return row->name != NULL;
    }
    if (row->type == VP_VALUE_BOOLEAN)
        return *(const VpTristate *)field != VP_UNSET;
    if (row->type == VP_VALUE_METRIC)
        return *(const gint64 *)field >= 0;
    if (row->of != NULL || destroy_of(row) != NULL)
        return *(gconstpointer const *)field != NULL;
    return row->type != VP_VALUE_PART && *(const guint *)field != 0;
}

VpSpec *
vp_spec_new(const char *guest_name, const char *guest_uuid, const char *smbios_uuid)
{
    VpSpec *spec = vp_spec_object_new(&vp_spec_type);

    spec->guest_name = g_strdup(guest_name);
    spec->guest_uuid = g_strdup(guest_uuid);
    spec->smbios_uuid = g_strdup(smbios_uuid != NULL ? smbios_uuid : guest_uuid);
    return spec;
}

void
vp_spec_free(VpSpec *spec)
{
    if (spec == NULL)
        return;
    g_free(spec->guest_name);
    g_free(spec->guest_uuid);
    g_free(spec->smbios_uuid);
    g_free(spec->label);
    g_free(spec->name);
    g_free(spec->instance_id);
    g_free(spec->idle_mac);
    vp_spec_object_free(spec);
}
