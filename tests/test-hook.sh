#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The hook as libvirt runs it, installed: every operation, what it prints, leaves and starts. The
# definitions are what libvirt 9.0 handed to a hook.

# shellcheck disable=SC2317,SC2012,SC2016  # functions run by ok; names are plain; a name for a shell

. "${VP_SRCDIR:?}/tests/lib/tap.sh"
. "$VP_SRCDIR/tests/lib/guest.sh"
private_world --bare --staged "$0" "$@"

hook=${VP_HOOKDIR:?}/qemu
data=$VP_SRCDIR/tests/data/hook
uuid=6695eb01-f6a4-8304-79aa-97f2502e193f
images=${VP_PAYLOADDIR:?}
image=$images/$uuid.img
conf=${VP_SYSCONFDIR:?}/virt-payload.conf
out=$tap_dir/out
err=$tap_dir/err

# call GUEST OPERATION SUBOPERATION: standard input goes to the hook; sets $status
call()
{
    "$hook" "$@" - >"$out" 2>"$err"
    status=$?
}

# the result of the last call in one line: status, sizes of what it printed, names of images
result()
{
    echo "$status out=$(wc -c <"$out") err=$(wc -l <"$err") $(ls -A "$images" 2>/dev/null | tr '\n' ' ')"
}

nothing="0 out=0 err=0 "

# with_drive PATH <XML: the same guest with its drive
with_drive()
{
    sed "s|<controller type='usb'|<disk type='file' device='disk'>\
<driver name='qemu' type='raw'/><source file='$1'/><target dev='vdb' bus='virtio'/><readonly/>\
</disk>\n    &|"
}

others()
{
    sed 's/urn:virt-payload:1/urn:another:1/'
}

sum()
{
    sha256sum <"$image"
}

configure()
{
    { echo '[virt-payload]'; printf '%s\n' "$@"; } >"$conf"
}

fresh()
{
    rm -rf "$images"
    configure
}

# refused NAME WORDS: the last call failed with one line that ends in [NAME] and has WORDS
refused()
{
    is "$1: status, one line" "$status $(wc -c <"$out") $(wc -l <"$err")" "1 0 1"
    like "$1: the line" "$(cat "$err")" "^virt-payload: .*$2.* \\[$1\\]\$"
}

# --- prepare ----------------------------------------------------------------

fresh
call web1 prepare begin <"$data/prepare.xml"
is "prepare makes the image, in silence" "$(result)" "$nothing$uuid.img "
is "the directory is root's, 0711" "$(stat -c '%u %a' "$images")" "0 711"
is "the image is root's, 0600" "$(stat -c '%u %a' "$image")" "0 600"
like "labelled config-2" "$(dd if="$image" bs=1 skip=32808 count=32 2>/dev/null)" '^config-2'
first=$(sum)
inode=$(stat -c %i "$image")

TZ=Asia/Kolkata LC_ALL=de_DE.UTF-8 HOME=/nowhere call web1 prepare begin <"$data/prepare.xml"
is "  again, elsewhere and in another language" "$status $(sum)" "0 $first"
ok "the old image is replaced, not written to" test "$(stat -c %i "$image")" != "$inode"

(umask 0 && call web1 prepare begin <"$data/prepare.xml")
is "whatever the umask" "$(stat -c %a "$images" "$image" | tr '\n' ' ')" "711 600 "

(ulimit -f 8 && call web1 prepare begin <"$data/prepare.xml" && result) >"$tap_dir/limited"
is "a limit of the size of files: refused, without a part" "$(cat "$tap_dir/limited")" "1 out=0 err=1 $uuid.img "
is "  the old image is kept" "$(sum)" "$first"

others <"$data/prepare.xml" >"$tap_dir/other.xml"
fresh
call web1 prepare begin <"$tap_dir/other.xml"
is "a guest that is not ours: nothing" "$(result)" "$nothing"
ok "  no directory is made" test ! -e "$images"

# --- the other operations ----------------------------------------------------

