/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* virt-payload wait: what it says of guests on their way, done, failed, silent and gone. */
#include <config.h>

#include "command/commands.h"
#include "command/probe.h"
#include "libvirt/fake-command.h"

#define RESULT "/run/cloud-init/result.json"
#define STATUS "/run/cloud-init/status.json"
#define DISABLED "/run/cloud-init/disabled"
#define DONE                                                                                       \
    {                                                                                              \
        RESULT, "{\"v1\": {\"datasource\": \"DataSourceNoCloud\", \"errors\": []}}"                \
    }
#define RUNS                                                                                       \
    {                                                                                              \
        STATUS, "{\"v1\": {\"stage\": \"modules-config\"}}"                                        \
    }
#define AGENT "eth0 52:54:00:00:00:01 192.0.2.5/24 2001:db8::5/64"
#define ADDRESSES                                                                                  \
    "  eth0       52:54:00:00:00:01 192.0.2.5/24\n"                                                \
    "  eth0       52:54:00:00:00:01 2001:db8::5/64\n"
#define IN_JSON                                                                                    \
    "\"addresses\": [ { \"interface\": \"eth0\", \"mac\": \"52:54:00:00:00:01\", \"address\": "    \
    "\"192.0.2.5\\/24\" }, { \"interface\": \"eth0\", \"mac\": \"52:54:00:00:00:01\", "            \
    "\"address\": \"2001:db8::5\\/64\" } ] } ]\n"
#define REPORT(message)                                                                            \
    "[ { \"guest\": \"web1\", \"uuid\": \"" FAKE_UUID                                              \
    "\", \"changed\": false, \"messages\": [ \"" message "\" ], "

typedef struct {
    const char *name;
    const char *words;
    const char *expected;
    FakeFile files[2];     /* none: the agent is silent */
    const char *addresses; /* by its agent */
    const char *answering; /* where sshd answers */
    guint wakes;
    void (*meanwhile)(void);
    FakeAnswer answer; /* the agent's first */
} Case;

static FakeGuest fixture;
static const char *answering;

/* command/probe.c's */
const char *
vp_command_probe_ssh(const GPtrArray *addresses, guint port)
{
    g_assert_cmpuint(port, ==, 22);
    for (guint i = 0; i < addresses->len; i++) {
        if (g_strcmp0(addresses->pdata[i], answering) == 0)
            return addresses->pdata[i];
    }
    return NULL;
}

static void
stop(void)
{
    g_assert_cmpint(virDomainDestroy(fixture.domain), ==, 0);
}

static void
restart(void)
{
    stop();
    g_assert_cmpint(virDomainCreate(fixture.domain), ==, 0);
}

static void
stop_for_good(void)
{
    g_assert_cmpint(virDomainUndefine(fixture.domain), ==, 0);
    stop();
}

static void
finish(void)
{
    static const FakeFile files[2] = {DONE};

    fake.files = files;
}

static void
get_address(void)
{
    fake.addresses[VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT] = AGENT;
}

static void
test_case(gconstpointer data)
{
    const Case *given = data;
    g_autofree char *xml = fake_definition(" id='2'", NULL, "");
    g_autofree char *text = NULL;

    fake_set_up(&fixture, xml, xml);
    fake.files = given->files[0].path != NULL ? given->files : NULL;
    fake.addresses[VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT] = given->addresses;
    fake.wakes = given->wakes;
    fake.meanwhile = given->meanwhile;
    fake.answers = &given->answer;
    fake.n_answers = given->answer.code != VIR_ERR_OK ? 1 : 0;
    answering = given->answering;
    text = fake_run(&fixture, &vp_command_wait, given->words);
    g_assert_cmpstr(text, ==, given->expected);
    fake_tear_down(&fixture);
}

#define STOPPED "web1: the guest has stopped; cloud-init had not finished [drive]\n"
#define TIME_OUT(seconds, doing) "web1: not done after " seconds " s: " doing "\nstatus 4\n"

