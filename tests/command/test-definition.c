/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of a guest's two definitions set, unset and edit open, by its state and the options, and
 * what they refuse to open. */
#include <config.h>

#include "command/definition.h"
#include "libvirt/fake-command.h"
#include "spec/spec.h"

#define RUN PAYLOAD("<p:hostname>run</p:hostname>")
#define NEXT PAYLOAD("<p:hostname>next</p:hostname>")

typedef enum { OFF, RUNS, TRANSIENT } State;
typedef enum { CONFIG = 1, LIVE = 2, CURRENT = 4 } Part;

static const struct {
    const char *name;
    State state;
    guint given;
    guint opened;      /* CONFIG and LIVE; 0: an error */
    const char *reads; /* the host name of the definition that is read */
    const char *message;
    VpErrorCode code;
} cases[] = {
#define NOT_RUNNING "the guest is not running"
#define NOT_PERSISTENT "the guest is transient and has no persistent definition; use --live"
#define EXCLUDES "--current excludes --live and --config"
    {"off", OFF, 0, CONFIG, "next"},
    {"off-config", OFF, CONFIG, CONFIG, "next"},
    {"off-current", OFF, CURRENT, CONFIG, "next"},
    {"off-live", OFF, LIVE, 0, NULL, NOT_RUNNING, VP_ERROR_DRIVE},
    {"off-both", OFF, CONFIG | LIVE, 0, NULL, NOT_RUNNING, VP_ERROR_DRIVE},

    {"runs", RUNS, 0, CONFIG, "next"},
    {"runs-config", RUNS, CONFIG, CONFIG, "next"},
    {"runs-live", RUNS, LIVE, LIVE, "run"},
    {"runs-current", RUNS, CURRENT, LIVE, "run"},
    {"runs-both", RUNS, CONFIG | LIVE, CONFIG | LIVE, "next"},

    {"transient", TRANSIENT, 0, LIVE, "run"},
    {"transient-live", TRANSIENT, LIVE, LIVE, "run"},
    {"transient-current", TRANSIENT, CURRENT, LIVE, "run"},
    {"transient-config", TRANSIENT, CONFIG, 0, NULL, NOT_PERSISTENT, VP_ERROR_DRIVE},
    {"transient-both", TRANSIENT, CONFIG | LIVE, 0, NULL, NOT_PERSISTENT, VP_ERROR_DRIVE},

    {"current-and-live", RUNS, CURRENT | LIVE, 0, NULL, EXCLUDES, VP_ERROR_USAGE},
    {"current-and-config", OFF, CURRENT | CONFIG, 0, NULL, EXCLUDES, VP_ERROR_USAGE},
    {"all-three", OFF, CURRENT | CONFIG | LIVE, 0, NULL, EXCLUDES, VP_ERROR_USAGE},
};

static FakeGuest fixture;

static void
set_up(State state)
{
    g_autofree char *live = fake_definition(" id='1'", RUN, "");
    g_autofree char *config = fake_definition("", NEXT, "");

    fake_set_up(&fixture, state != OFF ? live : NULL, config);
    if (state == TRANSIENT)
        g_assert_cmpint(virDomainUndefine(fixture.domain), ==, 0);
}

static gboolean
open_parts(const char *name, guint parts, VpCall *call, VpEdit *edit, GError **error)
{
    const VpEditParts given = {(parts & CONFIG) != 0, (parts & LIVE) != 0, (parts & CURRENT) != 0};

    call->uri = FAKE_URI;
    call->conf = &fixture.conf;
    return vp_command_definition_open(call, name, &given, edit, error);
}

static void
assert_opened(const VpEdit *edit, guint opened, const char *hostname)
{
    g_autofree char *element = g_strdup_printf(">%s</", hostname);

    g_assert_cmpint(edit->config, ==, (opened & CONFIG) != 0);
    g_assert_cmpint(edit->live, ==, (opened & LIVE) != 0);
    g_assert_nonnull(edit->domain);
    g_assert_nonnull(strstr(edit->element, element));
    g_assert_cmpuint(edit->before->len, ==, 1);
    g_assert_cmpstr(((VpSpec *)edit->before->pdata[0])->hostname, ==, hostname);
}

