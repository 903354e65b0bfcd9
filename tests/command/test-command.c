/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table at work: options into a command's struct, errors that show no value, help of 80
 * columns. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "command/command.h"

typedef struct {
    gboolean force;
    char *file;
    char **keys;
    int seconds;
    GString *order;
} Options;

static gboolean
note(gpointer options, const VpOption *option, const char *value, GError **error)
{
    Options *all = options;

    if (g_str_equal(value, "bad")) {
        g_set_error(error, VP_ERROR, VP_ERROR_USAGE, "--note is bad");
        return FALSE;
    }
    if (all->order == NULL)
        all->order = g_string_new(NULL);
    g_string_append(all->order, value);
    return TRUE;
}

static void
clear(gpointer options)
{
    if (((Options *)options)->order != NULL)
        g_string_free(((Options *)options)->order, TRUE);
}

#define AT(member) G_STRUCT_OFFSET(Options, member)

static const VpOption options[] = {
    {"force", 'f', VP_OPTION_FLAG, AT(force), NULL, "do it"},
    {"file", '\0', VP_OPTION_TEXT, AT(file), "PATH",
     "of many words, so that this one does not fit into the rest of the line and has to be "
     "wrapped, twice even"},
    {"an-option-with-a-long-name", 'k', VP_OPTION_TEXTS, AT(keys), "KEY", "a key"},
    {"seconds", 's', VP_OPTION_NUMBER, AT(seconds), "N", "how long"},
    {"note", 'n', VP_OPTION_CALLBACK, 0, "TEXT", "in order", note},
    {NULL},
};

static const VpCommand command = {
    .name = "frob",
    .arguments = "GUEST [FILE]",
    .summary = "frob a guest",
    .details = "A paragraph that is so long that it has to be broken into two lines at the very "
               "least, one would say.\n",
    .options = options,
    .options_size = sizeof(Options),
    .min_arguments = 1,
    .max_arguments = 2,
    .flags = VP_COMMAND_LIBVIRT,
    .clear = clear,
};

static const VpCommand *const commands[] = {&command, NULL};

static gboolean
parse(const char *line, VpGlobalOptions *globals, VpCommandLine *result, GError **error)
{
    g_auto(GStrv) argv = *line != '\0' ? g_strsplit(line, "|", -1) : g_new0(char *, 1);

    return vp_command_parse(&command, argv, globals, result, error);
}

