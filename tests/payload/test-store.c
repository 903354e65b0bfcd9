/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpStore: the directory is refused if it is not safe; an image is old, new or none, never a
 * part. */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "domain/image-name.h"
#include "image/iso.h"
#include "image/tree.h"
#include "image/vfat.h"
#include "payload/store.h"
#include "remove-tree.h"

static const VpOwner nobody = {.is_set = FALSE};

#define NAME "6695eb01-f6a4-8304-79aa-97f2502e193f.img"
#define UUID "6695eb01-f6a4-8304-79aa-97f2502e193f"
#define OTHER "00000000-0000-4000-8000-000000000001.img"
#define TEMPORARY "." NAME ".tmp"

typedef struct {
    char *top;
    char *directory; /* does not exist at first */
} Fixture;

static void
set_up(Fixture *fixture, gconstpointer data)
{
    fixture->top = g_dir_make_tmp("vp-store-XXXXXX", NULL);
    fixture->directory = g_build_filename(fixture->top, "payload", NULL);
}

static void
tear_down(Fixture *fixture, gconstpointer data)
{
    remove_tree(fixture->top);
    g_free(fixture->top);
    g_free(fixture->directory);
}

static char *
path_of(const Fixture *fixture, const char *name)
{
    return g_build_filename(fixture->directory, name, NULL);
}

static VpStore *
open_store(const Fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    VpStore *store = vp_payload_store_open(fixture->directory, &error);

    g_assert_no_error(error);
    return store;
}

static VpImage *
make_image(char fill, gsize size)
{
    VpImage *image = vp_image_new();
    char *data = g_malloc(size);

    memset(data, fill, size);
    vp_image_append(image, 0, g_bytes_new_take(data, size));
    return image;
}

static void
write_image(VpStore *store, const char *name, char fill, gsize size)
{
    g_autoptr(VpImage) image = make_image(fill, size);
    g_autoptr(GError) error = NULL;

    g_assert_true(vp_payload_store_write(store, name, image, &nobody, &error));
    g_assert_no_error(error);
}

/* The image is size bytes of one letter; returns the letter. */
static char
assert_whole(const Fixture *fixture, const char *name, gsize size)
{
    g_autofree char *path = path_of(fixture, name);
    g_autofree char *text = NULL;
    gsize length;

    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    g_assert_cmpuint(length, ==, size);
    for (gsize i = 1; i < length; i++)
        g_assert_cmpint(text[i], ==, text[0]);
    return text[0];
}

static void
assert_names(VpStore *store, const char *expected)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) names = vp_payload_store_list(store, &error);
    g_autofree char *text = NULL;

    g_assert_no_error(error);
    g_ptr_array_add(names, NULL);
    text = g_strjoinv(" ", (char **)names->pdata);
    g_assert_cmpstr(text, ==, expected);
}

static guint
mode_of(const char *path)
{
    struct stat status;

    g_assert_cmpint(lstat(path, &status), ==, 0);
    return status.st_mode & 07777;
}

static void
assert_refused(const Fixture *fixture, int code)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(vp_payload_store_open(fixture->directory, &error));
    g_assert_error(error, VP_ERROR, code);
    g_assert_nonnull(strstr(error->message, fixture->directory));
    g_clear_error(&error);
    g_assert_null(vp_payload_store_open_existing(fixture->directory, &error));
    g_assert_error(error, VP_ERROR, code);
}

/* --- the directory --------------------------------------------------------------------------- */

static void
test_directory_is_made_0711(Fixture *fixture, gconstpointer data)
{
    const mode_t masks[] = {0, 022, 077, 0777};

    for (guint i = 0; i < G_N_ELEMENTS(masks); i++) {
        mode_t before = umask(masks[i]);
        G_GNUC_UNUSED g_autoptr(VpStore) store = open_store(fixture);
        mode_t after = umask(before);

        g_assert_cmpint(after, ==, masks[i]);
        g_assert_cmpint(mode_of(fixture->directory), ==, 0711);
        g_assert_cmpint(rmdir(fixture->directory), ==, 0);
    }
}

