/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A text for an editor: which editor is run and how it fails, who may read the file, and that
 * nothing of it is left, however it ends. */
#include <config.h>

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "command/edit-file.h"
#include "remove-tree.h"

/* $TMPDIR, whose name a shell would cut in pieces, and the directory of programs. */
static char *tmp, *programs;

static guint
count_left(void)
{
    g_autoptr(GDir) directory = g_dir_open(tmp, 0, NULL);
    guint count = 0;

    g_assert_nonnull(directory);
    while (g_dir_read_name(directory) != NULL)
        count++;
    return count;
}

static VpEditFile *
new_file(const char *text)
{
    g_autoptr(GError) error = NULL;
    VpEditFile *file = vp_command_edit_file_new(text, &error);

    g_assert_no_error(error);
    return file;
}

static void
set_editors(const char *visual, const char *name)
{
    if (visual != NULL)
        g_setenv("VISUAL", visual, TRUE);
    else
        g_unsetenv("VISUAL");
    if (name != NULL)
        g_setenv("EDITOR", name, TRUE);
    else
        g_unsetenv("EDITOR");
}

static void
assert_text(const VpEditFile *file, const char *expected)
{
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(vp_command_edit_file_path(file), &text, NULL, NULL));
    g_assert_cmpstr(text, ==, expected);
}

/* --- the editor ------------------------------------------------------------------------------- */

static const struct {
    const char *name, *visual, *editor, *expected;
} editors[] = {
    {"visual-wins", "echo visual >", "echo editor >", "visual\n"},
    {"editor-without-visual", NULL, "echo editor >", "editor\n"},
    {"empty-visual-does-not-count", "", "echo editor >", "editor\n"},
    {"visual-alone", "echo visual >", NULL, "visual\n"},
    {"vi-without-either", NULL, NULL, "text\nvi\n"},
    {"vi-if-both-are-empty", "", "", "text\nvi\n"},
    {"editor-has-arguments", NULL, "sed -i -e 's/text/a  b/'", "a  b\n"},
    {"editor-is-a-path", NULL, "@/vi", "text\nvi\n"},
    {"editor-does-nothing", NULL, "true", "text\n"},
};

static void
test_editor(gconstpointer data)
{
    const guint i = GPOINTER_TO_UINT(data);
    g_autofree char *name = editors[i].editor != NULL && *editors[i].editor == '@'
                                ? g_strconcat(programs, editors[i].editor + 1, NULL)
                                : g_strdup(editors[i].editor);
    g_autoptr(VpEditFile) file = new_file("text\n");
    g_autoptr(GError) error = NULL;

    set_editors(editors[i].visual, name);
    g_assert_true(vp_command_edit_file_run(file, &error));
    g_assert_no_error(error);
    assert_text(file, editors[i].expected);
}

/* The text is the user's until the file is freed: it may be edited again. */
static void
test_editor_fails(void)
{
    static const char *const failing[] = {"false", "kill -9 $$; true", "/nonexistent/editor",
                                          "exit 3; true", "("};
    g_autoptr(VpEditFile) file = new_file("text\n");

    for (gsize i = 0; i < G_N_ELEMENTS(failing); i++) {
        g_autoptr(GError) error = NULL;

        g_test_message("%s", failing[i]);
        set_editors(NULL, failing[i]);
        g_assert_false(vp_command_edit_file_run(file, &error));
        g_assert_error(error, VP_ERROR, (int)VP_ERROR_FAILED);
        g_assert_cmpstr(error->message, ==, "the editor failed; nothing was changed");
        assert_text(file, "text\n");
    }
    set_editors(NULL, "echo again >");
    g_assert_true(vp_command_edit_file_run(file, NULL));
    assert_text(file, "again\n");
}

/* --- who may read it -------------------------------------------------------------------------- */

static void
test_private(void)
{
    mode_t umask_before = umask(0);
    g_autoptr(VpEditFile) file = new_file("secret");
    const char *path = vp_command_edit_file_path(file);
    g_autofree char *directory = g_path_get_dirname(path);
    g_autofree char *parent = g_path_get_dirname(directory);
    struct stat of_file, of_directory;

    umask(umask_before);
    g_assert_cmpint(stat(path, &of_file), ==, 0);
    g_assert_cmpint(stat(directory, &of_directory), ==, 0);
    g_assert_cmpuint(of_file.st_mode & 07777, ==, 0600);
    g_assert_cmpuint(of_directory.st_mode & 07777, ==, 0700);
    g_assert_cmpstr(parent, ==, tmp);
    g_assert_true(g_str_has_suffix(path, ".xml"));
}