static void
assert_usage(const char *line, const char *wanted)
{
    VpGlobalOptions globals = {0};
    VpCommandLine result = {0};
    g_autoptr(GError) error = NULL;

    g_assert_false(parse(line, &globals, &result, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_USAGE);
    g_assert_cmpstr(error->message, ==, wanted);
    g_assert_null(result.options);
    vp_command_global_options_clear(&globals);
}

static void
test_options(void)
{
    VpGlobalOptions globals = {0};
    VpCommandLine line = {0};
    g_autoptr(GError) error = NULL;
    Options *got;

    g_assert_true(
        parse("web1|-f|--file=a|--file|\xff|-k|1|-k|2|-s|30|-n|x|--note=y|-c|test:///default|-",
              &globals, &line, &error));
    got = line.options;
    g_assert_true(got->force);
    g_assert_cmpstr(got->file, ==, "\xff");
    g_assert_cmpuint(g_strv_length(got->keys), ==, 2);
    g_assert_cmpstr(got->keys[1], ==, "2");
    g_assert_cmpint(got->seconds, ==, 30);
    g_assert_cmpstr(got->order->str, ==, "xy");
    g_assert_cmpstr(globals.uri, ==, "test:///default");
    g_assert_cmpuint(line.n_arguments, ==, 2);
    g_assert_cmpstr(line.arguments[1], ==, "-");
    vp_command_clear(&command, &line);
    vp_command_global_options_clear(&globals);
}

/* A letter's value may follow it at once; what is a value is not looked into. */
static void
test_letters(void)
{
    static const struct {
        const char *line, *uri, *key;
        int seconds;
        gboolean force;
        const char *argument;
    } cases[] = {
        {"web1|-ctest:///default", "test:///default", NULL, 0, FALSE, "web1"},
        {"-cqemu+ssh://a/?keyfile=b|web1", "qemu+ssh://a/?keyfile=b", NULL, 0, FALSE, "web1"},
        {"-fs5|web1", NULL, NULL, 5, TRUE, "web1"},
        {"-fs|5|web1", NULL, NULL, 5, TRUE, "web1"},
        {"-k-fs7|web1", NULL, "-fs7", 0, FALSE, "web1"},
        {"-k|-s7|web1", NULL, "-s7", 0, FALSE, "web1"},
        {"--an-option-with-a-long-name|-s7|web1", NULL, "-s7", 0, FALSE, "web1"},
        {"--an-option-with-a-long-name=k|-s7|web1", NULL, "k", 7, FALSE, "web1"},
        {"--|-s7", NULL, NULL, 0, FALSE, "-s7"},
        {"-f|-", NULL, NULL, 0, TRUE, "-"},
        {"-k\xff|web1", NULL, "\xff", 0, FALSE, "web1"},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        VpGlobalOptions globals = {0};
        VpCommandLine line = {0};
        const Options *got;

        g_test_message("%s", cases[i].line);
        g_assert_true(parse(cases[i].line, &globals, &line, NULL));
        got = line.options;
        g_assert_cmpstr(globals.uri, ==, cases[i].uri);
        g_assert_cmpstr(got->keys != NULL ? got->keys[0] : NULL, ==, cases[i].key);
        g_assert_cmpint(got->seconds, ==, cases[i].seconds);
        g_assert_cmpint(got->force, ==, cases[i].force);
        g_assert_cmpuint(line.n_arguments, ==, 1);
        g_assert_cmpstr(line.arguments[0], ==, cases[i].argument);
        vp_command_clear(&command, &line);
        vp_command_global_options_clear(&globals);
    }
}

static void
test_dashes(void)
{
    VpGlobalOptions globals = {0};
    VpCommandLine line = {0};

    g_assert_true(parse("--|--help|-f", &globals, &line, NULL));
    g_assert_false(line.help);
    g_assert_cmpuint(line.n_arguments, ==, 2);
    g_assert_cmpstr(line.arguments[0], ==, "--help");
    g_assert_cmpstr(line.arguments[1], ==, "-f");
    vp_command_clear(&command, &line);

    g_assert_true(parse("--help", &globals, &line, NULL));
    g_assert_true(line.help);
    vp_command_clear(&command, &line);
}

static void
test_usage(void)
{
    assert_usage("", "frob: too few arguments: it takes GUEST [FILE]");
    assert_usage("a|b|c", "frob: too many arguments: it takes GUEST [FILE]");
    assert_usage("a|--fil=canary", "unknown option --fil; did you mean --file?");
    assert_usage("a|--password=canary", "unknown option --password");
    assert_usage("a|-pcanary", "unknown option -p");
    assert_usage("a|-fpcanary", "unknown option -p");
    assert_usage("a|-s=canary", "missing argument for -s");
    assert_usage("a|-f=canary", "--force takes no value");
    assert_usage("a|-scanary", "--seconds takes a number, 0 or more");
    assert_usage("a|--force=canary", "--force takes no value");
    assert_usage("a|--file", "missing argument for --file");
    assert_usage("a|--seconds=canary", "--seconds takes a number, 0 or more");
    assert_usage("a|--seconds=-1", "--seconds takes a number, 0 or more");
    assert_usage("a|--note=x|--note=bad", "--note is bad");
}

static void
test_globals(void)
{
    g_auto(GStrv) argv = g_strsplit("-cqemu:///system|frob|--force|-V|-cx", "|", -1);
    VpGlobalOptions globals = {0};
    g_auto(GStrv) rest = NULL;

    g_assert_true(vp_command_parse_globals(argv, &globals, &rest, NULL));
    g_assert_cmpstr(globals.uri, ==, "qemu:///system");
    g_assert_false(globals.version);
    g_assert_cmpuint(g_strv_length(rest), ==, 4);
    g_assert_cmpstr(rest[0], ==, "frob");
    g_assert_cmpstr(rest[3], ==, "-cx");
    vp_command_global_options_clear(&globals);
}

static void
test_find(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(vp_command_find(commands, "frob", &error) == &command);
    g_assert_null(vp_command_find(commands, "forb", &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_USAGE);
    g_assert_cmpstr(error->message, ==, "unknown command 'forb'; did you mean frob?");
    g_clear_error(&error);
    g_assert_null(vp_command_find(commands, "\033[2J", &error));
    g_assert_cmpstr(error->message, ==, "unknown command '\\x1b[2J'; see --help");
}

static void
test_help(void)
{
    g_autofree char *help = vp_command_help(&command);
    g_autofree char *all = vp_command_help_all(commands);
    g_auto(GStrv) lines = g_strsplit(help, "\n", -1);

    for (char **line = lines; *line != NULL; line++)
        g_assert_cmpuint(strlen(*line), <=, 80);
    g_assert_true(g_str_has_prefix(help, "Usage: virt-payload frob [OPTION...] GUEST [FILE]\n"
                                         "Frob a guest.\n\nA paragraph "));
    g_assert_nonnull(strstr(help, "\n      --file=PATH           of many words"));
    g_assert_nonnull(strstr(help, "\n  -k, --an-option-with-a-long-name=KEY\n"
                                  "                            a key\n"));
    g_assert_nonnull(strstr(help, "\n  -c, --connect=URI"));
    g_assert_nonnull(strstr(all, "\n  frob        frob a guest\n"));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/command/options", test_options);
    g_test_add_func("/command/letters", test_letters);
    g_test_add_func("/command/dashes", test_dashes);
    g_test_add_func("/command/usage", test_usage);
    g_test_add_func("/command/globals", test_globals);
    g_test_add_func("/command/find", test_find);
    g_test_add_func("/command/help", test_help);
    return g_test_run();
}
