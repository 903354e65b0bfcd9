#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The long checks (check-guests, check-suites, check-package, check-rpm) report what is broken, and add up what they
# have seen: each runs over doubles of what it calls, without guests, other systems and packages.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
unset VP_TESTS_MUST_RUN VP_PRIVATE_LIBVIRTD GUESTS_TIME
command -v git >/dev/null || skip_all "git is not installed"

# A tree of the scripts, with doubles beside them
tree=$tap_dir/tree
mkdir -p "$tree/tests/lib" "$tree/tests/guest" "$tap_dir/bin"
cp "$VP_SRCDIR/tests/check-guests" "$VP_SRCDIR/tests/check-suites" "$VP_SRCDIR/tests/check-package" "$tree/tests"
cp "$VP_SRCDIR/tests/lib/tap.sh" "$tree/tests/lib"

# double PROGRAM, its text on stdin
double()
{
    { echo '#!/bin/sh'; cat; } >"$tap_dir/bin/$1"
    chmod +x "$tap_dir/bin/$1"
}

commit()
{
    git -C "$tree" -c user.name=a -c user.email=a@example.com commit -q --allow-empty -m "$1"
}

# what a check has said, and its status as the last line
outcome()
{
    "$@" 2>&1
    echo "status $?"
}

last_lines()
{
    echo "$said" | tail -n 2
}

git -C "$tree" init -q
git -C "$tree" add .
commit first

# --- check-guests ---

cat >"$tree/tests/guest/rows" <<'ROWS'
# a comment
one   trixie    config-drive  cloud  virtio
two   trixie    nocloud       bios   scsi

one   bullseye  nocloud       full   ide
ROWS
echo 'private_world() { :; }' >"$tree/tests/lib/guest.sh"
printf 'debian_key_pair() { :; }\ndebian_use() { :; }\n' >"$tree/tests/lib/debian.sh"
cat >"$tree/tests/guest/cases.sh" <<CASES
guest_case()
{
    echo "\$*" >>"$tap_dir/ran"
    verdict=\$(cat "$tap_dir/verdict-\$1" 2>/dev/null || echo passed)
    [ "\$verdict" != ends ] || exit 3
    ok "\$1: its claim" test "\$verdict" = passed
    guest_result="\$1 suite \$2 \$3 \$4 virtio 12 34 \$verdict"
}
CASES
cat >"$tree/tests/guest/build-debian-guest" <<BUILD
#!/bin/sh
[ ! -e "$tap_dir/no-\$VP_DEBIAN_SUITE" ] || { echo "no mirror has \$VP_DEBIAN_SUITE" >&2; exit 1; }
BUILD
chmod +x "$tree/tests/guest/build-debian-guest"
git -C "$tree" add .
commit doubles

guests()
{
    : >"$tap_dir/ran"
    said=$(outcome env VP_SRCDIR="$tree" VP_GUEST_CACHE="$tap_dir/cache" "$tree/tests/check-guests" "$@")
}

ran()
{
    cut -d ' ' -f 1,2 "$tap_dir/ran" | tr '\n' ';'
}

guests two/trixie
is "check-guests of a case: the others are not run" "$(last_lines)" "1 passed, 0 failed, 0 skipped, 2 not run
status 0"
is "  what is run" "$(cat "$tap_dir/ran")" "two nocloud bios scsi"
like "  its row of the table" "$said" '^\| two \| suite \| nocloud \| bios \| scsi \| virtio \| 12 \| 34 \| passed \|$'
like "  the row of another" "$said" '^\| one \| bullseye \| nocloud \| full \| ide \| - \| - \| - \| not-run \|$'
like "  the commit that it is about" "$said" "^Commit $(git -C "$tree" rev-parse --short=12 HEAD):\$"

echo failed >"$tap_dir/verdict-one"
touch "$tap_dir/no-bullseye"
guests
is "check-guests, a case fails and a guest cannot be built: the sums and the status" "$(last_lines)" \
    "1 passed, 1 failed, 1 skipped, 0 not run
status 1"
is "  a case that has passed is not run again" "$(ran)" "one config-drive;"
like "  why it is skipped" "$said" '^\| one \| bullseye .* \| skipped: the guest cannot be built \|$'
like "  what the builder said" "$said" '^# no mirror has bullseye$'