static void
test_directory_stays_as_it_is(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpStore) store = NULL;

    g_assert_cmpint(mkdir(fixture->directory, 0755), ==, 0);
    store = open_store(fixture);
    g_assert_cmpint(mode_of(fixture->directory), ==, 0755);
}

static void
test_directory_missing(Fixture *fixture, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *deep = g_build_filename(fixture->directory, "payload", NULL);

    g_assert_null(vp_payload_store_open_existing(fixture->directory, &error));
    g_assert_no_error(error);
    g_assert_null(vp_payload_store_open(deep, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_FAILED);
    g_assert_true(g_str_has_suffix(error->message, g_strerror(ENOENT)));
}

static void
test_directory_is_a_link(Fixture *fixture, gconstpointer data)
{
    g_autofree char *target = g_build_filename(fixture->top, "target", NULL);
    g_autofree char *slashed = g_strconcat(fixture->directory, "//", NULL);
    g_autoptr(GError) error = NULL;

    g_assert_cmpint(mkdir(target, 0711), ==, 0);
    g_assert_cmpint(symlink(target, fixture->directory), ==, 0);
    assert_refused(fixture, VP_ERROR_DIRECTORY);
    g_assert_null(vp_payload_store_open(slashed, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_DIRECTORY);
}

static void
test_directory_is_a_file(Fixture *fixture, gconstpointer data)
{
    g_assert_true(g_file_set_contents(fixture->directory, "", 0, NULL));
    assert_refused(fixture, VP_ERROR_DIRECTORY);
}

static void
test_directory_others_may_write(Fixture *fixture, gconstpointer data)
{
    const mode_t modes[] = {0777, 0731, 0713, 01777};

    g_assert_cmpint(mkdir(fixture->directory, 0711), ==, 0);
    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_assert_cmpint(chmod(fixture->directory, modes[i]), ==, 0);
        assert_refused(fixture, VP_ERROR_DIRECTORY);
    }
}

static void
test_directory_of_another_owner(Fixture *fixture, gconstpointer data)
{
    if (geteuid() != 0) {
        g_test_skip("only root can give a directory away");
        return;
    }
    g_assert_cmpint(mkdir(fixture->directory, 0711), ==, 0);
    g_assert_cmpint(chown(fixture->directory, 1, 0), ==, 0);
    assert_refused(fixture, VP_ERROR_DIRECTORY);
}

/* --- images ---------------------------------------------------------------------------------- */

static void
test_write_is_0600(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpStore) store = open_store(fixture);
    g_autofree char *path = path_of(fixture, NAME);
    mode_t before = umask(0);

    write_image(store, NAME, 'a', 5000);
    umask(before);
    g_assert_cmpint(mode_of(path), ==, 0600);
    g_assert_cmpint(assert_whole(fixture, NAME, 5000), ==, 'a');
    assert_names(store, NAME);
}

/* Whatever is in the image's place is replaced, never opened: a link's target and a hard link's
 * other name keep their bytes, and nobody waits for a FIFO's writer. */
static void
test_write_replaces(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpStore) store = open_store(fixture);
    g_autofree char *path = path_of(fixture, NAME);
    g_autofree char *other = path_of(fixture, "other");

    g_assert_true(g_file_set_contents(other, "kept", -1, NULL));
    g_assert_cmpint(symlink(other, path), ==, 0);
    write_image(store, NAME, 'b', 600);
    g_assert_true(g_file_test(path, G_FILE_TEST_IS_REGULAR));
    g_assert_false(g_file_test(path, G_FILE_TEST_IS_SYMLINK));

    g_assert_cmpint(unlink(path), ==, 0);
    g_assert_cmpint(link(other, path), ==, 0);
    write_image(store, NAME, 'c', 600);

    g_assert_cmpint(unlink(path), ==, 0);
    g_assert_cmpint(mkfifo(path, 0600), ==, 0);
    write_image(store, NAME, 'd', 600);
    g_assert_cmpint(assert_whole(fixture, NAME, 600), ==, 'd');
    {
        g_autofree char *kept = NULL;

        g_assert_true(g_file_get_contents(other, &kept, NULL, NULL));
        g_assert_cmpstr(kept, ==, "kept");
    }
}