fresh
call web1 prepare begin <"$data/prepare.xml"
for operation in 'start begin' 'stopped end' 'reconnect begin' 'attach begin' 'prepare end' \
    'release begin' 'started end' 'migrate end' 'PREPARE begin' 'prepare ' ' ' '--help --version'; do
    printf '\0<!DOCTYPE %s' urn:virt-payload:1 >"$tap_dir/hostile"
    call web1 "${operation% *}" "${operation#* }" <"$tap_dir/hostile"
    is "'$operation' does nothing" "$(result)" "$nothing$uuid.img "
done
is "  the image is as it was" "$(sum)" "$first"
mkfifo "$tap_dir/fifo"
exec 3<>"$tap_dir/fifo"
ok "'reconnect' does not wait for its input" timeout 5 "$hook" web1 reconnect begin - <"$tap_dir/fifo"
exec 3<&-
call
is "no arguments: nothing" "$(result)" "$nothing$uuid.img "

# --- release -----------------------------------------------------------------

touch "$images/$uuid-hdd.img" "$images/00000000-0000-4000-8000-000000000001.img"
call another release end <"$data/release.xml"
is "release looks only at the UUID" "$(result)" "${nothing}00000000-0000-4000-8000-000000000001.img "
touch "$images/$uuid-hdd.img"
call web1 release end <"$data/release.xml"
is "release takes the guest's images" "$(result)" "${nothing}00000000-0000-4000-8000-000000000001.img "
call web1 release end <"$data/release.xml"
is "  again" "$(result)" "${nothing}00000000-0000-4000-8000-000000000001.img "
rm -rf "$images"
call web1 release end <"$data/release.xml"
is "  without a directory" "$(result)" "$nothing"
ok "  which it does not make" test ! -e "$images"
call web1 prepare begin <"$data/prepare.xml"
others <"$data/release.xml" | with_drive "$image" >"$tap_dir/gone.xml"
call web1 release end <"$tap_dir/gone.xml"
is "  where the metadata has gone meanwhile" "$(result)" "$nothing"
fresh
call web1 prepare begin <"$data/prepare.xml"
others <"$data/release.xml" >"$tap_dir/gone.xml"
call web1 release end <"$tap_dir/gone.xml"
is "  where metadata and drive have gone" "$(result)" "$nothing"
for uri in '<' "$(printf '\001')"; do
    call web1 prepare begin <"$data/prepare.xml"
    sed "s|<metadata>|<metadata><a xmlns='$uri'/>|" "$data/release.xml" >"$tap_dir/broken.xml"
    call web1 release end <"$tap_dir/broken.xml"
    is "  where no parser takes the definition" "$(result)" "$nothing"
done
call web1 prepare begin <"$data/prepare.xml"
{ cat "$data/release.xml"; head -c 4194304 /dev/zero | tr '\0' ' '; } >"$tap_dir/large.xml"
call web1 release end <"$tap_dir/large.xml"
is "  where it has grown over 4 MiB" "$(result)" "$nothing"
call web1 prepare begin <"$data/prepare.xml"
chown 65534 "$image" # as libvirt leaves it
with_drive "$image" <"$data/release.xml" >"$tap_dir/elsewhere.xml"
configure 'directory = /run/another'
call web1 release end <"$tap_dir/elsewhere.xml"
is "an image in another directory than the configured one stays" "$(result)" "$nothing$uuid.img "
ok "  the configured one is not made" test ! -e /run/another
fresh
others <"$data/release.xml" | with_drive "$image" | sed 's|<readonly/>||' >"$tap_dir/own.xml"
call web1 prepare begin <"$data/prepare.xml"
call web1 release end <"$tap_dir/own.xml"
is "a disk of the guest's own that is named like an image stays" "$(result)" "$nothing$uuid.img "
with_drive "$image" <"$data/prepare.xml" | sed 's|<readonly/>||' >"$tap_dir/own.xml"
first=$(sum)
call web1 prepare begin <"$tap_dir/own.xml"
refused drive "one of its own disks has the name of its image in the payload directory $images"
is "  no start replaces it" "$(sum)" "$first"
fresh
for input in /dev/null "$tap_dir/hostile" /etc/passwd; do
    call web1 release end <"$input"
    is "release succeeds on $input" "$status" 0
done
"$hook" web1 release end - <&- 2>/dev/null
is "  without input" $? 0
configure 'nonsense = 1'
call web1 release end <"$data/release.xml"
is "  with a broken configuration" "$status" 0

