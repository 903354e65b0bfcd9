/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Subcommands on the guest of fake-libvirt.h. */
#pragma once

#include "base/error.h"
#include "base/json-text.h"
#include "capture.h"
#include "command/command.h"
#include "libvirt/fake-libvirt.h"

/* All that a user sees of a run: what is printed, with --json the array, the error, and an exit
 * status other than its default. words: the arguments after the command's name. */
static inline char *
fake_run(const FakeGuest *guest, const VpCommand *command, const char *words)
{
    g_auto(GStrv) argv = g_strsplit(words, " ", -1);
    VpGlobalOptions globals = {0};
    VpCommandLine line;
    VpCall call = {.command = command, .uri = FAKE_URI, .conf = &guest->conf};
    g_autoptr(json_object) results = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *shown = NULL;
    GString *text = g_string_new(NULL);
    Capture capture;

    g_assert_true(vp_command_parse(command, argv, &globals, &line, &error));
    g_assert_no_error(error);
    results = globals.json ? json_object_new_array() : NULL;
    call.options = line.options;
    call.arguments = line.arguments;
    call.n_arguments = line.n_arguments;
    call.is_quiet = globals.quiet;
    call.results = results;
    capture_begin(&capture);
    if (!command->run(&call, &error))
        g_string_append_printf(text, "%s%s%s [%s]\n", call.guest != NULL ? call.guest : "",
                               call.guest != NULL ? ": " : "", error->message,
                               vp_error_name(error));
    shown = capture_end(&capture);
    g_string_prepend(text, shown);
    if (results != NULL && error == NULL)
        g_string_append_printf(text, "%s\n", json_object_to_json_string(results));
    if (call.status != 0)
        g_string_append_printf(text, "status %d\n", call.status);
    g_string_replace(text, guest->directory, "@", 0);
    g_free(call.guest);
    vp_command_clear(command, &line);
    vp_command_global_options_clear(&globals);
    return g_string_free(text, FALSE);
}