/* A running guest keeps the image that it has open. */
static void
test_write_keeps_the_old_inode(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpStore) store = open_store(fixture);
    g_autofree char *path = path_of(fixture, NAME);
    char seen[600];
    int fd;

    write_image(store, NAME, 'a', sizeof(seen));
    fd = open(path, O_RDONLY | O_CLOEXEC);
    write_image(store, NAME, 'b', 700);
    g_assert_cmpint(pread(fd, seen, sizeof(seen), 0), ==, sizeof(seen));
    g_assert_cmpint(seen[599], ==, 'a');
    close(fd);
}

static void
test_write_onto_a_directory(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpStore) store = open_store(fixture);
    g_autoptr(VpImage) image = make_image('a', 10);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = path_of(fixture, NAME);

    g_assert_cmpint(mkdir(path, 0700), ==, 0);
    g_assert_false(vp_payload_store_write(store, NAME, image, &nobody, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_DIRECTORY);
    assert_names(store, NAME);
    g_clear_error(&error);
    g_assert_false(vp_payload_store_remove_guest(store, UUID, &error));
    g_assert_error(error, VP_ERROR, VP_ERROR_FAILED);
}

/* A source that is shorter than promised is a model of every write that fails half-way. */
static void
test_failed_write_leaves_the_old_image(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpStore) store = open_store(fixture);
    g_autoptr(VpImage) image = make_image('b', 10);
    g_autoptr(GError) error = NULL;
    int empty = open("/dev/null", O_RDONLY | O_CLOEXEC);

    write_image(store, NAME, 'a', 100);
    vp_image_append_file(image, 10, &(VpTreeFile){.fd = empty, .size = 50});
    g_assert_false(vp_payload_store_write(store, NAME, image, &nobody, &error));
    g_assert_nonnull(error);
    g_assert_nonnull(strstr(error->message, NAME));
    g_assert_cmpint(assert_whole(fixture, NAME, 100), ==, 'a');
    assert_names(store, NAME);
    close(empty);
}

/* --- temporaries ----------------------------------------------------------------------------- */

static void
test_leftovers_are_replaced(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpStore) store = open_store(fixture);
    g_autofree char *temporary = path_of(fixture, TEMPORARY);
    g_autofree char *other = path_of(fixture, "other");

    g_assert_true(g_file_set_contents(temporary, "killed", -1, NULL));
    g_assert_cmpint(chmod(temporary, 0666), ==, 0);
    write_image(store, NAME, 'a', 100);
    assert_names(store, NAME);

    g_assert_cmpint(mkfifo(temporary, 0666), ==, 0);
    write_image(store, NAME, 'b', 100);

    g_assert_true(g_file_set_contents(other, "kept", -1, NULL));
    g_assert_cmpint(symlink(other, temporary), ==, 0);
    write_image(store, NAME, 'c', 100);
    g_assert_cmpint(assert_whole(fixture, NAME, 100), ==, 'c');
    assert_names(store, NAME);
    {
        g_autofree char *kept = NULL;
        g_autofree char *image = path_of(fixture, NAME);

        g_assert_true(g_file_get_contents(other, &kept, NULL, NULL));
        g_assert_cmpstr(kept, ==, "kept");
        g_assert_cmpint(mode_of(image), ==, 0600);
    }
}

/* A child holds the temporary as a writer does and ends without a rename; the next writer waits for
 * it. */