rm "$tap_dir/verdict-one" "$tap_dir/no-bullseye"
guests
is "check-guests again: what had failed or was skipped is run" "$(ran)" "one config-drive;one nocloud;"
is "  the sums of all calls" "$(last_lines)" "3 passed, 0 failed, 0 skipped, 0 not run
status 0"

echo "# changed" >>"$tree/tests/guest/rows"
guests two
is "check-guests after a change: what has passed is run again" "$(ran)" "two nocloud;"
commit next
guests /bullseye
is "check-guests of a suite: its cases" "$(ran)" "one nocloud;"
guests one two///bios
is "check-guests of two names: the cases of both, what has passed left out" "$(ran)" "one config-drive;two nocloud;"

commit "more"
GUESTS_TIME=3m
export GUESTS_TIME
guests
is "check-guests in less time than a case may take: none is begun" "$(last_lines)" "0 passed, 0 failed, 0 skipped, 3 not run
status 0"
is "  none is run" "$(ran)" ""
GUESTS_TIME=1h
guests two
is "check-guests in an hour: a case is run" "$(ran)" "two nocloud;"
unset GUESTS_TIME

results=$(echo "$tap_dir/cache/results/$(git -C "$tree" rev-parse --short=12 HEAD)"*)
(
    flock 7
    guests one//config-drive
    ran >"$tap_dir/beside"
) 7>"$results/one,trixie,config-drive,cloud,virtio.lock"
is "check-guests beside another one: does not run what that one runs" "$(cat "$tap_dir/beside")" ""

echo ends >"$tap_dir/verdict-one"
guests one
like "check-guests, a case ends the whole run: it says so" "$said" '^Bail out! the test ended early, status 3$'
is "  its status" "$(echo "$said" | tail -n 1)" "status 3"
guests three
is "check-guests of a case that is not there: an error of usage" "$said" "check-guests: no such case: three
status 64"

# --- check-suites ---

double debootstrap <<SH
shift
echo "bootstraps \$1" >>"$tap_dir/ran"
mkdir -p "\$2/etc/apt/apt.conf.d" "\$2/etc/dpkg/dpkg.cfg.d" "\$2/root" "\$2/debootstrap"
echo "nothing at this mirror" >"\$2/debootstrap/debootstrap.log"
[ ! -e "$tap_dir/no-\$1" ]
SH
# the world: the command's first words are its name
double unshare <<SH
for command; do :; done
[ "\$command" != true ] || exit 0
case \$command in
    *'bootstrap check unit'*) part=bench ;;
    *'bootstrap check'*) part=check ;;
    *'bootstrap demo'*) part=demo ;;
    *'install clang'*) part=clang ;;
    *'bootstrap build'*) part=gcc ;;
esac
echo "\$part" >>"$tap_dir/ran"
printf '%s\\n' "\$command" >"$tap_dir/command-\$part"
cat "$tap_dir/says-\$part" 2>/dev/null
exit "\$(cat "$tap_dir/status-\$part" 2>/dev/null || echo 0)"
SH
for program in apt-config pivot_root; do
    echo : | double $program
done
double id <<SH
cat "$tap_dir/uid"
SH
echo 0 >"$tap_dir/uid"

suites()
{
    : >"$tap_dir/ran"
    said=$(outcome env PATH="$tap_dir/bin:$PATH" VP_GUEST_CACHE="$tap_dir/cache" "$tree/tests/check-suites" "$@")
}

printf 'ok 1 - a claim\r\n12 passed, 0 failed\r\n' >"$tap_dir/says-check"
suites trixie
is "check-suites: tests add up, every other part is one" "$(last_lines)" "16 passed, 0 failed
status 0"
is "  each part is done, bench only if it is named" "$(tr '\n' ' ' <"$tap_dir/ran")" \
    "bootstraps trixie gcc clang demo check "
like "  the row of the table" "$said" '^trixie( +[0-9]+ s){5} +-$'
is "  nothing of the world is left" "$(find "$tap_dir/cache/suites" -maxdepth 1 -name '.trixie*')" ""
suites --parts gcc,bench trixie
is "check-suites within a day: the bare system is made once" "$(tr '\n' ' ' <"$tap_dir/ran")" "gcc bench "
like "  the parts that are not asked for" "$said" '^trixie +[0-9]+ s +[0-9]+ s +- +- +- +[0-9]+ s$'
suites --parts check --tests 'tests/test-a.sh b' trixie
is "check-suites --tests: is what bootstrap is given" "$(cat "$tap_dir/command-check")" \
    "cd /root/virt-payload && ./bootstrap check tests/test-a.sh b"

