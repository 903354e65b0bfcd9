/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The vocabulary: one table of the elements and attributes of our namespace. The reader
 * (spec/xml.c), the suggestions, set's options, and the test that holds RELAX NG and man page
 * against each other follow it. */
#pragma once

#include <glib.h>

#include "base/error.h"
#include "spec/check.h"

typedef enum {
    VP_VALUE_NONE,    /* an element that holds others, and no text */
    VP_VALUE_STRING,  /* char *: one line; white space around it is ignored */
    VP_VALUE_EXACT,   /* char *: exactly as written */
    VP_VALUE_BOOLEAN, /* VpTristate: "yes" or "no"; an empty element is yes */
    VP_VALUE_FLAG,    /* gboolean, likewise */
    VP_VALUE_CHOICE,  /* an enum: the position of the text in choices */
    VP_VALUE_NUMBER,  /* guint, minimum to maximum */
    VP_VALUE_METRIC,  /* gint64: a route's metric, 32 bits; -1 if not given */
    VP_VALUE_DATA,   /* VpData *: text but for one newline at its start, base64, or a file's name */
    VP_VALUE_PART,   /* an attribute that is read together with the DATA: @encoding, @src */
    VP_VALUE_CUSTOM, /* by the row's set(); white space around it is ignored */
} VpValueType;

typedef struct VpRow VpRow;

/* The object of an element with its own content: a struct that begins with its VpPlace. */
typedef struct {
    gsize size;
    const VpRow *rows;               /* of all its fields, whichever element fills them */
    void (*set_up)(gpointer object); /* what differs from empty; NULL: nothing */
    void (*clear)(gpointer object);  /* frees what no row is about; NULL: nothing */
} VpRowType;

struct VpRow {
    const char *name; /* "user"; "@name" an attribute; "" the element's own text; NULL: the end */
    VpValueType type;
    gboolean many; /* the field is a GPtrArray, and the element may be repeated */
    gboolean required;
    gboolean secret; /* its text is masked wherever it is shown */
    gsize offset;    /* of the field, within the object of the rows */
    VpCheck *check;  /* of STRING and EXACT; NULL: any */
    gboolean (*set)(gpointer field, const char *text, GError **error);
    GDestroyNotify destroy;     /* of CUSTOM: frees the value; NULL: there is nothing to free */
    const char *const *choices; /* of CHOICE, and of STRING if not NULL; NULL-terminated */
    guint minimum, maximum;     /* of NUMBER; maximum of many: how often at most, 0 without end */
    VpErrorCode code;           /* of a text that is not one of choices, or out of bounds */
    const VpRow *rows;          /* what the element may hold; NULL: only text */
    const VpRowType *of;  /* with rows: what it becomes; NULL: the rows fill the object itself */
    const char *about;    /* one line: lower case, no full stop */
    gboolean not_windows; /* cloudbase-init does not know it, and leaves it out */
    const char *option;   /* the value of set's option of this name; NULL: it has none */
    char letter;          /* of that option; '\0': none */
};

enum { VP_ROWS_MAX = 64 }; /* of one element */

/* "cloud-init" and "sysprep". Their object is a VpSpec. */
const VpRow *vp_spec_table_roots(void);

/* The type of the elements' objects. */
extern const VpRowType vp_spec_type, vp_spec_user_type, vp_spec_password_type,
    vp_spec_interface_type, vp_spec_bond_type, vp_spec_bridge_type, vp_spec_vlan_type,
    vp_spec_route_type, vp_spec_write_file_type, vp_spec_command_type, vp_spec_meta_type,
    vp_spec_file_type, vp_spec_ca_cert_type, vp_spec_swap_type, vp_spec_power_state_type,
    vp_spec_growpart_type, vp_spec_ssh_host_key_type, vp_spec_keyboard_type,
    vp_spec_apt_repository_type;

/* The row of this name among others; NULL if there is none. */
const VpRow *vp_spec_table_find(const VpRow *rows, const char *name);

/* The row of an element's own text; NULL if it may have none. */
const VpRow *vp_spec_table_text(const VpRow *rows);

/* The name that was meant, of an element or ("@...") an attribute; NULL if none is
 * near. Static. */
const char *vp_spec_table_suggest(const VpRow *rows, const char *name);

/* Calls visit for each element and attribute, in the table's order, with its path:
 * "cloud-init/user/@name". */
typedef void VpRowVisit(const char *path, const VpRow *row, gpointer data);
void vp_spec_table_foreach(VpRowVisit *visit, gpointer data);
