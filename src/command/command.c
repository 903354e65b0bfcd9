/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of subcommands at work: arguments parsed by it, help written from it. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/suggest.h"
#include "command/command.h"

enum {
    WIDTH = 80,
    COMMAND_COLUMN = 14, /* where a command's summary begins */
    OPTION_COLUMN = 28,  /* where an option's summary begins */
};

#define GLOBAL(member) G_STRUCT_OFFSET(VpGlobalOptions, member)

static const VpOption connect_options[] = {
    {"connect", 'c', VP_OPTION_TEXT, GLOBAL(uri), "URI", "libvirt's connection URI, as for virsh"},
    {NULL},
};

static const VpOption help_options[] = {
    {"help", 'h', VP_OPTION_FLAG, GLOBAL(help), NULL, "show this help"},
    {NULL},
};

static const VpOption report_options[] = {
    {"json", 'j', VP_OPTION_FLAG, GLOBAL(json), NULL, "as JSON"},
    {"quiet", 'q', VP_OPTION_FLAG, GLOBAL(quiet), NULL, "print errors only"},
    {NULL},
};

static const VpOption guests_options[] = {
    {"all", '\0', VP_OPTION_FLAG, GLOBAL(all), NULL, "every guest that has a payload"},
    {NULL},
};

static const VpOption global_options[] = {
    {"config-file", '\0', VP_OPTION_TEXT, GLOBAL(conf_path), "FILE",
     "read FILE instead of the host's virt-payload.conf"},
    {"version", 'V', VP_OPTION_FLAG, GLOBAL(version), NULL, "show the version"},
    {NULL},
};

void
vp_command_global_options_clear(VpGlobalOptions *options)
{
    g_clear_pointer(&options->uri, g_free);
    g_clear_pointer(&options->conf_path, g_free);
}

static const VpOption *
options_of(const VpCommand *command)
{
    return command->make_options != NULL ? command->make_options() : command->options;
}

/* --- parsing ---------------------------------------------------------------------------------- */

/* A command's options and where they are stored, for one run of GOptionContext. */
typedef struct {
    const VpOption *options;
    gpointer base;
} OptionSet;

typedef struct {
    GArray *sets; /* of OptionSet */
    char **arguments;
    gboolean has_command; /* an argument is the command line of another program */
} Parse;

/* given: "-f", "-f=value", "--file", "--file=value". */
static gboolean
is_given_as(const VpOption *option, const char *given)
{
    gsize length = strlen(option->name);

    if (g_str_has_prefix(given, "--"))
        return strncmp(given + 2, option->name, length) == 0 &&
               (given[2 + length] == '\0' || given[2 + length] == '=');
    return option->letter != '\0' && given[1] == option->letter &&
           (given[2] == '\0' || given[2] == '=');
}

/* NULL if there is none. */
static const OptionSet *
find_option(const Parse *parse, const char *given, const VpOption **found)
{
    for (guint i = 0; i < parse->sets->len; i++) {
        const OptionSet *set = &g_array_index(parse->sets, OptionSet, i);

        for (const VpOption *option = set->options; option->name != NULL; option++) {
            if (is_given_as(option, given)) {
                *found = option;
                return set;
            }
        }
    }
    return NULL;
}

/* given: letters, "-jcURI". The first of them that takes a value, which is *rest or the next
 * argument. NULL if none does; then *rest follows the first that is unknown, or the last. */
static const VpOption *
find_taker(const Parse *parse, const char *given, const char **rest)
{
    for (*rest = given + 1; **rest != '\0';) {
        const char letter[] = {'-', *(*rest)++, '\0'};
        const VpOption *option = NULL;

        if (find_option(parse, letter, &option) == NULL)
            return NULL;
        if (option->argument != NULL)
            return option;
    }
    return NULL;
}

/* GLib's own integer parser repeats the value in its message. */
static gboolean
store_number(const VpOption *option, gpointer base, const char *value, GError **error)
{
    gint64 number;

    if (!g_ascii_string_to_signed(value, 10, 0, G_MAXINT, &number, NULL))
        return vp_error_set(error, VP_ERROR_USAGE, "--%s takes a number, 0 or more", option->name);
    *(int *)G_STRUCT_MEMBER_P(base, option->offset) = number;
    return TRUE;
}

