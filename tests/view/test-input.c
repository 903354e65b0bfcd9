/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files and pipes read whole, within a limit, and never waited for if they are neither. */
#include <config.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/autofd.h"
#include "base/error.h"
#include "domain/domain.h"
#include "remove-tree.h"
#include "view/input.h"

#define DEFINITION                                                                                 \
    "<domain type='kvm'><name>web1</name><uuid>c7a5fdbd-edaf-9455-926a-d65c16db1809</uuid>"        \
    "</domain>"

typedef struct {
    char *directory;
    char *path;
    char *link;
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;

    fixture->directory = g_dir_make_tmp("virt-payload-test.XXXXXX", &error);
    g_assert_no_error(error);
    fixture->path = g_build_filename(fixture->directory, "file", NULL);
    fixture->link = g_build_filename(fixture->directory, "link", NULL);
    g_assert_no_errno(symlink("file", fixture->link));
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    remove_tree(fixture->directory);
    g_free(fixture->link);
    g_free(fixture->path);
    g_free(fixture->directory);
}

static void
assert_text(GBytes *bytes, GError *error, const char *text)
{
    g_assert_no_error(error);
    g_assert_cmpmem(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), text, strlen(text));
}

static void
assert_fails(GBytes *bytes, GError **error, VpErrorCode code, const char *path, const char *why)
{
    g_autofree char *wanted = g_strdup_printf("%s: %s", path, why);
    g_autoptr(GError) found = g_steal_pointer(error);

    g_assert_null(bytes);
    g_assert_error(found, VP_ERROR, (int)code);
    g_assert_cmpstr(found->message, ==, wanted);
}

static void
test_file(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL, followed = NULL, exact = NULL;

    g_assert_true(g_file_set_contents(fixture->path, "abc", -1, NULL));
    bytes = vp_view_input_file(fixture->path, 100, FALSE, &error);
    assert_text(bytes, error, "abc");
    followed = vp_view_input_file(fixture->link, 100, TRUE, &error);
    assert_text(followed, error, "abc");
    exact = vp_view_input_file(fixture->path, 3, FALSE, &error);
    assert_text(exact, error, "abc");
    assert_fails(vp_view_input_file(fixture->path, 2, FALSE, &error), &error, VP_ERROR_QUOTA,
                 fixture->path, "larger than 2 bytes");
    assert_fails(vp_view_input_file(fixture->link, 100, FALSE, &error), &error, VP_ERROR_FAILED,
                 fixture->link, "Too many levels of symbolic links");
}

static void
test_not_a_file(Fixture *fixture, gconstpointer data)
{
    g_autofree char *hostile = g_build_filename(fixture->directory, "\033[2J", NULL);
    g_autoptr(GError) error = NULL;
    int watcher = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    struct inotify_event event;

    assert_fails(vp_view_input_file(fixture->path, 100, TRUE, &error), &error, VP_ERROR_FAILED,
                 fixture->path, "No such file or directory");
    assert_fails(vp_view_input_file(fixture->directory, 100, TRUE, &error), &error,
                 VP_ERROR_IMAGE_FORMAT, fixture->directory, "not a regular file");
    assert_fails(vp_view_input_file("/dev/zero", 100, TRUE, &error), &error, VP_ERROR_IMAGE_FORMAT,
                 "/dev/zero", "not a regular file");
    g_assert_null(vp_view_input_file(hostile, 100, TRUE, &error));
    g_assert_nonnull(strstr(error->message, "/\\x1b[2J: No such file"));
    g_clear_error(&error);
    /* without a writer it would be waited for; a device may act when it is opened */
    g_assert_no_errno(mkfifo(fixture->path, 0600));
    g_assert_no_errno(inotify_add_watch(watcher, fixture->path, IN_OPEN));
    assert_fails(vp_view_input_file(fixture->path, 100, TRUE, &error), &error,
                 VP_ERROR_IMAGE_FORMAT, fixture->path, "not a regular file");
    g_assert_cmpint(read(watcher, &event, sizeof(event)), <, 0);
    g_assert_no_errno(close(watcher));
}