static void
test_writers_take_turns(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpStore) store = open_store(fixture);
    g_autofree char *temporary = path_of(fixture, TEMPORARY);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    gint64 start = g_get_monotonic_time();
    pid_t child;

    g_assert_cmpint(flock(fd, LOCK_EX), ==, 0);
    child = fork();
    if (child == 0) {
        g_usleep(200000);
        _exit(0);
    }
    close(fd);
    {
        g_autoptr(GError) error = NULL;

        g_assert_true(vp_payload_store_remove_guest(store, UUID, &error));
        g_assert_no_error(error);
        g_assert_cmpint(access(temporary, F_OK), ==, 0);
    }
    write_image(store, NAME, 'a', 100);
    g_assert_cmpint(g_get_monotonic_time() - start, >=, 200000);
    assert_names(store, NAME);
    g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
}

static void
write_many(const Fixture *fixture, char fill, gsize size, int times)
{
    g_autoptr(VpStore) store = open_store(fixture);

    for (int i = 0; i < times; i++)
        write_image(store, NAME, fill, size);
}

static void
test_one_whole_image_wins(Fixture *fixture, gconstpointer data)
{
    enum { WRITERS = 16, SIZE = 300000 };
    pid_t children[WRITERS];
    g_autoptr(VpStore) store = open_store(fixture);

    write_image(store, NAME, 'z', SIZE);
    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            write_many(fixture, (char)('a' + i), SIZE, 20);
            _exit(0);
        }
    }
    for (int i = 0; i < 50; i++)
        assert_whole(fixture, NAME, SIZE);
    for (int i = 0; i < WRITERS; i++) {
        int status;

        g_assert_cmpint(waitpid(children[i], &status, 0), ==, children[i]);
        g_assert_cmpint(status, ==, 0);
    }
    assert_whole(fixture, NAME, SIZE);
    assert_names(store, NAME);
}

/* Writers are killed at any moment; a reader sees whole images, and one more write leaves nothing
 * else. */
static void
test_kill_leaves_a_whole_image(Fixture *fixture, gconstpointer data)
{
    enum { ROUNDS = 200, SIZE = 300000 };
    g_autoptr(VpStore) store = open_store(fixture);

    write_image(store, NAME, 'z', SIZE);
    for (int i = 0; i < ROUNDS; i++) {
        pid_t child = fork();

        if (child == 0) {
            write_many(fixture, (char)('a' + i % 26), SIZE, 1000);
            _exit(1);
        }
        g_usleep(g_random_int_range(0, 3000));
        g_assert_cmpint(kill(child, SIGKILL), ==, 0);
        g_assert_cmpint(waitpid(child, NULL, 0), ==, child);
        assert_whole(fixture, NAME, SIZE);
    }
    write_image(store, NAME, 'z', SIZE);
    assert_names(store, NAME);
}

/* --- removal and names ----------------------------------------------------------------------- */

static void
test_remove(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpStore) store = open_store(fixture);
    g_autoptr(GError) error = NULL;
    g_autofree char *temporary = path_of(fixture, TEMPORARY);

    write_image(store, NAME, 'a', 100);
    write_image(store, OTHER, 'a', 100);
    g_assert_true(g_file_set_contents(temporary, "", 0, NULL));
    g_assert_true(vp_payload_store_remove_guest(store, UUID, &error));
    assert_names(store, OTHER);
    g_assert_true(vp_payload_store_remove_guest(store, UUID, &error));
    g_assert_no_error(error);
}

static void
test_remove_guest(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpStore) store = open_store(fixture);
    g_autoptr(GError) error = NULL;
    g_autofree char *temporary = path_of(fixture, TEMPORARY);
    g_autofree char *foreign = path_of(fixture, UUID ".qcow2");

    write_image(store, NAME, 'a', 100);
    write_image(store, UUID "-hdd.img", 'a', 100);
    write_image(store, OTHER, 'a', 100);
    g_assert_true(g_file_set_contents(temporary, "", 0, NULL));
    g_assert_true(g_file_set_contents(foreign, "", 0, NULL));
    g_assert_true(vp_payload_store_remove_guest(store, UUID, &error));
    g_assert_no_error(error);
    assert_names(store, OTHER);
    g_assert_cmpint(access(foreign, F_OK), ==, 0);
    g_assert_true(vp_payload_store_remove_guest(store, UUID, &error));
}

