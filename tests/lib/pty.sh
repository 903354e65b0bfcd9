# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# A terminal for a program: source it after tap.sh and guest.sh.
#
#   need_terminals "$0" "$@"  first of all: if no terminal can be had (a chroot
#                             without /dev/pts), run this test again in a private
#                             world, which has its own, or skip it
#   on_terminal COMMAND...    run it on a terminal of its own, 100 columns wide, or
#                             $COLUMNS_OF_TERMINAL; what it prints there, without
#                             carriage returns
#   answer TEXT COMMAND...    the same, and TEXT is typed: "\n" is the return key;
#                             each line once the program has asked (a line that
#                             ends with ": " or "] ")

: "${tap_dir:?source tap.sh first}" "${guest_dir:?source guest.sh first}"

has_terminals()
{
    python3 -c 'import os; os.openpty()' 2>/dev/null
}

need_terminals()
{
    ! has_terminals || return 0
    private_world --bare "$@"
    has_terminals || skip_all "no terminal can be had here: is python3 installed, /dev/pts mounted?"
}

on_terminal()
{
    answer '' "$@"
}

answer()
{
    python3 - "$@" <<'PYTHON' | tr -d '\r'
import fcntl, os, pty, struct, sys, termios

answers = [a for a in sys.argv[1].replace("\\n", "\n").splitlines(True)]
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 30, int(os.environ.get("COLUMNS_OF_TERMINAL", 100)), 0, 0))
    os.execvp(sys.argv[2], sys.argv[2:])
out = b""
while True:
    try:
        piece = os.read(fd, 65536)
    except OSError:
        break
    if not piece:
        break
    out += piece
    if answers and out.endswith((b": ", b"] ")):
        os.write(fd, answers.pop(0).encode())
sys.stdout.buffer.write(out)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PYTHON
}
