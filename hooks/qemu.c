/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's qemu hook, https://libvirt.org/hooks.html: the front, which is done at the price of an
 * empty program for every guest that is not ours, and loads the core for those that may be. */
#include <config.h>

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "domain/front-search.h"
#include "hook/call.h"
#include "hook/front.h"

#define PROGRAM VP_SBINDIR "/virt-payload-hook"
#define PROGRAM_NAME "virt-payload-hook"
#define CORE VP_PKGLIBDIR "/virt-payload-core.so"

/* hooks/install-hook and doctor recognise a copy of this program by it. It must never change, or
 * they would not recognise an older version. */
static const char marker[] __attribute__((used)) =
    "virt-payload-hook: a copy of this program is installed as a libvirt hook";

enum {
    READ_SECONDS = 10,
    CORE_SECONDS = 60,
};

/* One extra byte, to detect input that is too large. Pages that are never written cost nothing. */
static char xml[VP_XML_MAX_BYTES + 1];

static bool
write_all(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, bytes, size);

        if (n < 0 && errno != EINTR)
            return false;
        bytes += n > 0 ? n : 0;
        size -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* libvirt runs a copy of this program, which may be of another version than the core, and runs it
 * with the daemon's own AppArmor profile. The installed program has the core's version and its own
 * profile, so a copy hands over to it. Returns only if that cannot be done. By system calls, for
 * the reason that front.c gives. */
static void
run_installed(char **argv, size_t size)
{
    static char name[] = PROGRAM_NAME;
    int fd = (int)syscall(SYS_memfd_create, "virt-payload", MFD_CLOEXEC);

    if (fd < 0 || !write_all(fd, xml, size) || syscall(SYS_lseek, fd, 0, SEEK_SET) < 0 ||
        syscall(SYS_dup3, fd, STDIN_FILENO, 0) < 0)
        return;
    argv[0] = name;
    syscall(SYS_execve, PROGRAM, argv, environ);
}

static bool
is_copy(const char *path)
{
    const char *name = path;

    for (; *path != '\0'; path++)
        if (*path == '/')
            name = path + 1;
    return strcmp(name, PROGRAM_NAME) != 0;
}

static int
run_core(const VpHookCall *call)
{
    int (*core)(const VpHookCall *);
    void *library;

    if (!vp_hook_front_open_standard_fds())
        return vp_hook_front_fail(call, "/dev/null", strerror(errno), "failed");
    vp_hook_front_catch_crashes(call->operation);
    library = dlopen(CORE, RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL ||
        (core = (int (*)(const VpHookCall *))dlsym(library, "vp_hook_main")) == NULL)
        return vp_hook_front_fail(call, "the hook's core cannot be loaded", dlerror(), "failed");
    _exit(core(call)); /* nothing is buffered, and no library has anything to tidy up */
}

/* libvirt: qemu GUEST OPERATION SUBOPERATION EXTRA */
int
main(int argc, char **argv)
{
    VpHookCall call = {.xml = xml};
    ssize_t size;

    if (argc < 4)
        return 0;
    call.guest = argv[1];
    call.operation = vp_hook_operation_find(argv[2], argv[3]);
    if (call.operation == VP_OPERATION_NONE)
        return 0;
    vp_hook_front_watch(call.operation, READ_SECONDS);
    size = vp_hook_front_read(STDIN_FILENO, xml, sizeof(xml));
    if (size < 0)
        return vp_hook_front_fail(&call, "standard input", strerror(errno), "failed");
    if (size == 0)
        return vp_hook_front_fail(&call, "domain XML", "is empty", "xml-end");
    if (vp_hook_front_is_too_large(call.operation, STDIN_FILENO, xml, (size_t)size))
        return vp_hook_front_fail(&call, "domain XML", "is over 4 MiB", "xml-limit");
    if (!vp_hook_front_needs_core(call.operation, xml, (size_t)size))
        return 0;
    call.size = (size_t)size;
    if (is_copy(argv[0]))
        run_installed(argv, call.size);
    vp_hook_front_watch(call.operation, CORE_SECONDS);
    return run_core(&call);
}
