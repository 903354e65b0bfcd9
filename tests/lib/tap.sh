# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# TAP for shell tests: source it, make claims, end with done_testing.
#
#   ok NAME COMMAND...    COMMAND succeeds
#   not_ok NAME COMMAND...  COMMAND fails, and is not killed by a signal
#   is NAME GOT WANTED    the two texts are equal
#   like NAME GOT REGEX   GOT has a line that matches the extended REGEX
#   unlike NAME GOT REGEX   it has none
#   skip NAME WHY         a claim that cannot be checked here
#   skip_all WHY          before the first claim: the whole test cannot run here
#   diag TEXT...          for the reader of the log
#   at_exit COMMAND       run COMMAND when the test ends, however it ends;
#                         the last one registered comes first
#   $tap_dir              a directory of this test, removed at the end
#
# A NAME says what is claimed, so that it can be understood by itself in a log. One that is about the same thing
# as the claim before it begins with two blanks, and is printed after that one's name.
#
# With VP_TESTS_MUST_RUN=1 a skip is a failure.

tap_count=0
tap_failed=0
tap_at_exit=
tap_finished=
tap_subject=
tap_dir=$(mktemp -d "${TMPDIR:-/tmp}/virt-payload-test.XXXXXX") || exit 99
# QEMU's user has to reach what a guest is given from here
chmod 0711 "$tap_dir"

diag()
{
    printf '%s\n' "$*" | sed 's/^/# /'
}

# Sets tap_title
tap_entitle()
{
    case $1 in
        '  '*) tap_title="$tap_subject: ${1#  }" ;;
        *':   '*) tap_title="$tap_subject: ${1#*:   }" ;;
        *) tap_title=$1 tap_subject=$1 ;;
    esac
}

tap_result()
{
    tap_count=$((tap_count + 1))
    tap_entitle "$2"
    if [ "$1" = 0 ]; then
        echo "ok $tap_count - $tap_title"
    else
        tap_failed=$((tap_failed + 1))
        echo "not ok $tap_count - $tap_title"
    fi
    [ "$1" = 0 ]
}

ok()
{
    tap_name=$1
    shift
    "$@" >"$tap_dir/.out" 2>&1
    tap_status=$?
    tap_result $tap_status "$tap_name" && return
    diag "status $tap_status of: $*"
    sed 's/^/#   /' "$tap_dir/.out"
    return 1
}

not_ok()
{
    tap_name=$1
    shift
    "$@" >"$tap_dir/.out" 2>&1
    tap_status=$?
    [ $tap_status -ne 0 ] && [ $tap_status -lt 126 ]
    tap_result $? "$tap_name" && return
    diag "status $tap_status of: $*"
    sed 's/^/#   /' "$tap_dir/.out"
    return 1
}

is()
{
    [ "$2" = "$3" ]
    tap_result $? "$1" && return
    diag "got:"
    printf '%s\n' "$2" | sed 's/^/#   /'
    diag "wanted:"
    printf '%s\n' "$3" | sed 's/^/#   /'
    return 1
}

like()
{
    printf '%s\n' "$2" | grep -Eq -e "$3"
    tap_result $? "$1" && return
    diag "no match for: $3"
    diag "in:"
    printf '%s\n' "$2" | sed 's/^/#   /'
    return 1
}

unlike()
{
    ! printf '%s\n' "$2" | grep -Eq -e "$3"
    tap_result $? "$1" && return
    diag "unwanted match for: $3"
    diag "in:"
    printf '%s\n' "$2" | sed 's/^/#   /'
    return 1
}

skip()
{
    if [ "${VP_TESTS_MUST_RUN-}" = 1 ]; then
        tap_result 1 "$1"
        diag "must not be skipped: $2"
        return
    fi
    tap_count=$((tap_count + 1))
    tap_entitle "$1"
    echo "ok $tap_count - $tap_title # SKIP $2"
}

skip_all()
{
    tap_finished=yes
    if [ "${VP_TESTS_MUST_RUN-}" = 1 ]; then
        echo "1..1"
        echo "not ok 1 - must not be skipped: $*"
        exit 1
    fi
    echo "1..0 # SKIP $*"
    exit 77
}

done_testing()
{
    tap_finished=yes
    echo "1..$tap_count"
    [ $tap_failed = 0 ] || exit 1
    exit 0
}

at_exit()
{
    tap_at_exit="$*
$tap_at_exit"
}

tap_end()
{
    tap_status=$?
    trap '' INT TERM HUP
    trap - EXIT
    # no claim is left out silently
    [ -n "$tap_finished" ] || echo "Bail out! the test ended early, status $tap_status"
    eval "$tap_at_exit"
    rm -rf "$tap_dir"
    exit $tap_status
}

trap tap_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