static void
test_note(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpStore) store = open_store(fixture);
    g_autoptr(GError) error = NULL;
    g_autofree char *long_text = g_strnfill(2 * VP_STORE_NOTE_MAX, 'a');
    g_autofree char *path = path_of(fixture, UUID ".error");
    g_autofree char *text = NULL, *cut = NULL;
    struct stat status;

    g_assert_null(vp_payload_store_read_note(store, UUID, VP_NOTE_ERROR));
    g_assert_true(vp_payload_store_note(store, UUID, VP_NOTE_ERROR, NULL, &error));
    g_assert_true(vp_payload_store_note(store, UUID, VP_NOTE_ERROR, long_text, &error));
    cut = vp_payload_store_read_note(store, UUID, VP_NOTE_ERROR);
    g_assert_cmpuint(strlen(cut), ==, VP_STORE_NOTE_MAX);
    g_assert_true(vp_payload_store_note(store, UUID, VP_NOTE_ERROR, "why [drive]", &error));
    g_assert_no_error(error);
    text = vp_payload_store_read_note(store, UUID, VP_NOTE_ERROR);
    g_assert_cmpstr(text, ==, "why [drive]");
    g_assert_cmpint(stat(path, &status), ==, 0);
    g_assert_cmpuint(status.st_mode & 07777, ==, 0600);
    assert_names(store, "");
    g_assert_true(vp_payload_store_remove_guest(store, UUID, &error));
    g_assert_cmpint(access(path, F_OK), <, 0);

    g_assert_cmpint(symlink("/etc/hostname", path), ==, 0);
    g_assert_null(vp_payload_store_read_note(store, UUID, VP_NOTE_ERROR));
    g_assert_true(vp_payload_store_note(store, UUID, VP_NOTE_ERROR, "why", &error));
    g_assert_no_error(error);
    g_assert_cmpint(lstat(path, &status), ==, 0);
    g_assert_true(S_ISREG(status.st_mode));
}

static void
test_remove_guest_goes_on(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpStore) store = open_store(fixture);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = path_of(fixture, UUID "-a.img");

    g_assert_cmpint(mkdir(path, 0700), ==, 0);
    write_image(store, NAME, 'a', 100);
    g_assert_false(vp_payload_store_remove_guest(store, UUID, &error));
    g_assert_nonnull(strstr(error->message, UUID "-a.img"));
    assert_names(store, UUID "-a.img");
}

