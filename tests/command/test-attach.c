/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload attach: for a user, and for the hook, whose hand-over only the journal sees. */
#include <config.h>

#include "command/commands.h"
#include "libvirt/fake-command.h"

#define ROOT DISK("/srv/root.img", "vda", "virtio")
#define PORTS "<controller type='pci' index='1' model='pcie-root-port'/>"
#define DRIVEN ROOT DRIVE("disk", "@/" IMAGE, "vdz", "virtio")
#define LIVE_CALL "attach live vdz disk/virtio " IMAGE "\n"
#define CONFIG_CALL "attach config vdz disk/virtio " IMAGE "\n"
#define ADDED "web1: payload drive added from the next start on\n"
#define PLUGGED "web1: payload drive plugged into the running guest\n"
#define ROOM                                                                                       \
    "the drive cannot be hot-plugged: no bus has room for it; 'virt-payload attach web1' adds it " \
    "at the next start [drive]\n"

typedef enum { SHUT_OFF = 1, TRANSIENT = 2, HELD = 4, RESUMED = 8, GONE = 16 } State;

typedef struct {
    const char *name;
    const char *words;
    const char *devices; /* of both definitions */
    const char *expected;
    const char *calls;
    guint state;
    const char *journal; /* a line for each message: its priority and text */
    const char *note;    /* of an error, or what was recorded of the drive */
    const char *refused;
    void (*meanwhile)(void);
} Case;

static FakeGuest fixture;
static GString *journal;

/* The C library's, for what is linked with the test. */
void syslog(int priority, const char *format, ...) G_GNUC_PRINTF(2, 3);
void __syslog_chk(int priority, int flag, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
write_journal(int priority, const char *format, va_list args)
{
    static const char *const names[] = {"?", "?", "?", "err", "warning", "notice", "info"};

    g_string_append_printf(journal, "%s ", names[priority & 7]);
    g_string_append_vprintf(journal, format, args);
    g_string_append_c(journal, '\n');
}

void
syslog(int priority, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    write_journal(priority, format, args);
    va_end(args);
}

void
__syslog_chk(int priority, int flag, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    write_journal(priority, format, args);
    va_end(args);
}

static void
stop(void)
{
    g_assert_cmpint(virDomainDestroy(fixture.domain), ==, 0);
}

static void
resume(void)
{
    g_autofree char *path = g_build_filename(fixture.directory, "saved", NULL);

    g_assert_cmpint(virDomainSave(fixture.domain, path), ==, 0);
    g_assert_cmpint(virDomainRestore(fixture.connection, path), ==, 0);
}

static void
set_up(const Case *given)
{
    g_autofree char *live = fake_definition(" id='2'", NULL, given->devices);
    g_autofree char *config = fake_definition("", NULL, given->devices);

    journal = g_string_new(NULL);
    fake_set_up(&fixture, (given->state & SHUT_OFF) != 0 ? NULL : live, config);
    if ((given->state & (TRANSIENT | GONE)) != 0)
        g_assert_cmpint(virDomainUndefine(fixture.domain), ==, 0);
    if ((given->state & GONE) != 0)
        stop();
    if ((given->state & HELD) != 0)
        g_assert_cmpint(virDomainSuspend(fixture.domain), ==, 0);
    if ((given->state & RESUMED) != 0)
        resume();
    fake.now = 2500 * 1000;
    fake.refused = given->refused;
    fake.meanwhile = given->meanwhile;
}

static char *
read_note(void)
{
    static const char *const names[] = {FAKE_UUID ".error", FAKE_UUID ".plugged"};
    g_autoptr(GString) all = g_string_new(NULL);

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(fixture.directory, names[i], NULL);
        g_autofree char *text = NULL;

        if (g_file_get_contents(path, &text, NULL, NULL))
            g_string_append_printf(all, "%s\n", g_strchomp(text));
    }
    return g_string_free(g_steal_pointer(&all), FALSE);
}