# --- migrate, restore --------------------------------------------------------

fresh
for operation in migrate restore; do
    with_drive "/elsewhere/$uuid.img" <"$data/restore.xml" >"$tap_dir/elsewhere.xml"
    call web1 "$operation" begin <"$tap_dir/elsewhere.xml"
    is "$operation: the drive is repointed" "$status $(wc -l <"$err")" "0 0"
    like "$operation: to this host's directory" "$(cat "$out")" "<source file='$images/$uuid.img'/>|<source file=\"$images/$uuid.img\"/>"
    unlike "$operation: nowhere else" "$(cat "$out")" "/elsewhere/"
    with_drive "$image" <"$data/restore.xml" >"$tap_dir/here.xml"
    call web1 "$operation" begin <"$tap_dir/here.xml"
    is "$operation: a drive that is right: nothing" "$(result)" "$nothing"
    call web1 "$operation" begin <"$data/restore.xml"
    is "$operation: no drive: nothing but a note" "$(result)" "$nothing$uuid.resumed "
    rm "$images/$uuid.resumed"
done
# the reader is gone before the hook writes
{ sleep 0.2; "$hook" web1 restore begin - <"$tap_dir/elsewhere.xml" 2>"$err"; echo $? >"$tap_dir/status"; } | :
sleep 0.5
is "the reader of the output is gone" "$(cat "$tap_dir/status") $(wc -l <"$err")" "1 1"
like "  that is said" "$(cat "$err")" 'standard output: Broken pipe \[failed\]$'

# --- refusals ----------------------------------------------------------------

fresh
call web1 prepare begin <"$data/prepare.xml"
first=$(sum)
sed 's/web1.example.com/web 1/' "$data/prepare.xml" >"$tap_dir/hostname.xml"
call web1 prepare begin <"$tap_dir/hostname.xml"
refused hostname 'web1: .*hostname'
unlike "  without the field's value" "$(cat "$err")" 'web 1'
call web2 prepare begin <"$data/prepare.xml"
refused identity web2
grep -v '<uuid>' "$data/prepare.xml" >"$tap_dir/no-uuid.xml"
call web1 prepare begin <"$tap_dir/no-uuid.xml"
refused uuid uuid
call web1 prepare begin </dev/null
refused xml-end 'is empty'
head -c 2000 "$data/prepare.xml" >"$tap_dir/short.xml"
call web1 prepare begin <"$tap_dir/short.xml"
refused xml-end 'web1'
{ cat "$data/prepare.xml"; head -c 4194304 /dev/zero | tr '\0' ' '; } >"$tap_dir/large.xml"
call web1 prepare begin <"$tap_dir/large.xml"
refused xml-limit '4 MiB'
"$hook" web1 prepare begin - <&- >"$out" 2>"$err"
status=$?
refused failed 'standard input: Bad file descriptor'
configure 'nonsense = 1'
call web1 prepare begin <"$data/prepare.xml"
refused config "$conf, line 2: key 'nonsense' is unknown; the keys are directory, secrets-directory, files-directory, profiles-directory, attach, image-owner, uri"
call web1 prepare begin <"$tap_dir/other.xml"
is "a guest that is not ours starts all the same" "$(result)" "$nothing$uuid.img "
configure
is "after all of them the old image is as it was" "$(ls -A "$images") $(sum)" "$uuid.img $first"

chmod 0777 "$images"
call web1 prepare begin <"$data/prepare.xml"
refused directory '0711'
rm -rf "$images"
ln -s /tmp "$images"
call web1 prepare begin <"$data/prepare.xml"
refused directory "$images"
rm -f "$images"

# --- names --------------------------------------------------------------------

esc=$(printf '\033')
for name in --help - -- 'a b' "[${esc}2J" 'é' '*' '$(id)' "$(printf '%0300d' 0)"; do
    fresh
    call "$name" prepare begin <"$data/prepare.xml"
    is "a guest named $(printf %s "$name" | tr -d '\033' | head -c 20): one line" \
        "$status $(wc -l <"$err") $(LC_ALL=C tr -d ' -~\n' <"$err" | wc -c)" "1 1 0"