printf '11 passed, 2 failed\r\n==> failed:\r\nFAIL: tests/test-a.sh\r\nERROR: tests/test-b.sh\r\n' >"$tap_dir/says-check"
echo 1 >"$tap_dir/status-check"
suites trixie
is "check-suites, two tests fail: the sums and the status" "$(last_lines)" "15 passed, 2 failed
status 1"
like "  the cell of the table" "$said" '^trixie( +[0-9]+ s){4} +FAILED [0-9]+ s +-$'
like "  a test that failed, with its suite" "$said" '^FAIL: trixie tests/test-a\.sh$'
like "  a test that could not run, with its suite" "$said" '^ERROR: trixie tests/test-b\.sh$'

printf '12 passed, 0 failed\n' >"$tap_dir/says-check"
suites --parts check trixie
is "check-suites, no test fails and yet the part does: it counts" "$(last_lines)" "13 passed, 1 failed
status 1"
: >"$tap_dir/says-check"
suites --parts check trixie
is "check-suites, a part ends before its sums: it counts" "$(last_lines)" "1 passed, 1 failed
status 1"

rm "$tap_dir/status-check"
echo 2 >"$tap_dir/status-gcc"
echo 'error: a warning' >"$tap_dir/says-gcc"
suites trixie
is "check-suites, it does not build: the other parts are done" "$(last_lines)" "4 passed, 1 failed
status 1"
like "  the part that failed" "$said" '^FAIL: trixie gcc$'
like "  the end of its log" "$said" '^    error: a warning$'
rm "$tap_dir/status-gcc"

touch "$tap_dir/no-sid"
suites sid trixie
is "check-suites, a suite cannot be had: the next one is tried" "$(last_lines)" "5 passed, 1 failed
status 1"
like "  why" "$said" '^    nothing at this mirror$'
like "  nothing else is tried in it" "$said" '^sid +FAILED [0-9]+ s$'
suites --none
is "check-suites, an unknown option: an error of usage" "$(echo "$said" | tail -n 1)" "status 64"
echo 1000 >"$tap_dir/uid"
suites trixie
is "check-suites without root: an error" "$said" "check-suites: this needs root
status 1"

# --- check-package ---

double dpkg-buildpackage <<SH
echo "the end of the build"
exit "\$(cat "$tap_dir/build-status")"
SH
for program in dh lintian; do
    echo : | double $program
done
double unshare <<SH
[ -n "\$VP_PACKAGE" ] && exit "\$(cat "$tap_dir/inner-status")"
SH

# package ROOT BUILD INNER: user id, status of the build and of the test in the copy of the system
package()
{
    echo "$1" >"$tap_dir/uid"
    echo "$2" >"$tap_dir/build-status"
    echo "$3" >"$tap_dir/inner-status"
    said=$(outcome env PATH="$tap_dir/bin:$PATH" VP_SRCDIR="$tree" "$tree/tests/check-package")
}

package 0 0 0
is "check-package: the copy's claims are all there is" "$said" "status 0"
package 0 0 1
is "check-package, a claim fails in the copy: the status" "$said" "status 1"
package 0 1 0
like "check-package, the build fails: the end of its log" "$said" '^the end of the build$'
is "  the status" "$(echo "$said" | tail -n 1)" "status 1"
package 0 0 77
is "check-package, no copy can be made: skipped" "$said" "1..0 # SKIP no copy of the system can be made here
status 77"
package 1000 0 0
is "check-package without root: skipped" "$said" "1..0 # SKIP this needs root
status 77"
VP_TESTS_MUST_RUN=1
export VP_TESTS_MUST_RUN
package 1000 0 0
like "check-package without root, where tests must run: a failure" "$said" '^not ok 1 - must not be skipped: this needs root$'
unset VP_TESTS_MUST_RUN

# --- check-rpm ---