static gboolean
handle_callback(const char *given, const char *value, gpointer data, GError **error)
{
    const VpOption *option = NULL;
    const OptionSet *set = find_option(data, given, &option);

    g_return_val_if_fail(set != NULL, FALSE);
    if (option->kind == VP_OPTION_NUMBER)
        return store_number(option, set->base, value, error);
    return option->handle(set->base, option, value, error);
}

static void
append_entry(GArray *entries, const VpOption *option, gpointer base)
{
    static const GOptionArg kinds[] = {
        [VP_OPTION_FLAG] = G_OPTION_ARG_NONE,
        [VP_OPTION_TEXT] = G_OPTION_ARG_FILENAME,
        [VP_OPTION_TEXTS] = G_OPTION_ARG_FILENAME_ARRAY,
        [VP_OPTION_NUMBER] = G_OPTION_ARG_CALLBACK,
        [VP_OPTION_CALLBACK] = G_OPTION_ARG_CALLBACK,
    };
    GOptionEntry entry = {option->name, option->letter, 0, kinds[option->kind], NULL, NULL, NULL};

    if (option->kind == VP_OPTION_NUMBER)
        *(int *)G_STRUCT_MEMBER_P(base, option->offset) = option->number;
    if (entry.arg == G_OPTION_ARG_CALLBACK) {
        entry.arg_data = (gpointer)handle_callback;
        entry.flags = G_OPTION_FLAG_FILENAME;
        if (option->argument == NULL)
            entry.flags |= G_OPTION_FLAG_NO_ARG;
    } else {
        entry.arg_data = G_STRUCT_MEMBER_P(base, option->offset);
    }
    g_array_append_val(entries, entry);
}

static const char *
suggest_option(const Parse *parse, const char *given)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < parse->sets->len; i++) {
        const VpOption *option = g_array_index(parse->sets, OptionSet, i).options;

        for (; option->name != NULL; option++)
            g_ptr_array_add(names, (gpointer)option->name);
    }
    g_ptr_array_add(names, NULL);
    return vp_suggest(given, (const char *const *)names->pdata);
}

/* GLib's message repeats the whole argument, "--password=abc" too: ours never shows a
 * value. */
static GError *
usage_of_option_error(const Parse *parse, const GError *failure)
{
    const char *given = strchr(failure->message, '-');
    const char *hint = parse->has_command ? "; put -- before a command that has options" : "";
    g_autofree char *name = NULL, *escaped = NULL;
    const char *suggestion, *rest;

    if (failure->code != G_OPTION_ERROR_UNKNOWN_OPTION || given == NULL)
        return g_error_new(VP_ERROR, VP_ERROR_USAGE, "%c%s", g_ascii_tolower(failure->message[0]),
                           failure->message + 1);
    if (given[1] != '-') {
        (void)find_taker(parse, given, &rest);
        return g_error_new(VP_ERROR, VP_ERROR_USAGE, "unknown option -%c%s",
                           g_ascii_isgraph(rest[-1]) ? rest[-1] : '?', hint);
    }
    name = g_strndup(given + 2, strcspn(given + 2, "="));
    escaped = vp_escape_name(name);
    suggestion = suggest_option(parse, name);
    if (suggestion == NULL)
        return g_error_new(VP_ERROR, VP_ERROR_USAGE, "unknown option --%s%s", escaped, hint);
    return g_error_new(VP_ERROR, VP_ERROR_USAGE, "unknown option --%s; did you mean --%s?", escaped,
                       suggestion);
}

/* The value of an option is the next argument. */
static gboolean
takes_next(const Parse *parse, const char *given)
{
    const VpOption *option = NULL;
    const char *rest;

    if (*given != '-')
        return FALSE;
    if (given[1] != '-')
        return find_taker(parse, given, &rest) != NULL && *rest == '\0';
    return strchr(given, '=') == NULL && find_option(parse, given, &option) != NULL &&
           option->argument != NULL;
}

/* GLib does not know "-cURI", only "-c URI". */
static void
add_argument(const Parse *parse, const char *given, GPtrArray *arguments)
{
    const char *rest;

    if (*given != '-' || given[1] == '-' || find_taker(parse, given, &rest) == NULL ||
        *rest == '\0' || *rest == '=') {
        g_ptr_array_add(arguments, g_strdup(given));
        return;
    }
    g_ptr_array_add(arguments, g_strndup(given, (gsize)(rest - given)));
    g_ptr_array_add(arguments, g_strdup(rest));
}