done
sed 's|<name>web1<|<name>--help<|' "$data/prepare.xml" >"$tap_dir/name.xml"
fresh
call --help prepare begin <"$tap_dir/name.xml"
is "a guest may be called --help" "$(result)" "$nothing$uuid.img "

# --- descriptors ----------------------------------------------------------------

fresh
"$hook" web1 prepare begin - <"$data/prepare.xml" >&- 2>&-
is "closed output" "$? $(sum)" "0 $first"
"$hook" web2 prepare begin - <"$data/prepare.xml" >&- 2>&-
is "a refusal with closed output" "$? $(sum)" "1 $first"

# --- started: the hand-over ------------------------------------------------------

record=$tap_dir/record
command=${VP_SBINDIR:?}/virt-payload
mv "$command" "$command.real"
cat >"$command" <<FAKE
#!/bin/sh
sh -c "ls -l /proc/\$\$/fd >$record.fds"
sleep 1
{ echo "\$@"
  echo "env: \$(env | grep -v -E '^(PWD|SHLVL|_)=' | sort | tr '\\n' ' ')"
  echo "fds: \$(awk 'NF > 8 && \$NF !~ /virt-payload\$/ {print \$9 \$10 \$11}' $record.fds | tr '\\n' ' ')"
  echo "session: \$(ps -o sid= -p \$\$ | grep -qw "\$(ps -o sid= -p $$)" && echo ours || echo own)"
  echo "cwd: \$PWD"
  echo "caps: \$(sed -n 's/^CapEff:.//p' /proc/self/status)"
} >$record.new
mv $record.new $record
FAKE
chmod 755 "$command"

wait_record()
{
    tries=40
    until [ -e "$record" ] || [ $((tries -= 1)) = 0 ]; do sleep 0.1; done
    cat "$record"
    rm -f "$record"
}

fresh
call web1 started begin <"$data/started.xml"
is "started without the drive: silent" "$(result)" "$nothing"
ok "  does not wait for the command" test ! -e "$record"
handed=$(wait_record)
like "the command gets the guest and its id" "$handed" \
    "^--connect qemu:///system attach --live --id 1 --began [0-9]+ $uuid\$"
call web1 restore begin <"$data/restore.xml"
call web1 started begin <"$data/started.xml"
like "a guest whose restore had begun: the command gets --resumed" "$(wait_record)" \
    "^--connect qemu:///system attach --live --id 1 --began [0-9]+ --resumed $uuid\$"
is "a guest whose restore had begun: the note is gone" "$(result)" "$nothing"
like "in a clean environment" "$handed" '^env: LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin $'
like "holding no descriptor of the hook's" "$handed" '^fds: 0->/dev/null 1->/dev/null 2->/dev/null $'
like "in a session of its own" "$handed" '^session: own'
like "in no directory of the caller's" "$handed" '^cwd: /$'
like "  with root's capabilities, which the hook gave up" "$handed" \
    "^caps: $(sed -n 's/^CapEff:.//p' /proc/self/status)\$"

if strace -o /dev/null true 2>/dev/null; then
    strace -f -o "$tap_dir/trace" -e trace=prctl,seccomp,execve,openat \
        "$hook" web1 started begin - <"$data/started.xml"
    wait_record >/dev/null
    parser=$(sed -n 's/^\([0-9]*\) *prctl(PR_SET_SECCOMP.* = 0$/\1/p' "$tap_dir/trace")
    like "a process of its own parses the definition, and is confined" "$parser" '^[0-9]+$'
    unlike "  that process starts no program" "$(cat "$tap_dir/trace")" "^$parser +execve"
    like "another one starts the command" "$(cat "$tap_dir/trace")" "execve\\(\"$command\""
else
    skip "the process that parses" "strace does not work here"
fi

start=$(date +%s%N)
printed=$("$hook" web1 started begin - <"$data/started.xml" 2>&1 | cat)
ok "  its pipes end with it" test $((($(date +%s%N) - start) / 1000000)) -lt 900
is "  without a word" "$printed" ""
wait_record >/dev/null

with_drive "$image" <"$data/started.xml" >"$tap_dir/cold.xml"
call web1 started begin <"$tap_dir/cold.xml"
configure 'attach = off'
call web1 started begin <"$data/started.xml"
is "attach = off" "$(result)" "$nothing"
sleep 1.5
ok "  with the drive there, and with attach off, nothing is started" test ! -e "$record"