static void
test_text(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL, empty = NULL;

    g_assert_true(g_file_set_contents(fixture->path, "", -1, NULL));
    empty = vp_view_input_text(fixture->path, &error);
    assert_text(empty, error, "");
    g_assert_true(g_file_set_contents(fixture->path, "abc", -1, NULL));
    bytes = vp_view_input_text(fixture->link, &error);
    assert_text(bytes, error, "abc");
    assert_fails(vp_view_input_text("/dev/zero", &error), &error, VP_ERROR_VALUE, "/dev/zero",
                 "neither a regular file nor a pipe");
    assert_fails(vp_view_input_text(fixture->directory, &error), &error, VP_ERROR_VALUE,
                 fixture->directory, "neither a regular file nor a pipe");
}

/* The error's code is that of the format, wherever the text comes from. */
static void
test_text_too_large(Fixture *fixture, gconstpointer data)
{
    g_autofree char *text = g_strnfill(VP_XML_MAX_BYTES + 1, ' ');
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL;

    g_assert_true(g_file_set_contents(fixture->path, text, VP_XML_MAX_BYTES, NULL));
    bytes = vp_view_input_text(fixture->path, &error);
    g_assert_no_error(error);
    g_assert_cmpint(g_bytes_get_size(bytes), ==, VP_XML_MAX_BYTES);
    g_assert_true(g_file_set_contents(fixture->path, text, VP_XML_MAX_BYTES + 1, NULL));
    assert_fails(vp_view_input_text(fixture->path, &error), &error, VP_ERROR_XML_LIMIT,
                 fixture->path, "larger than 4194304 bytes");
}

typedef struct {
    int fd;
    gsize size;
} Writer;

static gpointer
write_slowly(gpointer data)
{
    const Writer *writer = data;
    g_autofree char *text = g_strnfill(writer->size, 'x');
    gsize done = 0;

    while (done < writer->size) {
        ssize_t n = write(writer->fd, text + done, MIN(writer->size - done, 60000));

        if (n < 0)
            break;
        done += (gsize)n;
    }
    close(writer->fd);
    return NULL;
}

/* What is read from standard input while another thread writes so many bytes to it. */
static GBytes *
read_stdin(gsize size, GError **error)
{
    int ends[2];
    Writer writer = {-1, size};
    GThread *thread;
    GBytes *bytes;
    vp_autofd int before = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);

    g_assert_no_errno(pipe2(ends, O_CLOEXEC));
    g_assert_no_errno(dup2(ends[0], STDIN_FILENO));
    close(ends[0]);
    writer.fd = ends[1];
    thread = g_thread_new("writer", write_slowly, &writer);
    bytes = vp_view_input_text("-", error);
    g_assert_no_errno(dup2(before, STDIN_FILENO));
    g_thread_join(thread);
    return bytes;
}

static void
test_stdin(Fixture *fixture, gconstpointer data)
{
    static const gsize sizes[] = {0, 1, 200000, VP_XML_MAX_BYTES};
    g_autoptr(GError) error = NULL;

    signal(SIGPIPE, SIG_IGN);
    for (gsize i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GBytes) bytes = read_stdin(sizes[i], &error);

        g_assert_no_error(error);
        g_assert_cmpint(g_bytes_get_size(bytes), ==, sizes[i]);
    }
    g_assert_null(read_stdin(VP_XML_MAX_BYTES + 1, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_XML_LIMIT);
    g_assert_cmpstr(error->message, ==, "the input is larger than 4194304 bytes");
}

static void
test_domain(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) text = NULL;
    g_autoptr(VpDomain) domain = NULL;

    g_assert_true(g_file_set_contents(fixture->path, DEFINITION, -1, NULL));
    domain = vp_view_input_domain(fixture->path, &text, &error);
    assert_text(text, error, DEFINITION);
    g_assert_cmpstr(domain->name, ==, "web1");
    g_assert_true(g_file_set_contents(fixture->path, "<domain>", -1, NULL));
    g_assert_null(vp_view_input_domain(fixture->path, NULL, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_XML_END);
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(Fixture *, gconstpointer);
    } tests[] = {
        {"/input/file", test_file},   {"/input/not-a-file", test_not_a_file},
        {"/input/text", test_text},   {"/input/text-too-large", test_text_too_large},
        {"/input/stdin", test_stdin}, {"/input/domain", test_domain},
    };

    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].name, Fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