/* With the program's name before them, for GLib. */
static char **
split_arguments(const Parse *parse, char **argv, gboolean stops_at_argument)
{
    GPtrArray *arguments = g_ptr_array_new();

    g_ptr_array_add(arguments, g_strdup("virt-payload"));
    for (; *argv != NULL && !g_str_equal(*argv, "--") && (**argv == '-' || !stops_at_argument);
         argv++) {
        add_argument(parse, *argv, arguments);
        if (argv[1] != NULL && takes_next(parse, *argv))
            g_ptr_array_add(arguments, g_strdup(*++argv));
    }
    for (; *argv != NULL; argv++)
        g_ptr_array_add(arguments, g_strdup(*argv));
    g_ptr_array_add(arguments, NULL);
    return (char **)g_ptr_array_free(arguments, FALSE);
}

/* GLib takes a value that an option does not have, "--password=abc", and drops it. */
static gboolean
check_values(const Parse *parse, char **argv, gboolean stops_at_argument, GError **error)
{
    for (; *argv != NULL && !g_str_equal(*argv, "--"); argv++) {
        const VpOption *option = NULL;
        gboolean has_value = strchr(*argv, '=') != NULL;

        if (**argv != '-' && stops_at_argument)
            return TRUE;
        if (**argv != '-' || find_option(parse, *argv, &option) == NULL)
            continue;
        if (option->argument == NULL && has_value)
            return vp_error_set(error, VP_ERROR_USAGE, "--%s takes no value", option->name);
        if (argv[1] != NULL && takes_next(parse, *argv))
            argv++; /* its value, whatever that looks like */
    }
    return TRUE;
}

static gboolean
parse_sets(Parse *parse, char **argv, gboolean stops_at_argument, GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GArray) entries = g_array_new(TRUE, TRUE, sizeof(GOptionEntry));
    g_auto(GStrv) copy = split_arguments(parse, argv, stops_at_argument);
    g_autoptr(GError) failure = NULL;
    GOptionGroup *group = g_option_group_new("virt-payload", "", "", parse, NULL);
    GOptionEntry rest = {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &parse->arguments};

    if (!check_values(parse, copy + 1, stops_at_argument, error)) {
        g_option_group_unref(group);
        return FALSE;
    }
    for (guint i = 0; i < parse->sets->len; i++) {
        const OptionSet *set = &g_array_index(parse->sets, OptionSet, i);

        for (const VpOption *option = set->options; option->name != NULL; option++)
            append_entry(entries, option, set->base);
    }
    g_array_append_val(entries, rest);
    g_option_group_add_entries(group, (const GOptionEntry *)entries->data);
    g_option_context_set_main_group(context, group);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_strict_posix(context, stops_at_argument);

    if (g_option_context_parse_strv(context, &copy, &failure))
        return TRUE;
    if (failure->domain == G_OPTION_ERROR)
        g_propagate_error(error, usage_of_option_error(parse, failure));
    else
        g_propagate_error(error, g_steal_pointer(&failure));
    return FALSE;
}

static void
add_set(Parse *parse, const VpOption *options, gpointer base)
{
    OptionSet set = {options, base};

    if (options != NULL)
        g_array_append_val(parse->sets, set);
}

gboolean
vp_command_parse_globals(char **argv, VpGlobalOptions *options, char ***rest, GError **error)
{
    g_autoptr(GArray) sets = g_array_new(FALSE, FALSE, sizeof(OptionSet));
    Parse parse = {sets, NULL, FALSE};

    add_set(&parse, connect_options, options);
    add_set(&parse, global_options, options);
    add_set(&parse, help_options, options);
    if (!parse_sets(&parse, argv, TRUE, error)) {
        g_strfreev(parse.arguments);
        return FALSE;
    }
    *rest = parse.arguments != NULL ? parse.arguments : g_new0(char *, 1);
    return TRUE;
}

/* An option without a value, followed by what looks like one: "--password hunter2".
 * Only the option is named. name: NULL for any option. NULL if there is none. */
