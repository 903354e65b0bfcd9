/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Profiles of two hosts compared by sha256sum's output: each that differs or is missing on one of
 * them is named once, in the order of the names. */
#include <config.h>

#include <string.h>

#include "base/error.h"
#include "command/doctor-profiles.h"
#include "remove-tree.h"

#define ONE "2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806" /* of "one\n" */
#define TWO "27dd8ed44a83ff94d557f9fd0412ed5a8cbca69ea04922d88c01184a07300a5a" /* of "two\n" */
#define MISSING_HERE ": is missing on this host, but the other host has it\n"
#define MISSING_THERE ": is missing on the other host\n"
#define DIFFERS                                                                                    \
    ": differs from the other host's, so a guest that migrates finds other files on its drive\n"

typedef struct {
    char *top;
    VpConf conf;
} Fixture;

static void
write_file(const Fixture *fixture, const char *name, const char *text)
{
    g_autofree char *path = g_build_filename(fixture->top, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->top = g_dir_make_tmp("vp-doctor-profiles-XXXXXX", NULL);
    fixture->conf.profiles_directory = g_strdup(fixture->top);
    write_file(fixture, "b.xml", "one\n");
    write_file(fixture, "a.xml", "two\n");
    write_file(fixture, "notes.txt", "one\n");
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    remove_tree(fixture->top);
    g_free(fixture->top);
    g_free(fixture->conf.profiles_directory);
}

typedef struct {
    const Fixture *fixture;
    GString *text;
} Told;

static void
note(const char *path, const char *message, gpointer data)
{
    Told *told = data;

    g_assert_true(g_str_has_prefix(path, told->fixture->top));
    g_string_append_printf(told->text, "%s: %s\n", path + strlen(told->fixture->top) + 1, message);
}

/* expected: what is said; NULL: an error */
static const struct {
    const char *name, *sums, *expected;
} cases[] = {
    {"same", ONE "  b.xml\n" TWO "  a.xml\n", ""},
    {"without-a-last-line-feed", TWO "  a.xml\n" ONE "  b.xml", ""},
    {"empty-lines", "\n" TWO "  a.xml\n\n" ONE "  b.xml\n\n", ""},
    {"binary-mode", TWO " *a.xml\n" ONE " */etc/virt-payload/profiles/b.xml\n", ""},
    {"any-directory", TWO "  /elsewhere/a.xml\n" ONE "  ./b.xml\n", ""},
    {"one-differs", ONE "  a.xml\n" ONE "  b.xml\n", "a.xml" DIFFERS},
    {"all-differ", TWO "  b.xml\n" ONE "  a.xml\n", "a.xml" DIFFERS "b.xml" DIFFERS},
    {"one-is-missing-there", ONE "  b.xml\n", "a.xml" MISSING_THERE},
    {"one-is-missing-here", ONE "  b.xml\n" TWO "  a.xml\n" ONE "  c d.xml\n",
     "c d.xml" MISSING_HERE},
    {"the-last-of-two-sums-counts", ONE "  a.xml\n" ONE "  b.xml\n" TWO "  a.xml\n", ""},
    {"nothing", "", "a.xml" MISSING_THERE "b.xml" MISSING_THERE},

    {"sum-too-short", "2c8b08  a.xml\n", NULL},
    {"sum-too-long", ONE "0  a.xml\n", NULL},
    {"sum-in-capitals", "2C8B08DA5CE60398E1F19AF0E5DCCC744DF274B826ABE585EABA68C525434806  a.xml\n",
     NULL},
    {"one-blank", ONE " a.xml\n", NULL},
    {"no-name", ONE "  \n", NULL},
    {"sum-alone", ONE "\n", NULL},
    {"another-tool's", "SHA256 (a.xml) = " ONE "\n", NULL},
    {"second-line-is-wrong", TWO "  a.xml\nsha256sum: b.xml: Permission denied\n", NULL},
};

static void
test_compare(Fixture *fixture, gconstpointer data)
{
    const guint i = GPOINTER_TO_UINT(data);
    g_autoptr(GBytes) bytes = g_bytes_new(cases[i].sums, strlen(cases[i].sums)); /* NULL if empty */
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    Told told = {fixture, text};
    gboolean done = vp_command_doctor_profiles(&fixture->conf, bytes, note, &told, &error);

    g_assert_cmpstr(text->str, ==, cases[i].expected != NULL ? cases[i].expected : "");
    g_assert_cmpint(done, ==, cases[i].expected != NULL);
    if (!done) {
        g_assert_error(error, VP_ERROR, (int)VP_ERROR_VALUE);
        g_assert_cmpstr(error->message, ==, "the checksums are not those of sha256sum");
    }
}

static void
test_no_directory(Fixture *fixture, gconstpointer data)
{
    static const char sums[] = ONE "  a.xml\n";
    g_autoptr(GBytes) bytes = g_bytes_new_static(sums, strlen(sums));
    g_autoptr(GString) text = g_string_new(NULL);
    Told told = {fixture, text};

    remove_tree(fixture->top);
    g_assert_true(vp_command_doctor_profiles(&fixture->conf, bytes, note, &told, NULL));
    g_assert_cmpstr(text->str, ==, "a.xml" MISSING_HERE);
    g_assert_cmpint(g_mkdir_with_parents(fixture->top, 0700), ==, 0);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_strconcat("/doctor-profiles/", cases[i].name, NULL);

        g_test_add(path, Fixture, GUINT_TO_POINTER(i), set_up, test_compare, tear_down);
    }
    g_test_add("/doctor-profiles/no-directory", Fixture, NULL, set_up, test_no_directory,
               tear_down);
    return g_test_run();
}
