/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every string comes back as the string it was, from a parser that knows nothing of ours. */
#include <config.h>

#include <yaml.h>

#include "base/error.h"
#include "base/yaml-writer.h"

static const char *const strings[] = {
    "",
    " ",
    "plain",
    "no",
    "Yes",
    "null",
    "~",
    "0777",
    "0o17",
    "1e3",
    ".5",
    "0x1f",
    "190:20:30",
    "2026-01-01",
    "1_000",
    ".inf",
    "# not a comment",
    "trailing # not one either",
    "key: value",
    "- item",
    "? key",
    "@at",
    "`tick",
    "%TAG",
    "!!python/object:os.system",
    "&anchor",
    "*alias",
    "{flow: [1, 2]}",
    "<<",
    "=",
    "'single'",
    "\"double\"",
    "back\\slash",
    "x\nruncmd:\n- evil",
    "line\n\n\nlines\n",
    "\n",
    "\ttab",
    "CR\r\nLF",
    " leading and trailing ",
    "---",
    "...",
    "\x01\x1b[31m\x7f",
    "\xc2\x85\u00a0\u2028\u2029\ufeff",
    "h\u00e9llo \u4e16\u754c \U0001f600",
    "--- !u!1",
};

/* The only scalar of the text, which has to be a quoted one. */
static char *
parse_string(GBytes *text)
{
    yaml_parser_t parser;
    yaml_event_t event;
    yaml_event_type_t type;
    char *value = NULL;
    gsize size;
    const guchar *data = g_bytes_get_data(text, &size);

    yaml_parser_initialize(&parser);
    yaml_parser_set_input_string(&parser, data, size);
    do {
        g_assert_true(yaml_parser_parse(&parser, &event));
        type = event.type;
        if (type == YAML_SCALAR_EVENT) {
            g_assert_null(value);
            g_assert_cmpint(event.data.scalar.style, ==, YAML_DOUBLE_QUOTED_SCALAR_STYLE);
            value = g_strndup((char *)event.data.scalar.value, event.data.scalar.length);
        }
        yaml_event_delete(&event);
    } while (type != YAML_STREAM_END_EVENT);
    yaml_parser_delete(&parser);
    return value;
}

static GBytes *
write_string(const char *string)
{
    g_autoptr(VpYaml) yaml = vp_yaml_new();
    g_autoptr(GError) error = NULL;
    GBytes *text;

    vp_yaml_string(yaml, string);
    text = vp_yaml_end(yaml, NULL, &error);
    g_assert_no_error(error);
    return text;
}

static void
assert_printable_ascii(GBytes *text)
{
    gsize size;
    const char *data = g_bytes_get_data(text, &size);

    for (gsize i = 0; i < size; i++)
        g_assert_true(g_ascii_isprint(data[i]) || (data[i] == '\n' && i == size - 1));
}

static void
test_strings(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(strings); i++) {
        g_autoptr(GBytes) text = write_string(strings[i]);
        g_autofree char *value = parse_string(text);

        g_assert_cmpstr(value, ==, strings[i]);
        assert_printable_ascii(text);
    }
}

static void
test_long_line(void)
{
    enum { LENGTH = 64 << 10 };
    g_autofree char *line = g_strnfill(LENGTH, 'x');
    g_autoptr(GBytes) text = NULL;
    g_autofree char *value = NULL;

    for (guint i = 80; i < LENGTH; i += 81)
        line[i] = ' ';
    text = write_string(line);
    value = parse_string(text);
    g_assert_cmpstr(value, ==, line);
    assert_printable_ascii(text);
}

static void
test_structure(void)
{
    g_autoptr(VpYaml) yaml = vp_yaml_new();
    g_autoptr(GPtrArray) texts = g_ptr_array_new(), none = g_ptr_array_new();
    g_autoptr(GBytes) text = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *copy = NULL;

    g_ptr_array_add(texts, (char *)"a");
    g_ptr_array_add(texts, (char *)"b");
    vp_yaml_begin_map(yaml);
    vp_yaml_add_string(yaml, "string", "no");
    vp_yaml_add_string(yaml, "absent", NULL);
    vp_yaml_add_tristate(yaml, "unset", -1);
    vp_yaml_add_tristate(yaml, "yes", 1);
    vp_yaml_add_tristate(yaml, "not", 0);
    vp_yaml_add_strings(yaml, "list", texts);
    vp_yaml_add_strings(yaml, "empty", none);
    vp_yaml_add_bool(yaml, "bool", TRUE);
    vp_yaml_add_int(yaml, "int", -7);
    vp_yaml_string(yaml, "a: key");
    vp_yaml_int(yaml, G_MAXINT64);
    vp_yaml_end_map(yaml);
    text = vp_yaml_end(yaml, "#head\n", &error);
    g_assert_no_error(error);
    copy = g_strndup(g_bytes_get_data(text, NULL), g_bytes_get_size(text));
    g_assert_cmpstr(copy, ==,
                    "#head\n"
                    "string: \"no\"\n"
                    "yes: true\n"
                    "not: false\n"
                    "list:\n"
                    "- \"a\"\n"
                    "- \"b\"\n"
                    "bool: true\n"
                    "int: -7\n"
                    "\"a: key\": 9223372036854775807\n");
}

static void
test_not_utf8(void)
{
    g_autoptr(VpYaml) yaml = vp_yaml_new();
    g_autoptr(GBytes) text = NULL;
    g_autoptr(GError) error = NULL;

    vp_yaml_begin_list(yaml);
    vp_yaml_string(yaml, "fine");
    vp_yaml_string(yaml, "latin \xe9");
    vp_yaml_string(yaml, "fine again");
    vp_yaml_end_list(yaml);
    text = vp_yaml_end(yaml, NULL, &error);
    g_assert_error(error, VP_ERROR, VP_ERROR_TEXT);
    g_assert_null(text);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/yaml-writer/strings", test_strings);
    g_test_add_func("/yaml-writer/long-line", test_long_line);
    g_test_add_func("/yaml-writer/structure", test_structure);
    g_test_add_func("/yaml-writer/not-utf8", test_not_utf8);
    return g_test_run();
}
