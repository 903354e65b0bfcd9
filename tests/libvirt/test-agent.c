/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of a guest by its agent: agents that answer, refuse, forbid, fall silent and lie. */
#include <config.h>

#include "base/error.h"
#include "base/json-text.h"
#include "libvirt/fake-libvirt.h"
#include "libvirt/agent.h"

#define PATH "/run/cloud-init/result.json"
#define HELLO "aGVsbG8="

#define OPENED                                                                                     \
    {                                                                                              \
        "{\"return\": 7}"                                                                          \
    }
#define READ(base64)                                                                               \
    {                                                                                              \
        "{\"return\": {\"count\": 5, \"buf-b64\": \"" base64 "\", \"eof\": true}}"                 \
    }
#define CLOSED                                                                                     \
    {                                                                                              \
        "{\"return\": {}}"                                                                         \
    }
#define STARTED                                                                                    \
    {                                                                                              \
        "{\"return\": {\"pid\": 42}}"                                                              \
    }
#define RUNS                                                                                       \
    {                                                                                              \
        "{\"return\": {\"exited\": false}}"                                                        \
    }
#define ENDED(code, more)                                                                          \
    {                                                                                              \
        "{\"return\": {\"exited\": true, \"exitcode\": " code more "}}"                            \
    }
#define OUTPUT ", \"out-data\": \"" HELLO "\""
#define FORBIDDEN(command)                                                                         \
    {                                                                                              \
        NULL, VIR_ERR_INTERNAL_ERROR, "Command " command " has been disabled for this instance"    \
    }
#define REFUSED                                                                                    \
    {                                                                                              \
        NULL, VIR_ERR_INTERNAL_ERROR, "unable to execute QEMU agent command: No such file"         \
    }
#define FAILS(code)                                                                                \
    {                                                                                              \
        NULL, code, "as the test says"                                                             \
    }

#define OPEN "guest-file-open " PATH "\n"
#define BY_FILE OPEN "guest-file-read 7 65536\nguest-file-close 7\n"
#define EXEC "guest-exec /bin/cat " PATH "\n"
#define STATUS "guest-exec-status 42\n"

typedef struct {
    const char *name;
    FakeAnswer answers[6]; /* after them it is silent */
    const char *calls;
    VpAgentFile expected;
    const char *content; /* or the error's message */
    VpErrorCode error;
    gint64 takes; /* seconds of each answer; it has 5 in all */
} Case;

static const char *
text_of(json_object *object, const char *key)
{
    json_object *value;

    return json_object_object_get_ex(object, key, &value) ? json_object_get_string(value) : NULL;
}

static void
add_word(GString *text, const char *word)
{
    if (word != NULL)
        g_string_append_printf(text, " %s", word);
}

