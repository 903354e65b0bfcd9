/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The agent's commands, as JSON through libvirt. */
#include <config.h>

#include "base/error.h"
#include "base/json-text.h"
#include "libvirt/agent.h"

enum { EXEC_TRIES = 50, EXEC_POLL_MS = 100 };

/* Which guest, and until when: an agent may answer each command just before libvirt's time-out. */
typedef struct {
    const VpGuest *guest;
    gint64 until;
} Asked;

/* Takes the arguments. *member: what the agent returns, only if the answer is OK. */
static VpAgentAnswer
call(const Asked *asked, const char *name, json_object *arguments, json_object **member,
     GError **error)
{
    g_autoptr(json_object) command = json_object_new_object();
    g_autoptr(json_object) reply = NULL;
    g_autoptr(GBytes) text = NULL;
    json_object *value;
    VpAgentAnswer answer;

    vp_json_add(command, "execute", json_object_new_string(name));
    vp_json_add(command, "arguments", arguments);
    if (g_get_monotonic_time() >= asked->until)
        return VP_AGENT_AWAY;
    answer = vp_virt_guest_agent(asked->guest, json_object_to_json_string(command), &text, error);
    if (answer != VP_AGENT_OK)
        return answer;
    reply = vp_json_parse_object(text, NULL);
    if (reply == NULL || !json_object_object_get_ex(reply, "return", &value))
        return VP_AGENT_REFUSED;
    *member = json_object_get(value);
    return VP_AGENT_OK;
}

/* cat is given no limit. */
static GBytes *
decode(json_object *value, const char *key)
{
    const char *text = vp_json_get_text_of(value, key);
    gsize size;
    guchar *data = g_base64_decode(text != NULL ? text : "", &size);

    return g_bytes_new_take(data, MIN(size, VP_AGENT_FILE_MAX));
}

static json_object *
with_number(const char *key, gint64 number)
{
    json_object *object = json_object_new_object();

    vp_json_add(object, key, json_object_new_int64(number));
    return object;
}

/* --- guest-file-* ----------------------------------------------------------------------------- */

static VpAgentAnswer
read_by_file(const Asked *asked, const char *path, GBytes **content, GError **error)
{
    json_object *arguments = json_object_new_object();
    g_autoptr(json_object) opened = NULL, read = NULL, closed = NULL;
    VpAgentAnswer answer;
    gint64 handle;

    vp_json_add(arguments, "path", json_object_new_string(path));
    answer = call(asked, "guest-file-open", arguments, &opened, error);
    if (answer != VP_AGENT_OK)
        return answer;
    handle = json_object_get_int64(opened);
    arguments = with_number("handle", handle);
    vp_json_add(arguments, "count", json_object_new_int(VP_AGENT_FILE_MAX));
    answer = call(asked, "guest-file-read", arguments, &read, error);
    if (answer == VP_AGENT_OK)
        *content = decode(read, "buf-b64");
    (void)call(asked, "guest-file-close", with_number("handle", handle), &closed, NULL);
    return answer;
}

/* --- guest-exec ------------------------------------------------------------------------------- */

static gboolean
has_ended(json_object *status, GBytes **content, VpAgentAnswer *answer)
{
    json_object *code = vp_json_get(status, "exitcode");

    if (!json_object_get_boolean(vp_json_get(status, "exited")))
        return FALSE;
    if (code != NULL && json_object_get_int(code) == 0)
        *content = decode(status, "out-data");
    else
        *answer = VP_AGENT_REFUSED;
    return TRUE;
}

static VpAgentAnswer
await_end(const Asked *asked, gint64 pid, GBytes **content, GError **error)
{
    for (guint i = 0; i < EXEC_TRIES; i++) {
        g_autoptr(json_object) status = NULL;
        VpAgentAnswer answer =
            call(asked, "guest-exec-status", with_number("pid", pid), &status, error);

        if (answer != VP_AGENT_OK || has_ended(status, content, &answer))
            return answer;
        g_usleep(EXEC_POLL_MS * 1000);
    }
    return VP_AGENT_AWAY;
}

static VpAgentAnswer
read_by_exec(const Asked *asked, const char *path, GBytes **content, GError **error)
{
    json_object *arguments = json_object_new_object(), *words = json_object_new_array();
    g_autoptr(json_object) started = NULL;
    json_object *pid;
    VpAgentAnswer answer;

    vp_json_append(words, json_object_new_string(path));
    vp_json_add(arguments, "path", json_object_new_string("/bin/cat"));
    vp_json_add(arguments, "arg", words);
    vp_json_add(arguments, "capture-output", json_object_new_boolean(TRUE));
    answer = call(asked, "guest-exec", arguments, &started, error);
    if (answer != VP_AGENT_OK)
        return answer;
    if (!json_object_object_get_ex(started, "pid", &pid))
        return VP_AGENT_REFUSED;
    return await_end(asked, json_object_get_int64(pid), content, error);
}

/* ---------------------------------------------------------------------------------------------- */

VpAgentFile
vp_virt_agent_read_file(const VpGuest *guest, const char *path, gint64 until, GBytes **content,
                        GError **error)
{
    const Asked asked = {guest, until};
    VpAgentAnswer answer = read_by_file(&asked, path, content, error);

    if (answer == VP_AGENT_FORBIDDEN) {
        answer = read_by_exec(&asked, path, content, error);
        if (answer == VP_AGENT_FORBIDDEN)
            g_set_error(error, VP_ERROR, VP_ERROR_MISSING,
                        "the guest agent may neither read files nor run commands; allow "
                        "guest-file-open, guest-file-read and guest-file-close in its "
                        "configuration");
    }
    switch (answer) {
    case VP_AGENT_OK:
        return VP_AGENT_FILE_READ;
    case VP_AGENT_AWAY:
        return VP_AGENT_FILE_NO_ANSWER;
    case VP_AGENT_REFUSED:
        return VP_AGENT_FILE_MISSING;
    case VP_AGENT_FORBIDDEN:
    case VP_AGENT_FAILED:
        return VP_AGENT_FILE_FAILED;
    }
    g_return_val_if_reached(VP_AGENT_FILE_FAILED);
}