static void
test_any_text(void)
{
    g_autofree char *large = g_strnfill(1 << 20, 'x');
    const char *const texts[] = {"", "\xff\r\n", large};

    for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(VpEditFile) file = new_file(texts[i]);

        assert_text(file, texts[i]);
    }
}

/* --- what is left ----------------------------------------------------------------------------- */

/* FILE is its path, DIR its directory. */
#define EDITS(commands) "f() { FILE=$1; DIR=${1%/*}; " commands "; }; f"

static const struct {
    const char *name, *editor;
} leavings[] = {
    {"nothing", "true"},
    {"backup", EDITS(": >\"$FILE~\"; : >\"$DIR/.payload.xml.swp\"")},
    {"file-is-gone", "rm"},
    {"file-is-a-directory", EDITS("rm \"$FILE\"; mkdir \"$FILE\"; : >\"$FILE/a\"")},
    {"directory-is-gone", EDITS("rm -r \"$DIR\"")},
    {"more-than-a-listing-holds",
     EDITS("i=0; while [ $i -lt 2000 ]; do : >\"$DIR/backup-of-number-$i\"; i=$((i + 1)); done")},
    {"directories", EDITS("mkdir -p \"$DIR/1/2/3/4/5/6/7/8\"; : >\"$DIR/1/2/3/4/5/6/7/8/file\"")},
    {"link-to-a-directory", EDITS("ln -s \"$PROGRAMS\" \"$DIR/link\"")},
    {"directory-became-a-link", EDITS("rm -r \"$DIR\"; ln -s \"$PROGRAMS\" \"$DIR\"")},
    {"fifo", EDITS("mkfifo \"$DIR/fifo\"")},
};

static void
test_left(gconstpointer data)
{
    const guint i = GPOINTER_TO_UINT(data);
    VpEditFile *file = new_file("text\n");
    g_autofree char *directory = g_path_get_dirname(vp_command_edit_file_path(file));
    g_autofree char *vi = g_build_filename(programs, "vi", NULL);

    set_editors(NULL, leavings[i].editor);
    g_assert_true(vp_command_edit_file_run(file, NULL));
    vp_command_edit_file_free(file);
    /* what is not our directory any more is the editor's own affair */
    if (g_file_test(directory, G_FILE_TEST_IS_SYMLINK))
        g_assert_cmpint(unlink(directory), ==, 0);
    g_assert_cmpuint(count_left(), ==, 0);
    g_assert_true(g_file_test(vi, G_FILE_TEST_IS_REGULAR));
}

static void
test_kept(void)
{
    VpEditFile *file = new_file("text\n");
    g_autofree char *path = g_strdup(vp_command_edit_file_path(file));
    g_autofree char *directory = g_path_get_dirname(path);
    g_autofree char *text = NULL;

    vp_command_edit_file_keep(file);
    vp_command_edit_file_free(file);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, "text\n");
    remove_tree(directory);
}

static void
test_no_directory(void)
{
    g_autofree char *away = g_strconcat(tmp, ".away", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(rename(tmp, away), ==, 0);
    g_assert_null(vp_command_edit_file_new("text", &error));
    g_assert_cmpint(rename(away, tmp), ==, 0);
    g_assert_error(error, VP_ERROR, (int)VP_ERROR_FAILED);
    g_assert_cmpstr(error->message, ==,
                    "a directory for the editor's file: No such file or directory");
    g_assert_cmpuint(count_left(), ==, 0);
}

/* --- signals ---------------------------------------------------------------------------------- */

static const int fatal[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};

static gboolean
is_default(int number)
{
    struct sigaction action;

    g_assert_cmpint(sigaction(number, NULL, &action), ==, 0);
    return action.sa_handler == SIG_DFL;
}

/* The status of a process that sends itself the signal while the file is there. */
static int
end_by(int number, gboolean keeps)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        VpEditFile *file = new_file("text\n");

        if (keeps)
            vp_command_edit_file_keep(file);
        (void)raise(number);
        _exit(0);
    }
    g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
    return status;
}

static void
test_ended(void)
{
    for (gsize i = 0; i < G_N_ELEMENTS(fatal); i++) {
        int status = end_by(fatal[i], FALSE);

        g_assert_true(WIFSIGNALED(status));
        g_assert_cmpint(WTERMSIG(status), ==, fatal[i]);
        g_assert_cmpuint(count_left(), ==, 0);
    }
}

static void
test_ended_but_kept(void)
{
    int status = end_by(SIGTERM, TRUE);

    g_assert_true(WIFSIGNALED(status));
    g_assert_cmpuint(count_left(), ==, 1);
    remove_tree(tmp);
    g_assert_cmpint(g_mkdir_with_parents(tmp, 0700), ==, 0);
}