static void
test_case(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *text = NULL, *note = NULL;

    set_up(given);
    text = fake_run(&fixture, &vp_command_attach, given->words);
    note = read_note();
    g_assert_cmpstr(text, ==, given->expected);
    g_assert_cmpstr(fake.calls->str, ==, given->calls != NULL ? given->calls : "");
    g_assert_cmpstr(journal->str, ==, given->journal != NULL ? given->journal : "");
    g_assert_cmpstr(note, ==, given->note != NULL ? given->note : "");
    g_string_free(journal, TRUE);
    fake_tear_down(&fixture);
}

/* --- for a user ------------------------------------------------------------------------------- */

#define JSON(changed, messages)                                                                    \
    "[ { \"guest\": \"web1\", \"uuid\": \"" FAKE_UUID "\", \"changed\": " changed                  \
    ", \"messages\": [ " messages " ] } ]\n"

static const Case typed[] = {
    {"persistent", "web1", ROOT PORTS, ADDED, CONFIG_CALL},
    {"shut-off", "web1", ROOT PORTS, ADDED, CONFIG_CALL, SHUT_OFF},
    {"transient", "web1", ROOT PORTS, PLUGGED, LIVE_CALL, TRANSIENT},
    {"live", "web1 --live", ROOT PORTS, PLUGGED, LIVE_CALL},
    {"live-and-config", "web1 --live --config", ROOT PORTS, PLUGGED ADDED, LIVE_CALL CONFIG_CALL},
    {"there-already", "web1 --live --config", DRIVEN,
     "web1: the running guest already has its payload drive\n"
     "web1: the definition already has the payload drive\n"},
    {"no-room-now", "web1 --live --config", ROOT, ADDED "web1: " ROOM, CONFIG_CALL},
    {"both-refused", "web1 --live --config", ROOT, "web1: " ROOM, CONFIG_CALL,
     .refused = "attach config"},
    {"config-refused", "web1 --live --config", ROOT PORTS,
     PLUGGED "web1: the drive cannot be attached: as the test says [libvirt]\n",
     LIVE_CALL CONFIG_CALL, .refused = "attach config"},
    {"live-of-shut-off", "web1 --live", ROOT, "web1: the guest is not running [drive]\n",
     .state = SHUT_OFF},
    {"id-without-live", "web1 --id 2", ROOT, "--id requires --live [usage]\n"},
    {"resumed-without-id", "web1 --live --resumed", ROOT, "--resumed requires --id [usage]\n"},
    {"json", "web1 --live --config --json", ROOT PORTS,
     JSON("true", "\"payload drive plugged into the running guest\", \"payload drive added from "
                  "the next start on\""),
     LIVE_CALL CONFIG_CALL},
    {"json-there-already", "web1 --json", DRIVEN,
     JSON("false", "\"the definition already has the payload drive\"")},
    {"quiet", "web1 --quiet", ROOT PORTS, "", CONFIG_CALL},
};

/* --- for the hook ----------------------------------------------------------------------------- */

#define HAND_OVER "--live --id 2 " FAKE_UUID
#define PLUGGED_AFTER(ms)                                                                          \
    "info web1: payload drive plugged into the running guest, " ms " ms after its start\n"
#define RUN_OVER "the guest has stopped or restarted; nothing was changed\n"
#define REFUSED                                                                                    \
    "the drive cannot be hot-plugged: the drive cannot be attached: as the test says; "            \
    "'virt-payload attach web1' adds it at the next start [drive]\n"