static const Case cases[] = {
    {"done", "web1", "web1: cloud-init is done, from DataSourceNoCloud\n" ADDRESSES, {DONE}, AGENT},
    {"done-without-addresses",
     "web1",
     "web1: cloud-init is done, from DataSourceNoCloud\n",
     {DONE}},
    {"done-later",
     "web1",
     "web1: cloud-init is done, from DataSourceNoCloud\n",
     {RUNS},
     .wakes = 9,
     .meanwhile = finish},
    {"done-without-datasource",
     "web1",
     "web1: cloud-init is done\n",
     {{RESULT, "{\"v1\": {\"errors\": []}}"}}},
    {"result-before-status",
     "web1",
     "web1: cloud-init is done, from DataSourceNoCloud\n",
     {RUNS, DONE}},
    {"errors",
     "web1",
     "web1: cloud-init is done, with errors (2); 'cloud-init status --long' in the guest shows "
     "them\n" ADDRESSES "status 3\n",
     {{RESULT, "{\"v1\": {\"errors\": [\"a\", \"b\"]}}"}},
     AGENT},
    {"unreadable-result",
     "web1",
     "web1: cloud-init has ended; " RESULT " in the guest cannot be read\nstatus 3\n",
     {{RESULT, "hello"}}},
    {"disabled", "web1", "web1: cloud-init is disabled in the guest\nstatus 3\n", {{DISABLED, ""}}},
    {"runs", "web1 -t 0", TIME_OUT("0", "cloud-init runs modules-config"), {RUNS}},
    {"runs-in-no-stage", "web1 -t 0", TIME_OUT("0", "cloud-init runs"), {{STATUS, "{}"}}},
    {"not-started",
     "web1 -t 2",
     TIME_OUT("2", "the guest agent answers, but cloud-init has not started"),
     {{"/x", ""}}},
    {"silent", "web1 --timeout=1",
     TIME_OUT("1", "the guest agent does not answer yet; for a guest without qemu-guest-agent use "
                   "--for=ssh")},
    {"ten-minutes", "web1", TIME_OUT("600", "cloud-init runs modules-config"), {RUNS}, AGENT},
    {"no-channel", "web1",
     "web1: the guest has no channel for its agent; add one to <devices>: <channel type='unix'>"
     "<target type='virtio' name='org.qemu.guest_agent.0'/></channel> [missing]\n",
     .answer = {NULL, VIR_ERR_ARGUMENT_UNSUPPORTED, "no channel"}},
    {"stops", "web1", STOPPED, {RUNS}, .wakes = 2, .meanwhile = stop},
    {"restarts", "web1", STOPPED, {RUNS}, .wakes = 2, .meanwhile = restart},
    {"restarts-without-address", "web1 --for=address", "web1: the guest has stopped [drive]\n",
     .wakes = 2, .meanwhile = restart},
    {"gone",
     "web1",
     "web1: the guest cannot be looked up: Domain not found [not-found]\n",
     {RUNS},
     .wakes = 2,
     .meanwhile = stop_for_good},
    {"no-such-guest", "nobody",
     "nobody: no guest has this UUID, name or id; see 'virsh list --all' [not-found]\n"},

    {"address", "web1 --for address", "web1: 192.0.2.5\n", .addresses = AGENT},
    {"address-later", "web1 -f address -t 5", "web1: 192.0.2.5\n", .wakes = 5,
     .meanwhile = get_address},
    {"address-too-late", "web1 -f address -t 5", TIME_OUT("5", "no address is known yet"),
     .wakes = 6, .meanwhile = get_address},
    {"ssh", "web1 --for=ssh", "web1: sshd answers at 2001:db8::5\n", .addresses = AGENT,
     .answering = "2001:db8::5"},
    {"ssh-silent", "web1 --for=ssh -t 1", TIME_OUT("1", "its sshd does not answer yet"),
     .addresses = AGENT},
    {"ssh-without-address", "web1 --for=ssh -t 1", TIME_OUT("1", "no address is known yet")},
    {"for-what", "web1 --for=boot", "--for takes cloud-init, address or ssh [usage]\n"},
    {"for-nothing", "web1 --for=", "--for takes cloud-init, address or ssh [usage]\n"},

    {"quiet", "web1 --quiet", "", {DONE}, AGENT},
    {"quiet-failure", "web1 --quiet", "status 3\n", {{RESULT, "{}"}}, AGENT},
    {"json-done",
     "web1 --json",
     REPORT("cloud-init is done, from DataSourceNoCloud") "\"state\": \"done\", \"seconds\": "
                                                          "0, " IN_JSON,
     {DONE},
     AGENT},
    {"json-failed",
     "web1 --json",
     REPORT("cloud-init has ended; \\/run\\/cloud-init\\/result.json in the guest cannot be "
            "read") "\"state\": \"failed\", \"seconds\": 0, " IN_JSON "status 3\n",
     {{RESULT, "{}"}},
     AGENT},
    {"json-disabled",
     "web1 --json",
     REPORT(
         "cloud-init is disabled in the guest") "\"state\": \"disabled\", \"seconds\": 0, " IN_JSON
                                                "status 3\n",
     {{DISABLED, ""}},
     AGENT},
    {"json-time-out",
     "web1 --json -t 3",
     REPORT("not done after 3 s: cloud-init runs modules-config") "\"state\": \"timeout\", "
                                                                  "\"seconds\": 3, " IN_JSON
                                                                  "status 4\n",
     {RUNS},
     AGENT},
    {"json-address", "web1 --json -f address",
     REPORT("192.0.2.5") "\"state\": \"address\", \"seconds\": 0, " IN_JSON, .addresses = AGENT},
    {"json-ssh", "web1 --json -f ssh",
     REPORT("sshd answers at 192.0.2.5") "\"state\": \"ssh\", \"seconds\": 0, " IN_JSON,
     .addresses = AGENT, .answering = "192.0.2.5"},
};

static void
test_shut_off(void)
{
    g_autofree char *xml = fake_definition("", NULL, "");
    g_autofree char *text = NULL;

    fake_set_up(&fixture, NULL, xml);
    text = fake_run(&fixture, &vp_command_wait, "web1");
    g_assert_cmpstr(text, ==, "web1: the guest is not running; start it first [drive]\n");
    fake_tear_down(&fixture);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/wait/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/wait/shut-off", test_shut_off);
    return g_test_run();
}