/* A line for each command: its name, and the values of its arguments. */
static char *
commands(void)
{
    g_auto(GStrv) lines = g_strsplit(fake.calls->str, "\n", -1);
    GString *text = g_string_new(NULL);

    for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
        g_autoptr(json_object) command = json_tokener_parse(lines[i]);
        json_object *arguments, *words;

        g_assert_true(json_object_object_get_ex(command, "arguments", &arguments));
        g_string_append(text, text_of(command, "execute"));
        add_word(text, text_of(arguments, "path"));
        add_word(text, text_of(arguments, "handle"));
        add_word(text, text_of(arguments, "count"));
        add_word(text, text_of(arguments, "pid"));
        if (json_object_object_get_ex(arguments, "arg", &words))
            add_word(text, json_object_get_string(json_object_array_get_idx(words, 0)));
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static void
set_up(FakeGuest *guest, const Case *given)
{
    g_autofree char *live = fake_definition(" id='2'", NULL, "");

    fake_set_up(guest, live, live);
    fake.answers = given->answers;
    while (fake.n_answers < G_N_ELEMENTS(given->answers) &&
           (given->answers[fake.n_answers].reply != NULL ||
            given->answers[fake.n_answers].code != VIR_ERR_OK))
        fake.n_answers++;
    fake.takes = given->takes * G_USEC_PER_SEC;
}

static void
test_case(gconstpointer data)
{
    const Case *given = data;
    FakeGuest guest;
    g_autoptr(GBytes) content = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *sent = NULL, *text = NULL;
    VpAgentFile answer;

    set_up(&guest, given);
    answer =
        vp_virt_agent_read_file(guest.guest, PATH, fake.now + 5 * G_USEC_PER_SEC, &content, &error);
    sent = commands();
    g_assert_cmpstr(sent, ==, given->calls);
    g_assert_cmpint((int)answer, ==, (int)given->expected);
    g_assert_cmpint(content != NULL, ==, answer == VP_AGENT_FILE_READ);
    g_assert_cmpint(error != NULL, ==, answer == VP_AGENT_FILE_FAILED);
    if (error != NULL)
        g_assert_error(error, VP_ERROR, (int)given->error);
    text = content != NULL ? g_strndup(g_bytes_get_data(content, NULL), g_bytes_get_size(content))
                           : g_strdup(error != NULL ? error->message : NULL);
    g_assert_cmpstr(text, ==, given->content);
    fake_tear_down(&guest);
}

#define NO_CHANNEL                                                                                 \
    "the guest has no channel for its agent; add one to <devices>: <channel type='unix'><target "  \
    "type='virtio' name='org.qemu.guest_agent.0'/></channel>"
#define ALLOW                                                                                      \
    "the guest agent may neither read files nor run commands; allow guest-file-open, "             \
    "guest-file-read and guest-file-close in its configuration"

static const Case cases[] = {
    {"file-is-read", {OPENED, READ(HELLO), CLOSED}, BY_FILE, VP_AGENT_FILE_READ, "hello"},
    {"file-is-empty", {OPENED, READ(""), CLOSED}, BY_FILE, VP_AGENT_FILE_READ, ""},
    {"file-is-missing", {REFUSED}, OPEN, VP_AGENT_FILE_MISSING},
    {"file-cannot-be-read", {OPENED, REFUSED, CLOSED}, BY_FILE, VP_AGENT_FILE_MISSING},
    {"close-fails",
     {OPENED, READ(HELLO), FAILS(VIR_ERR_RPC)},
     BY_FILE,
     VP_AGENT_FILE_READ,
     "hello"},

    {"silent", {{NULL}}, OPEN, VP_AGENT_FILE_NO_ANSWER},
    {"falls-silent", {OPENED}, BY_FILE, VP_AGENT_FILE_NO_ANSWER},
    {"not-in-sync", {FAILS(VIR_ERR_AGENT_UNSYNCED)}, OPEN, VP_AGENT_FILE_NO_ANSWER},
    {"guest-is-paused", {FAILS(VIR_ERR_OPERATION_INVALID)}, OPEN, VP_AGENT_FILE_NO_ANSWER},
    {"guest-is-locked", {FAILS(VIR_ERR_OPERATION_TIMEOUT)}, OPEN, VP_AGENT_FILE_NO_ANSWER},
    {"later-libvirt's-timeout", {FAILS(112)}, OPEN, VP_AGENT_FILE_NO_ANSWER},
    {"later-libvirt's-refusal", {FAILS(113)}, OPEN, VP_AGENT_FILE_MISSING},
    {"no-channel",
     {FAILS(VIR_ERR_ARGUMENT_UNSUPPORTED)},
     OPEN,
     VP_AGENT_FILE_FAILED,
     NO_CHANNEL,
     VP_ERROR_MISSING},
    {"libvirt-fails",
     {FAILS(VIR_ERR_RPC)},
     OPEN,
     VP_AGENT_FILE_FAILED,
     "the guest's agent cannot be asked: as the test says",
     VP_ERROR_LIBVIRT},

    {"by-exec",
     {FORBIDDEN("guest-file-open"), STARTED, ENDED("0", OUTPUT)},
     OPEN EXEC STATUS,
     VP_AGENT_FILE_READ,
     "hello"},
    {"by-exec-if-unknown",
     {{NULL, 113, "The command guest-file-open has not been found"}, STARTED, ENDED("0", OUTPUT)},
     OPEN EXEC STATUS,
     VP_AGENT_FILE_READ,
     "hello"},
    {"by-exec-if-only-read-is-forbidden",
     {OPENED, FORBIDDEN("guest-file-read"), CLOSED, STARTED, ENDED("0", OUTPUT)},
     BY_FILE EXEC STATUS,
     VP_AGENT_FILE_READ,
     "hello"},
    {"exec-takes-a-while",
     {FORBIDDEN("guest-file-open"), STARTED, RUNS, RUNS, ENDED("0", OUTPUT)},
     OPEN EXEC STATUS STATUS STATUS,
     VP_AGENT_FILE_READ,
     "hello"},
    {"exec-without-output",
     {FORBIDDEN("guest-file-open"), STARTED, ENDED("0", "")},
     OPEN EXEC STATUS,
     VP_AGENT_FILE_READ,
     ""},
    {"exec-fails",
     {FORBIDDEN("guest-file-open"), STARTED, ENDED("1", OUTPUT)},
     OPEN EXEC STATUS,
     VP_AGENT_FILE_MISSING},
    {"exec-is-killed",
     {FORBIDDEN("guest-file-open"), STARTED, {"{\"return\": {\"exited\": true, \"signal\": 9}}"}},
     OPEN EXEC STATUS,
     VP_AGENT_FILE_MISSING},
    {"exec-without-a-process",
     {FORBIDDEN("guest-file-open"), {"{\"return\": {}}"}},
     OPEN EXEC,
     VP_AGENT_FILE_MISSING},
    {"exec-has-no-cat", {FORBIDDEN("guest-file-open"), REFUSED}, OPEN EXEC, VP_AGENT_FILE_MISSING},
    {"falls-silent-in-exec",
     {FORBIDDEN("guest-file-open"), STARTED},
     OPEN EXEC STATUS,
     VP_AGENT_FILE_NO_ANSWER},
    {"nothing-is-allowed",
     {FORBIDDEN("guest-file-open"), FORBIDDEN("guest-exec")},
     OPEN EXEC,
     VP_AGENT_FILE_FAILED,
     ALLOW,
     VP_ERROR_MISSING},

    {"reply-is-no-json", {{"hello"}}, OPEN, VP_AGENT_FILE_MISSING},
    {"reply-is-a-list", {{"[]"}}, OPEN, VP_AGENT_FILE_MISSING},
    {"reply-returns-nothing", {{"{}"}}, OPEN, VP_AGENT_FILE_MISSING},
    {"content-is-null", {OPENED, {"{\"return\": null}"}, CLOSED}, BY_FILE, VP_AGENT_FILE_READ, ""},
    {"content-is-a-number",
     {OPENED, {"{\"return\": {\"buf-b64\": 5}}"}, CLOSED},
     BY_FILE,
     VP_AGENT_FILE_READ,
     ""},
    {"content-is-no-base64", {OPENED, READ("*"), CLOSED}, BY_FILE, VP_AGENT_FILE_READ, ""},

    {"time-is-up-after-open", {OPENED}, OPEN, VP_AGENT_FILE_NO_ANSWER, .takes = 5},
    {"time-is-just-not-up",
     {OPENED, READ(HELLO), CLOSED},
     OPEN "guest-file-read 7 65536\n",
     VP_AGENT_FILE_READ,
     "hello",
     .takes = 4},
};

/* --- without end ------------------------------------------------------------------------------ */

/* A process that never ends: fifty looks, five seconds. */
static void
test_endless(void)
{
    static const FakeAnswer runs = RUNS;
    FakeAnswer answers[64] = {FORBIDDEN("guest-file-open"), STARTED};
    const Case silent = {.name = "endless"};
    FakeGuest guest;
    g_autoptr(GBytes) content = NULL;

    for (guint i = 2; i < G_N_ELEMENTS(answers); i++)
        answers[i] = runs;
    set_up(&guest, &silent);
    fake.answers = answers;
    fake.n_answers = G_N_ELEMENTS(answers);
    g_assert_cmpint((int)vp_virt_agent_read_file(guest.guest, PATH, G_MAXINT64, &content, NULL), ==,
                    (int)VP_AGENT_FILE_NO_ANSWER);
    g_assert_cmpuint(fake.n_answers, ==, G_N_ELEMENTS(answers) - 52);
    g_assert_cmpint(fake.now, ==, 5 * G_USEC_PER_SEC);
    fake_tear_down(&guest);
}

/* What an agent sends beyond the first VP_AGENT_FILE_MAX bytes. */
static void
test_long(void)
{
    static const gsize sizes[] = {VP_AGENT_FILE_MAX - 1, VP_AGENT_FILE_MAX, VP_AGENT_FILE_MAX + 1};

    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autofree guchar *bytes = g_malloc0(sizes[i]);
        g_autofree char *base64 = g_base64_encode(bytes, sizes[i]);
        g_autofree char *status = g_strdup_printf(
            "{\"return\": {\"exited\": true, \"exitcode\": 0, \"out-data\": \"%s\"}}", base64);
        const Case given = {.answers = {FORBIDDEN("guest-file-open"), STARTED, {.reply = status}}};
        FakeGuest guest;
        g_autoptr(GBytes) content = NULL;

        set_up(&guest, &given);
        g_assert_cmpint((int)vp_virt_agent_read_file(guest.guest, PATH, G_MAXINT64, &content, NULL),
                        ==, (int)VP_AGENT_FILE_READ);
        g_assert_cmpuint(g_bytes_get_size(content), ==, MIN(sizes[i], VP_AGENT_FILE_MAX));
        fake_tear_down(&guest);
    }
}

/* No command is sent. */
static void
test_too_late(void)
{
    const Case given = {.answers = {OPENED}};
    FakeGuest guest;
    g_autoptr(GBytes) content = NULL;

    set_up(&guest, &given);
    g_assert_cmpint((int)vp_virt_agent_read_file(guest.guest, PATH, fake.now, &content, NULL), ==,
                    (int)VP_AGENT_FILE_NO_ANSWER);
    g_assert_cmpstr(fake.calls->str, ==, "");
    fake_tear_down(&guest);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strdup_printf("/agent/%s", cases[i].name);

        g_test_add_data_func(path, &cases[i], test_case);
    }
    g_test_add_func("/agent/exec-never-ends", test_endless);
    g_test_add_func("/agent/content-beyond-the-limit-is-cut", test_long);
    g_test_add_func("/agent/time-was-up-before", test_too_late);
    return g_test_run();
}