static const VpOption *
find_given_value(const VpCommand *command, char *const *argv, const char *name)
{
    for (; *argv != NULL && argv[1] != NULL; argv++) {
        for (const VpOption *option = options_of(command); option != NULL && option->name != NULL;
             option++) {
            if (option->argument == NULL && g_str_has_prefix(*argv, "--") &&
                g_str_equal(*argv + 2, option->name) && *argv[1] != '-' &&
                (name == NULL || g_str_equal(name, option->name)))
                return option;
        }
    }
    return NULL;
}

static gboolean
fail_surplus(const VpCommand *command, char *const *argv, GError **error)
{
    const VpOption *asking = find_given_value(command, argv, "password");
    const VpOption *option = asking != NULL ? asking : find_given_value(command, argv, NULL);

    return vp_error_set(
        error, VP_ERROR_USAGE, "%s: too many arguments: it takes %s%s%s%s%s", command->name,
        *command->arguments != '\0' ? command->arguments : "none", option != NULL ? "; --" : "",
        option != NULL ? option->name : "", option != NULL ? " takes no value" : "",
        asking != NULL ? ": it asks for the password; use --password-file to read it" : "");
}

static gboolean
check_count(const VpCommand *command, char *const *argv, guint count, gboolean all, GError **error)
{
    if (count < command->min_arguments && !all)
        return vp_error_set(error, VP_ERROR_USAGE, "%s: too few arguments: it takes %s",
                            command->name, command->arguments);
    /* a password would be taken for another guest's name, and told */
    if (count > 1 && (command->flags & VP_COMMAND_GUESTS) &&
        find_given_value(command, argv, "password") != NULL)
        return fail_surplus(command, argv, error);
    return count <= command->max_arguments || fail_surplus(command, argv, error);
}

gboolean
vp_command_parse(const VpCommand *command, char **argv, VpGlobalOptions *globals,
                 VpCommandLine *line, GError **error)
{
    g_autoptr(GArray) sets = g_array_new(FALSE, FALSE, sizeof(OptionSet));
    Parse parse = {sets, NULL, strstr(command->arguments, "[COMMAND") != NULL};
    VpCommandLine parsed = {g_malloc0(MAX(command->options_size, 1)), NULL, 0, FALSE};
    gboolean is_parsed;

    add_set(&parse, options_of(command), parsed.options);
    if (command->flags & VP_COMMAND_GUESTS)
        add_set(&parse, guests_options, globals);
    if (command->flags & VP_COMMAND_REPORTS)
        add_set(&parse, report_options, globals);
    if (command->flags & VP_COMMAND_LIBVIRT)
        add_set(&parse, connect_options, globals);
    add_set(&parse, help_options, globals);
    is_parsed = parse_sets(&parse, argv, FALSE, error);
    parsed.help = globals->help;
    parsed.arguments = parse.arguments != NULL ? parse.arguments : g_new0(char *, 1);
    parsed.n_arguments = g_strv_length(parsed.arguments);
    if (!is_parsed ||
        (!parsed.help && !check_count(command, argv, parsed.n_arguments, globals->all, error))) {
        vp_command_clear(command, &parsed);
        return FALSE;
    }
    *line = parsed;
    return TRUE;
}

void
vp_command_clear(const VpCommand *command, VpCommandLine *line)
{
    const VpOption *option = options_of(command);

    for (; option != NULL && option->name != NULL; option++) {
        gpointer variable = G_STRUCT_MEMBER_P(line->options, option->offset);

        if (option->kind == VP_OPTION_TEXT)
            g_clear_pointer((char **)variable, g_free);
        else if (option->kind == VP_OPTION_TEXTS)
            g_clear_pointer((char ***)variable, g_strfreev);
    }
    if (command->clear != NULL)
        command->clear(line->options);
    g_clear_pointer(&line->options, g_free);
    g_clear_pointer(&line->arguments, g_strfreev);
}