static void
test_open(gconstpointer data)
{
    const guint i = GPOINTER_TO_UINT(data);
    VpCall call = {0};
    g_auto(VpEdit) edit = {0};
    g_autoptr(GError) error = NULL;
    gboolean is_open;

    set_up(cases[i].state);
    is_open = open_parts("web1", cases[i].given, &call, &edit, &error);
    g_assert_cmpint(is_open, ==, cases[i].opened != 0);
    if (is_open) {
        assert_opened(&edit, cases[i].opened, cases[i].reads);
        g_assert_cmpstr(call.guest, ==, "web1");
    } else {
        g_assert_error(error, VP_ERROR, (int)cases[i].code);
        g_assert_cmpstr(error->message, ==, cases[i].message);
        g_assert_null(edit.domain);
    }
    vp_command_definition_clear(&edit);
    g_free(call.guest);
    fake_tear_down(&fixture);
}

/* What the next start would refuse can be opened, to be corrected or removed. */
static void
test_invalid(void)
{
    static const char *const fields[] = {"<p:hostname>a b</p:hostname>", "<p:nonsense/>"};

    for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
        g_autofree char *metadata = g_strconcat("<p:cloud-init xmlns:p='" VP_NAMESPACE "'>",
                                                fields[i], "</p:cloud-init>", NULL);
        g_autofree char *config = fake_definition("", metadata, "");
        VpCall call = {0};
        g_auto(VpEdit) edit = {0};

        fake_set_up(&fixture, NULL, config);
        g_assert_true(open_parts("web1", 0, &call, &edit, NULL));
        g_assert_null(edit.before);
        g_assert_nonnull(edit.element);
        vp_command_definition_clear(&edit);
        g_free(call.guest);
        fake_tear_down(&fixture);
    }
}

static void
test_no_payload(void)
{
    g_autofree char *config = fake_definition("", "", "");
    VpCall call = {0};
    g_auto(VpEdit) edit = {0};

    fake_set_up(&fixture, NULL, config);
    g_assert_true(open_parts("web1", 0, &call, &edit, NULL));
    g_assert_null(edit.element);
    g_assert_cmpuint(edit.before->len, ==, 0);
    vp_command_definition_clear(&edit);
    g_free(call.guest);
    fake_tear_down(&fixture);
}

static void
assert_refused_input(guint parts, gboolean is_json, const char *message)
{
    g_autoptr(json_object) results = is_json ? json_object_new_array() : NULL;
    VpCall call = {.results = results};
    g_auto(VpEdit) edit = {0};
    g_autoptr(GError) error = NULL;

    g_assert_false(open_parts("-", parts, &call, &edit, &error));
    g_assert_error(error, VP_ERROR, (int)VP_ERROR_USAGE);
    g_assert_cmpstr(error->message, ==, message);
}

/* Before anything is read of it. */
static void
test_input(void)
{
    static const char no_guest[] =
        "a definition on standard input has no running guest; omit --live and --current";

    set_up(OFF);
    assert_refused_input(LIVE, FALSE, no_guest);
    assert_refused_input(CONFIG | LIVE, FALSE, no_guest);
    assert_refused_input(CURRENT, FALSE, no_guest);
    assert_refused_input(0, TRUE, "the definition is written to standard output; omit --json");
    fake_tear_down(&fixture);
}

static void
test_drive(void)
{
    g_assert_cmpint(vp_command_definition_drive(FALSE, FALSE), ==, VP_EDIT_DRIVE_FOLLOW);
    g_assert_cmpint(vp_command_definition_drive(TRUE, FALSE), ==, VP_EDIT_DRIVE_ADD);
    g_assert_cmpint(vp_command_definition_drive(FALSE, TRUE), ==, VP_EDIT_DRIVE_LEAVE);
    g_assert_cmpint(vp_command_definition_drive(TRUE, TRUE), ==, VP_EDIT_DRIVE_LEAVE);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/definition/open/", cases[i].name, NULL);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_open);
    }
    g_test_add_func("/definition/invalid", test_invalid);
    g_test_add_func("/definition/no-payload", test_no_payload);
    g_test_add_func("/definition/input", test_input);
    g_test_add_func("/definition/drive", test_drive);
    return g_test_run();
}
