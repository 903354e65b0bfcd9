/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload sweep: which images it lists and removes, and which it never touches. */
#include <config.h>

#include "command/commands.h"
#include "libvirt/fake-command.h"

#define STALE "66666666-7777-4888-8999-aaaaaaaaaaaa"
#define SECOND "77777777-7777-4888-8999-aaaaaaaaaaaa"

typedef enum { RUNS = 1, ELSEWHERE = 2, IS_ROOTS = 4, NO_DIRECTORY = 8, OPEN = 16 } State;

typedef struct {
    const char *name;
    const char *words;
    const char *files; /* in the directory */
    const char *expected;
    const char *left; /* of the files; NULL: all */
    guint state;
    void (*before_look_up)(void);
} Case;

static FakeGuest fixture;

static void
start(void)
{
    fake.before_look_up = NULL;
    g_assert_cmpint(virDomainCreate(fixture.domain), ==, 0);
}

static void
set_up(const Case *given)
{
    g_autofree char *xml = fake_definition("", NULL, "");
    g_auto(GStrv) names = g_strsplit(given->files, " ", -1);

    fake_set_up(&fixture, (given->state & RUNS) != 0 ? xml : NULL, xml);
    for (guint i = 0; names[i] != NULL && *names[i] != '\0'; i++)
        fake_put_file(&fixture, names[i], "image");
    if ((given->state & ELSEWHERE) != 0)
        fixture.conf.uri = NULL;
    if ((given->state & OPEN) != 0)
        g_assert_cmpint(chmod(fixture.directory, 0777), ==, 0);
    fixture.conf.is_roots = (given->state & IS_ROOTS) != 0;
    fake.before_look_up = given->before_look_up;
}

static void
test_case(gconstpointer data)
{
    const Case *given = data;
    g_auto(GStrv) names = g_strsplit(given->files, " ", -1);
    g_autoptr(GString) left = g_string_new(NULL);
    g_autofree char *text = NULL, *missing = NULL;

    set_up(given);
    if ((given->state & NO_DIRECTORY) != 0) {
        missing = g_build_filename(fixture.directory, "missing", NULL);
        fixture.conf.directory = missing;
    }
    text = fake_run(&fixture, &vp_command_sweep, given->words);
    g_assert_cmpstr(text, ==, given->expected);
    for (guint i = 0; names[i] != NULL; i++) {
        if (fake_has_file(&fixture, names[i], NULL))
            g_string_append_printf(left, "%s%s", left->len > 0 ? " " : "", names[i]);
    }
    g_assert_cmpstr(left->str, ==, given->left != NULL ? given->left : given->files);
    fake_tear_down(&fixture);
}

#define REMOVED(uuid) uuid ": removed\n"
#define LISTED(uuid) uuid ": stale; --remove removes it\n"
#define ALL_OF(uuid)                                                                               \
    uuid ".img " uuid "-a.img ." uuid ".img.tmp " uuid ".error " uuid ".plugged " uuid ".resumed"

static const Case cases[] = {
    {"unknown-guest", "-r", STALE ".img", REMOVED(STALE), ""},
    {"shut-off-guest", "-r", IMAGE, REMOVED(FAKE_UUID), ""},
    {"running-guest", "-r", IMAGE, "", .state = RUNS},
    {"running-guest-beside-unknown", "-r", IMAGE " " STALE ".img", REMOVED(STALE), IMAGE, RUNS},
    {"guest-that-starts-meanwhile", "-r", IMAGE, "", .before_look_up = start},
    {"all-of-a-guest", "-r", ALL_OF(STALE), REMOVED(STALE), ""},
    {"two-in-order-of-names", "-r", SECOND ".img " STALE ".img", REMOVED(STALE) REMOVED(SECOND),
     ""},
    {"files-of-others", "-r", "notes README.img web1.img " STALE ".iso", ""},
    {"nothing", "-r", "", ""},

    {"listed", "", STALE ".img " IMAGE, LISTED(FAKE_UUID) LISTED(STALE)},
    {"json", "--json", STALE ".img " IMAGE,
     "[ { \"uuid\": \"" FAKE_UUID "\", \"removed\": false }, { \"uuid\": \"" STALE
     "\", \"removed\": false } ]\n"},
    {"json-removed", "--json -r", STALE ".img",
     "[ { \"uuid\": \"" STALE "\", \"removed\": true } ]\n", ""},
    {"json-nothing", "--json", IMAGE, "[ ]\n", .state = RUNS},
    {"quiet-removal", "-q -r", STALE ".img", "", ""},

    {"daemon-of-another-host", "-r", STALE ".img",
     "the connection is not to the daemon of this host that uses @; connect to qemu:///system "
     "[libvirt]\n",
     .state = ELSEWHERE},
    {"without-rights", "-r", STALE ".img",
     "only root can look into @; run this as root [libvirt]\n", .state = IS_ROOTS},
    {"without-rights-and-directory", "-r", STALE ".img",
     "only root can look into @/missing; run this as root [libvirt]\n",
     .state = IS_ROOTS | NO_DIRECTORY},
    {"no-directory", "-r", STALE ".img", "", .state = NO_DIRECTORY},
    {"directory-that-others-write-to", "-r", STALE ".img",
     "payload directory @: others may write to it (mode 0777); run: chmod 0711 @ "
     "[directory]\n",
     .state = OPEN},
};

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/sweep/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    return g_test_run();
}