static void
test_ignored(void)
{
    int status;

    (void)signal(SIGHUP, SIG_IGN);
    status = end_by(SIGHUP, FALSE);
    (void)signal(SIGHUP, SIG_DFL);
    g_assert_true(WIFEXITED(status));
    remove_tree(tmp);
    g_assert_cmpint(g_mkdir_with_parents(tmp, 0700), ==, 0);
}

static void
test_signals_restored(void)
{
    VpEditFile *file = new_file("text\n");

    for (gsize i = 0; i < G_N_ELEMENTS(fatal); i++)
        g_assert_false(is_default(fatal[i]));
    set_editors(NULL, "true");
    g_assert_true(vp_command_edit_file_run(file, NULL));
    for (gsize i = 0; i < G_N_ELEMENTS(fatal); i++)
        g_assert_false(is_default(fatal[i]));
    vp_command_edit_file_free(file);
    for (gsize i = 0; i < G_N_ELEMENTS(fatal); i++)
        g_assert_true(is_default(fatal[i]));
}

/* An interrupt from the terminal reaches both: the editor decides. */
static void
test_interrupt_is_the_editors(void)
{
    g_autoptr(VpEditFile) file = new_file("text\n");

    set_editors(NULL, "kill -INT $PPID; kill -QUIT $PPID; echo edited >");
    g_assert_true(vp_command_edit_file_run(file, NULL));
    assert_text(file, "edited\n");
    set_editors(NULL, "kill -INT $$; true");
    g_assert_false(vp_command_edit_file_run(file, NULL));
}

static void
make_places(const char *top)
{
    g_autofree char *vi = NULL, *path = NULL;

    tmp = g_build_filename(top, "tmp \"with' blanks", NULL);
    programs = g_build_filename(top, "bin", NULL);
    vi = g_build_filename(programs, "vi", NULL);
    path = g_strconcat(programs, ":", g_getenv("PATH"), NULL);
    g_assert_cmpint(g_mkdir_with_parents(tmp, 0700), ==, 0);
    g_assert_cmpint(g_mkdir_with_parents(programs, 0700), ==, 0);
    g_assert_true(g_file_set_contents(vi, "#!/bin/sh\necho vi >>\"$1\"\n", -1, NULL));
    g_assert_cmpint(chmod(vi, 0700), ==, 0);
    g_setenv("TMPDIR", tmp, TRUE);
    g_setenv("PATH", path, TRUE);
    g_setenv("PROGRAMS", programs, TRUE);
}

static void
add_tests(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(editors); i++) {
        g_autofree char *path = g_strconcat("/edit-file/editor/", editors[i].name, NULL);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_editor);
    }
    for (guint i = 0; i < G_N_ELEMENTS(leavings); i++) {
        g_autofree char *path = g_strconcat("/edit-file/left/", leavings[i].name, NULL);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_left);
    }
    g_test_add_func("/edit-file/editor-fails", test_editor_fails);
    g_test_add_func("/edit-file/private", test_private);
    g_test_add_func("/edit-file/any-text", test_any_text);
    g_test_add_func("/edit-file/kept", test_kept);
    g_test_add_func("/edit-file/no-directory", test_no_directory);
    g_test_add_func("/edit-file/ended-by-a-signal", test_ended);
    g_test_add_func("/edit-file/kept-when-ended-by-a-signal", test_ended_but_kept);
    g_test_add_func("/edit-file/ignored-signal-stays-ignored", test_ignored);
    g_test_add_func("/edit-file/signals-restored", test_signals_restored);
    g_test_add_func("/edit-file/interrupt-is-the-editors", test_interrupt_is_the_editors);
}

int
main(int argc, char **argv)
{
    const char *outer = g_getenv("TMPDIR");
    /* not by GLib, which asks for $TMPDIR only once */
    g_autofree char *top =
        g_build_filename(outer != NULL ? outer : "/tmp", "vp-edit-file-XXXXXX", NULL);
    const struct rlimit no_core = {0, 0};
    int status;

    g_assert_cmpint(setrlimit(RLIMIT_CORE, &no_core), ==, 0);
    g_test_init(&argc, &argv, NULL);
    g_assert_nonnull(g_mkdtemp(top));
    for (gsize i = 0; i < G_N_ELEMENTS(fatal); i++)
        (void)signal(fatal[i], SIG_DFL);
    make_places(top);
    add_tests();
    status = g_test_run();
    remove_tree(top);
    g_free(tmp);
    g_free(programs);
    return status;
}