static void
write_layout(VpStore *store, VpImage *(*lay_out)(const VpTree *tree))
{
    g_autoptr(VpTree) tree = vp_image_tree_new();
    g_autoptr(GBytes) bytes = g_bytes_new_static("x", 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(VpImage) image = NULL;

    g_assert_true(vp_image_tree_add(tree, "a", bytes, &error));
    image = lay_out(tree);
    g_assert_nonnull(image);
    g_assert_true(vp_payload_store_write(store, NAME, image, &nobody, &error));
    g_assert_no_error(error);
}

static VpImage *
lay_out_iso(const VpTree *tree)
{
    return vp_image_iso_layout(tree, "config-2", NULL);
}

static VpImage *
lay_out_vfat(const VpTree *tree)
{
    return vp_image_vfat_layout(tree, "config-2", FALSE, NULL);
}

/* An image of another maker's differs in nothing but its maker's name. */
static void
spoil(const char *path, const char *maker)
{
    g_autofree char *text = NULL;
    gsize length;
    char *found;

    g_assert_true(g_file_get_contents(path, &text, &length, NULL));
    found = memmem(text, length, maker, strlen(maker));
    g_assert_nonnull(found);
    *found = 'X';
    g_assert_true(g_file_set_contents(path, text, (gssize)length, NULL));
}

static void
test_holds(Fixture *fixture, gconstpointer data)
{
    g_autoptr(VpStore) store = open_store(fixture);
    g_autofree char *path = path_of(fixture, NAME);
    g_autofree char *other = path_of(fixture, OTHER);

    g_assert_false(vp_payload_store_holds(store, NAME));
    write_image(store, NAME, 'a', 100000);
    g_assert_false(vp_payload_store_holds(store, NAME));
    write_image(store, NAME, 'a', 5);
    g_assert_false(vp_payload_store_holds(store, NAME));
    write_layout(store, lay_out_iso);
    g_assert_true(vp_payload_store_holds(store, NAME));
    g_assert_cmpint(symlink(path, other), ==, 0);
    g_assert_false(vp_payload_store_holds(store, OTHER));
    g_assert_cmpint(unlink(other) | link(path, other), ==, 0);
    g_assert_false(vp_payload_store_holds(store, NAME));
    g_assert_cmpint(unlink(other), ==, 0);
    spoil(path, VP_IMAGE_ISO_MAKER);
    g_assert_false(vp_payload_store_holds(store, NAME));
    write_layout(store, lay_out_vfat);
    g_assert_true(vp_payload_store_holds(store, NAME));
    spoil(path, VP_IMAGE_VFAT_MAKER);
    g_assert_false(vp_payload_store_holds(store, NAME));
}

static void
test_names(void)
{
    static const struct {
        const char *name, *uuid;
    } cases[] = {
        {NAME, UUID},
        {UUID "-hdd.img", UUID},
        {TEMPORARY, UUID},
        {"." UUID "-hdd.img.tmp", UUID},
        {"6695EB01-F6A4-8304-79AA-97F2502E193F.img", UUID},
        {UUID, NULL},
        {UUID "-.img", NULL},
        {UUID ".img.tmp", NULL},
        {UUID ".image", NULL},
        {UUID "hdd.img", NULL},
        {"." NAME, NULL},
        {"..tmp", NULL},
        {".tmp", NULL},
        {".", NULL},
        {"..", NULL},
        {"", NULL},
        {"x695eb01-f6a4-8304-79aa-97f2502e193f.img", NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *uuid = vp_domain_image_name_uuid(cases[i].name);

        g_assert_cmpstr(uuid, ==, cases[i].uuid);
    }
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *path;
        void (*run)(Fixture *, gconstpointer);
    } tests[] = {
        {"/store/directory/made-0711", test_directory_is_made_0711},
        {"/store/directory/stays", test_directory_stays_as_it_is},
        {"/store/directory/missing", test_directory_missing},
        {"/store/directory/link", test_directory_is_a_link},
        {"/store/directory/file", test_directory_is_a_file},
        {"/store/directory/others-may-write", test_directory_others_may_write},
        {"/store/directory/other-owner", test_directory_of_another_owner},
        {"/store/write/0600", test_write_is_0600},
        {"/store/write/replaces", test_write_replaces},
        {"/store/write/old-inode", test_write_keeps_the_old_inode},
        {"/store/write/directory", test_write_onto_a_directory},
        {"/store/write/failed", test_failed_write_leaves_the_old_image},
        {"/store/temporary/leftover", test_leftovers_are_replaced},
        {"/store/temporary/turns", test_writers_take_turns},
        {"/store/temporary/one-wins", test_one_whole_image_wins},
        {"/store/temporary/kill", test_kill_leaves_a_whole_image},
        {"/store/holds", test_holds},
        {"/store/remove", test_remove},
        {"/store/note", test_note},
        {"/store/remove-guest", test_remove_guest},
        {"/store/remove-guest/goes-on", test_remove_guest_goes_on},
    };

    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].path, Fixture, NULL, set_up, tests[i].run, tear_down);
    g_test_add_func("/store/names", test_names);
    return g_test_run();
}