configure 'uri = qemu+unix:///system?socket=/x'
call web1 started begin <"$data/started.xml"
like "the configured URI" "$(wait_record)" '^--connect qemu\+unix:///system\?socket=/x attach '
configure

mkdir -p /run/systemd/system
[ ! -e /usr/bin/systemd-run ] || mv /usr/bin/systemd-run /usr/bin/systemd-run.real
cat >/usr/bin/systemd-run <<FAKE
#!/bin/sh
echo "\$@" >$record
FAKE
chmod 755 /usr/bin/systemd-run
call web1 started begin <"$data/started.xml"
like "under systemd it is a unit of its own" "$(wait_record)" \
    "^--quiet --no-block --collect --unit=virt-payload-attach-$uuid-1 -- $command --connect qemu:///system attach --live --id 1 --began [0-9]+ $uuid\$"
echo 'exit 1' >>/usr/bin/systemd-run
call web1 started begin <"$data/started.xml"
wait_record >/dev/null
like "  a process if systemd refuses" "$(wait_record)" "^--connect qemu:///system attach "
rmdir /run/systemd/system

rm "$command"
call web1 started begin <"$data/started.xml"
refused failed 'No such file or directory'
mv "$command.real" "$command"

configure 'attach = refuse'
with_drive "$image" <"$data/prepare.xml" >"$tap_dir/drive.xml"
call web1 prepare begin <"$tap_dir/drive.xml"
is "attach = refuse: with the drive" "$(result)" "$nothing$uuid.img "
first=$(sum)
call web1 prepare begin <"$data/prepare.xml"
refused drive 'run: virt-payload attach web1'
is "  the image is as it was" "$(sum)" "$first"
sed 's|<name>web1<|<name>a b<|' "$data/prepare.xml" >"$tap_dir/name.xml"
call 'a b' prepare begin <"$tap_dir/name.xml"
refused drive "run: virt-payload attach $uuid"
configure
with_drive "/elsewhere/$uuid.img" <"$data/prepare.xml" >"$tap_dir/elsewhere.xml"
call web1 prepare begin <"$tap_dir/elsewhere.xml"
refused drive 'run: virt-payload attach web1'

sed -e "s|urn:virt-payload:1|urn:another:1|" -e "s|</metadata>|<vm xmlns='http://ovirt.org/vm/1.0'><device \
devtype='disk' name='hdc'><payload><volId>config-2</volId><file path='a'>YQ==</file></payload></device></vm></metadata>|" \
    "$data/prepare.xml" >"$tap_dir/ovirt.xml"
for path in PAYLOAD: /run/vdsm/payload/1.img; do
    with_drive $path <"$tap_dir/ovirt.xml" >"$tap_dir/vdsm.xml"
    fresh
    call web1 prepare begin <"$tap_dir/vdsm.xml"
    refused drive 'run: virt-payload attach web1'
    mkdir -p /run/vdsm
    call web1 prepare begin <"$tap_dir/vdsm.xml"
    is "VDSM is there: $path is left to it" "$(result)" "$nothing"
    rm -rf /run/vdsm
done

# --- a session --------------------------------------------------------------------

if command -v setpriv >/dev/null; then
    session()
    {
        setpriv --reuid 65534 --regid 65534 --clear-groups "$hook" "$@" - >"$out" 2>"$err"
        status=$?
    }
    chmod 0711 "$tap_dir"
    rm -rf "$images"
    session web1 prepare begin <"$data/prepare.xml"
    refused failed '/run/user/65534/payload: No such file or directory'
    mkdir -p /run/user/65534
    chown 65534 /run/user/65534
    configure 'nonsense = 1'
    session web1 prepare begin <"$data/prepare.xml"
    is "a session's image is below its runtime directory" \
        "$(result) $(ls /run/user/65534/payload)" "$nothing $uuid.img"
    is "  with its owner" "$(stat -c '%u %a' /run/user/65534/payload/*)" "65534 600"
    session web1 release end <"$data/release.xml"
    is "  goes at its end" "$(result) $(ls /run/user/65534/payload)" "$nothing "
    configure
else
    skip "a session" "setpriv is not installed"
fi

done_testing
