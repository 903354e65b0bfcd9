#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# virt-payload edit: until the text is valid; no file is left, and none that others may read.
# shellcheck disable=SC2016,SC2154,SC2317 # shell in quotes; variables of fields.sh; functions are called through ok

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/fields.sh
. "$VP_SRCDIR/tests/lib/fields.sh"
need_terminals "$0" "$@"

node_guest shutoff "$web1"

edit_with()
{
    EDITOR=$1 setsid virt-payload edit -c "$node_uri" --no-drive web1 >"$tap_dir/out" 2>"$tap_dir/err"
}

# What is left of the text below $TMPDIR.
left_behind()
{
    find "$tap_dir" -path "$tap_dir/virt-payload.*"
}

# Sends the signal to an edit whose editor is open; its exit status.
ended_by()
{
    rm -f "$tap_dir/opened"
    cat >"$tap_dir/waiting" <<SH
#!/bin/sh
: >"$tap_dir/opened"
exec sleep 100
SH
    chmod +x "$tap_dir/waiting"
    python3 - "$1" "$tap_dir/opened" "$tap_dir/waiting" "$node_uri" <<'PY'
import os, signal, subprocess, sys, time
name, opened, editor, uri = sys.argv[1:]
# the process that runs the tests may ignore it (nohup)
signal.signal(getattr(signal, "SIG" + name), signal.SIG_DFL)
edit = subprocess.Popen(["virt-payload", "edit", "-c", uri, "--no-drive", "web1"],
                        env=dict(os.environ, EDITOR=editor), start_new_session=True,
                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
while not os.path.exists(opened):
    time.sleep(0.02)
os.kill(edit.pid, getattr(signal, "SIG" + name))
print(128 - edit.wait(timeout=60))
PY
}

ok "edit: the text left as it is" edit_with true
is "edit: nothing is stored of a text left as it is" "$(cat "$tap_dir/out")" "web1: unchanged"
ok "edit: the text changed" edit_with 'sed -i s/web1.example/web9.example/'
like "edit: a changed text is stored" "$(cat "$tap_dir/out")" '^web1: payload stored'
unlike "edit: advice does not show secrets" "$(cat "$tap_dir/err")" canary
sed 's|<metadata>|&<a:note xmlns:a="urn:a"><!--virt-payload:edit--><![CDATA[<!--virt-payload:edit-->]]></a:note>|' \
    "$web1" >"$tap_dir/marked.xml"
node_guests=
node_guest shutoff "$tap_dir/marked.xml"
ok "edit: another application's metadata with comments" edit_with 'sed -i s/web1.example/web9.example/'
like "edit: the payload is stored in its own place" "$(cat "$tap_dir/out")" '^web1: payload stored'
node_guests=
node_guest shutoff "$web1"
is "edit: no file is left" "$(ls "$tap_dir"/virt-payload.* 2>/dev/null)" ""
not_ok "edit: invalid" edit_with 'sed -i s/payload:hostname/payload:hostnam/g'
like "edit: an error has its place" "$(cat "$tap_dir/err")" ':2:12: error: .*did you mean .*hostname'
like "edit: an error has a caret" "$(cat "$tap_dir/err")" '^ {11}\^~~~~~~$'
kept=$(sed -n 's/.*the text is kept in \(.*\) \[.*/\1/p' "$tap_dir/err")
like "edit: an invalid text is kept" "$(cat "$kept")" '<payload:hostnam>'
is "edit: only its owner can read a kept text" "$(stat -c %a "$kept")" 600
rm -r "${kept%/*}"
not_ok "edit: the editor fails" edit_with false
is "edit: an editor that fails leaves no file" "$(left_behind)" ""
not_ok "edit: an editor is killed" edit_with 'kill -9 $$'
is "edit: an editor that is killed leaves no file" "$(left_behind)" ""
# shellcheck disable=SC2016 # it is the editor's shell that expands it
ok "edit: an editor that leaves files of its own" edit_with 'f() { : >"$1~"; : >"${1%/*}/.payload.xml.swp"
    mkdir -p "${1%/*}/.backup/old" && cp "$1" "${1%/*}/.backup/old"; ln -s / "${1%/*}/.backup/root"; }; f'
is "edit: removes the files that an editor left beside its own" "$(left_behind)" ""
for signal in HUP:129 TERM:143; do
    is "edit: SIG${signal%:*} ends it" "$(ended_by "${signal%:*}")" "${signal#*:}"
    is "edit: SIG${signal%:*} leaves no file" "$(left_behind)" ""
done
cat >"$tap_dir/editor" <<'SH'
#!/bin/sh
# spoils the text the first time, fixes it the second
if grep -q hostnam\> "$1"; then
    sed -i 's/hostnam>/hostname>/g; s/web1.example/web8.example/' "$1"
else
    sed -i 's/hostname>/hostnam>/g' "$1"
fi
SH
chmod +x "$tap_dir/editor"
like "edit: again, until it is valid" "$(EDITOR=$tap_dir/editor answer '\n' virt-payload edit \
    -c "$node_uri" --no-drive web1)" '^web1: payload stored'
ok "edit: of no guest" usage virt-payload edit -

done_testing