mkdir -p "$tree/packaging" "$tap_dir/built"
double make <<SH
: >"$tap_dir/built/virt-payload-1.tar.xz"
SH
double rpmbuild <<SH
cat "$tap_dir/warnings" 2>/dev/null
for define; do case \$define in '_topdir '*) top=\${define#_topdir } ;; esac; done
mkdir -p "\$top/RPMS/x86_64" && : >"\$top/RPMS/x86_64/virt-payload-1.rpm"
exit "\$(cat "$tap_dir/build-status")"
SH
double rpm <<SH
case \$* in
    *--requires*) cat "$tap_dir/requires" ;;
    *-qplv*) cat "$tap_dir/modes" ;;
    *-qpl*) cat "$tap_dir/files" ;;
    *postin*) cat "$tap_dir/postin" ;;
    *preun*) echo exit 0 ;;
esac
SH
sound()
{
    for file in configure.ac README.md bootstrap packaging/virt-payload.spec; do
        cp "$VP_SRCDIR/$file" "$tree/$file"
    done
    echo 0 >"$tap_dir/build-status"
    : >"$tap_dir/warnings"
    printf '%s\n' /usr/sbin/virt-payload /usr/sbin/virt-payload-hook /usr/share/virt-payload/install-hook \
        /etc/virt-payload.conf /usr/share/man/man1/virt-payload.1.gz /usr/lib/tmpfiles.d/virt-payload.conf >"$tap_dir/files"
    printf '%s\n' libvirt-daemon-driver-qemu 'libvirt-libs >= 8' >"$tap_dir/requires"
    echo 'drwx------    2 root     root   0 Jan  1  2026 /etc/virt-payload/secrets' >"$tap_dir/modes"
    echo 'install-hook install' >"$tap_dir/postin"
}

# rpm_fails: the claims that fail
rpm_fails()
{
    outcome env PATH="$tap_dir/bin:$PATH" VP_SRCDIR="$tree" VP_BUILDDIR="$tap_dir/built" "$VP_SRCDIR/tests/check-rpm" |
        sed -n 's/^not ok [0-9]* - //p; s/^status/status/p'
}

sound
is "check-rpm: a sound package" "$(rpm_fails)" "status 0"

# rpm_reports CLAIMS FILE SED-SCRIPT: with that fault
rpm_reports()
{
    sound
    sed -i "$3" "$2"
    is "check-rpm reports: $1" "$(rpm_fails)" "$(printf '%b' "$1")
status 1"
}

spec=$tree/packaging/virt-payload.spec
rpm_reports "json-c: the spec asks for it, by the version of configure" "$spec" 's/\(pkgconfig(json-c) >= \)/\10/'
rpm_reports "libvirt: the spec asks for it, by the version of configure\nno other module is asked for" "$spec" \
    '/pkgconfig(libvirt)/d'
rpm_reports "no other module is asked for" "$spec" '/pkgconfig(json-c)/s/.*/&\nBuildRequires: pkgconfig(zlib)/'
rpm_reports "yaml-0.1: the spec asks for it, by the version of configure: bootstrap installs libyaml-devel" \
    "$tree/bootstrap" '/^libyaml-devel$/d'
rpm_reports "libcrypt: the spec asks for it, by the version of configure: README too" "$tree/README.md" \
    's/libxcrypt-devel/libcrypt-devel/'
rpm_reports "the package has /etc/virt-payload.conf" "$tap_dir/files" '/conf$/{/tmpfiles/!d}'
rpm_reports "the package has nothing in libvirt's directory" "$tap_dir/files" '1i /etc/libvirt/hooks/qemu'
rpm_reports "the package asks for QEMU's driver" "$tap_dir/requires" 1d
rpm_reports "the package asks for libvirt's libraries, which are loaded" "$tap_dir/requires" 's/8/7/'
rpm_reports "only root can read secrets" "$tap_dir/modes" 's/^drwx------/drwxr-xr-x/'
rpm_reports "the script postin is a shell's" "$tap_dir/postin" '1i if'
rpm_reports "the script postin is a shell's: it is not empty" "$tap_dir/postin" d
sound
echo 'warning: File listed twice' >"$tap_dir/warnings"
is "check-rpm reports: what rpm warns of" "$(rpm_fails)" "rpm warns of nothing
status 1"
sound
echo 1 >"$tap_dir/build-status"
is "check-rpm reports: a build that fails, and nothing of its package" "$(rpm_fails)" "rpmbuild
status 1"

done_testing