static const Case handed[] = {
    {"plugged-in-time", HAND_OVER " --began 1500", ROOT PORTS, "", LIVE_CALL,
     .journal = PLUGGED_AFTER("1000"), .note = "1000\n"},
    {"plugged-late", HAND_OVER " --began 1499", ROOT PORTS, "", LIVE_CALL,
     .journal = PLUGGED_AFTER(
         "1001") "warning web1: the drive was hot-plugged 1001 ms after the start, which may have "
                 "been too late for the guest; with 'virt-payload attach " FAKE_UUID
                 "' it is present from the start\n",
     .note = "1001\n"},
    {"began-later-than-now", HAND_OVER " --began 9999", ROOT PORTS, "", LIVE_CALL,
     .journal = PLUGGED_AFTER("0"), .note = "0\n"},
    {"began-unknown", HAND_OVER, ROOT PORTS, "", LIVE_CALL, .journal = PLUGGED_AFTER("0"),
     .note = "0\n"},
    {"held-guest-has-not-begun", HAND_OVER " --began 1", ROOT PORTS, "", LIVE_CALL, HELD,
     PLUGGED_AFTER("0"), "0\n"},
    {"has-its-drive", HAND_OVER, DRIVEN, "",
     .journal = "info web1: the running guest already has its payload drive\n"},
    {"resumed", "--live --id 3 " FAKE_UUID, ROOT PORTS, "", .state = RESUMED,
     .journal = "notice web1: the guest was resumed without a payload drive and is left unchanged; "
                "'virt-payload attach --live' adds it\n"},
    {"booted-after-a-failed-restore", HAND_OVER " --resumed", ROOT PORTS, "", LIVE_CALL,
     .journal = PLUGGED_AFTER("0"), .note = "0\n"},
    {"resumed-and-paused", HAND_OVER " --resumed", ROOT PORTS, "", .state = HELD,
     .journal = "notice web1: the guest was resumed without a payload drive and is left unchanged; "
                "'virt-payload attach --live' adds it\n"},
    {"earlier-run", "--live --id 77 " FAKE_UUID, ROOT PORTS, "",
     .journal = "notice web1: " RUN_OVER},
    {"stopped", HAND_OVER, ROOT PORTS, "", .state = SHUT_OFF, .journal = "notice web1: " RUN_OVER},
    {"gone", HAND_OVER, ROOT PORTS, "", .state = GONE,
     .journal = "notice " FAKE_UUID ": " RUN_OVER},
    {"no-room", HAND_OVER, ROOT, "status 1\n", .journal = "err web1: " ROOM, .note = ROOM},
    {"refused", HAND_OVER, ROOT PORTS, "status 1\n", LIVE_CALL, .refused = "attach",
     .journal = "err web1: " REFUSED, .note = REFUSED},
    {"stopped-meanwhile", HAND_OVER " --config", ROOT PORTS, "", LIVE_CALL, .refused = "attach",
     .meanwhile = stop, .journal = "notice web1: " RUN_OVER},

    {"and-persistent", HAND_OVER " --config", ROOT PORTS, "", LIVE_CALL CONFIG_CALL,
     .journal = PLUGGED_AFTER("0") "info web1: payload drive added from the next start on\n",
     .note = "0\n"},
    {"and-persistent-of-a-transient-guest", HAND_OVER " --config", ROOT PORTS, "", LIVE_CALL,
     TRANSIENT, PLUGGED_AFTER("0"), "0\n"},
    {"persistent-although-no-room", HAND_OVER " --config", ROOT, "status 1\n", CONFIG_CALL,
     .journal = "err web1: " ROOM "info web1: payload drive added from the next start on\n",
     .note = ROOM},
    {"both-refused", HAND_OVER " --config", ROOT, "status 1\n", CONFIG_CALL,
     .refused = "attach config",
     .journal =
         "err web1: " ROOM "err web1: the drive cannot be attached: as the test says [libvirt]\n",
     .note = ROOM},
    {"persistent-refused", HAND_OVER " --config", ROOT PORTS, "status 1\n", LIVE_CALL CONFIG_CALL,
     .refused = "attach config",
     .journal =
         PLUGGED_AFTER("0") "err web1: the drive cannot be attached: as the test says [libvirt]\n",
     .note = "the drive cannot be attached: as the test says [libvirt]\n0\n"},
};

static void
add_cases(const char *group, const Case *cases, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        g_autofree char *path = g_strdup_printf("/attach/%s/%s", group, cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    add_cases("typed", typed, G_N_ELEMENTS(typed));
    add_cases("handed-over", handed, G_N_ELEMENTS(handed));
    return g_test_run();
}