const VpCommand *
vp_command_find(const VpCommand *const *commands, const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *escaped = vp_escape_name(name);
    const char *suggestion;

    for (guint i = 0; commands[i] != NULL; i++) {
        if (g_str_equal(commands[i]->name, name))
            return commands[i];
        g_ptr_array_add(names, (gpointer)commands[i]->name);
    }
    g_ptr_array_add(names, NULL);
    suggestion = vp_suggest(name, (const char *const *)names->pdata);
    if (suggestion != NULL)
        return vp_error_null(error, VP_ERROR_USAGE, "unknown command '%s'; did you mean %s?",
                             escaped, suggestion);
    return vp_error_null(error, VP_ERROR_USAGE, "unknown command '%s'; see --help", escaped);
}

/* --- help ------------------------------------------------------------------------------------- */

/* Appends text in lines of at most WIDTH columns, broken at spaces, indented from the second line
 * on. */
static void
append_wrapped(GString *out, gsize column, guint indent, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    gboolean is_first = TRUE;

    for (char **word = words; *word != NULL; word++) {
        gsize length = g_utf8_strlen(*word, -1);

        if (!is_first && column + 1 + length > WIDTH) {
            g_string_append_printf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (!is_first) {
            g_string_append_c(out, ' ');
            column++;
        }
        g_string_append(out, *word);
        column += length;
        is_first = FALSE;
    }
    g_string_append_c(out, '\n');
}

/* One row: a term, and its summary next to it from a column on, or below if the term is too long.
 */
static void
append_row(GString *out, const char *term, guint column, const char *summary)
{
    gsize length = strlen(term);

    g_string_append(out, term);
    if (length + 2 > column) {
        g_string_append_c(out, '\n');
        length = 0;
    }
    g_string_append_printf(out, "%*s", (int)(column - length), "");
    append_wrapped(out, column, column, summary);
}

static void
append_options(GString *out, const VpOption *option)
{
    for (; option != NULL && option->name != NULL; option++) {
        g_autofree char *letter =
            option->letter != '\0' ? g_strdup_printf("-%c,", option->letter) : g_strdup("   ");
        g_autofree char *term = g_strdup_printf("  %s --%s%s%s", letter, option->name,
                                                option->argument != NULL ? "=" : "",
                                                option->argument != NULL ? option->argument : "");

        append_row(out, term, OPTION_COLUMN, option->summary);
    }
}

char *
vp_command_help_all(const VpCommand *const *commands)
{
    GString *out = g_string_new("Usage: virt-payload [OPTION...] COMMAND [ARGUMENT...]\n"
                                "Gives libvirt guests their first-boot configuration.\n\n"
                                "Commands:\n");

    for (; *commands != NULL; commands++) {
        g_autofree char *term = g_strconcat("  ", (*commands)->name, NULL);

        append_row(out, term, COMMAND_COLUMN, (*commands)->summary);
    }
    g_string_append(out, "\nOptions:\n");
    append_options(out, connect_options);
    append_options(out, global_options);
    append_options(out, help_options);
    g_string_append(out,
                    "\n'virt-payload COMMAND --help' shows a command's arguments and options.\n");
    return g_string_free(out, FALSE);
}

static void
append_paragraphs(GString *out, const char *text)
{
    g_auto(GStrv) paragraphs = g_strsplit(text, "\n", -1);

    for (char **paragraph = paragraphs; *paragraph != NULL && **paragraph != '\0'; paragraph++) {
        g_string_append_c(out, '\n');
        append_wrapped(out, 0, 0, *paragraph);
    }
}

char *
vp_command_help(const VpCommand *command)
{
    GString *out = g_string_new(NULL);
    g_autofree char *usage =
        g_strdup_printf("Usage: virt-payload %s [OPTION...] %s", command->name, command->arguments);
    g_autofree char *summary =
        g_strdup_printf("%c%s.", g_ascii_toupper(command->summary[0]), command->summary + 1);

    append_wrapped(out, 0, 8, g_strchomp(usage));
    append_wrapped(out, 0, 0, summary);
    if (command->details != NULL)
        append_paragraphs(out, command->details);
    g_string_append(out, "\nOptions:\n");
    append_options(out, options_of(command));
    if (command->flags & VP_COMMAND_GUESTS)
        append_options(out, guests_options);
    if (command->flags & VP_COMMAND_REPORTS)
        append_options(out, report_options);
    if (command->flags & VP_COMMAND_LIBVIRT)
        append_options(out, connect_options);
    append_options(out, help_options);
    return g_string_free(out, FALSE);
}
