#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Options that make no sense together are refused, and none is ignored without a word.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/testnode.sh
. "$VP_SRCDIR/tests/lib/testnode.sh"

PATH=${VP_BUILDDIR:?}:$PATH
web1=$VP_SRCDIR/tests/data/command/web1.xml
sed -e 's/>web1</>run1</' -e 's/c7a5fdbd/c7a5fdbe/' "$web1" >"$tap_dir/run1.xml"
sed -e 's/>web1</>bare</' -e 's/c7a5fdbd/c7a5fdbf/' -e '/<metadata>/,/<\/metadata>/d' "$web1" >"$tap_dir/bare.xml"
sed '/<metadata>/,/<\/metadata>/d' "$web1" >"$tap_dir/plain.xml"
node_guest running "$tap_dir/run1.xml"
node_guest shutoff "$web1" "$tap_dir/bare.xml"
printf '#cloud-config\nhostname: seed\n' >"$tap_dir/user-data"

payload()
{
    virt-payload "$@" 2>&1
}

# refused NAME MESSAGE COMMAND...: with the status of a usage error, before standard input is read
refused()
{
    refused_name=$1 refused_message=$2
    shift 2
    refused_out=$(payload "$@" </dev/null)
    is "$refused_name is refused" $? 2
    like "  says what" "$refused_out" "$refused_message \\[usage\\]\$"
}

on=$node_uri
refused "set --drive --no-drive" 'drive and --no-drive exclude each other' \
    set -c "$on" web1 --hostname a --drive --no-drive
refused "edit --drive --no-drive" 'drive and --no-drive exclude each other' edit -c "$on" web1 --drive --no-drive
refused "set --live --drive" 'drive is for the persistent definition; add --config' \
    set -c "$on" run1 --hostname a --live --drive
refused "set - --json" 'written to standard output; omit --json' set - --hostname a --json
refused "unset - --json" 'written to standard output; omit --json' unset - hostname --json
refused "import - --json" 'written to standard output; omit --json' import - "$tap_dir/user-data" --json
for option in "--user-data=$tap_dir/user-data" "--meta-data=$tap_dir/user-data" --replace-seed --json; do
    refused "import --from ${option%%=*}" 'from excludes SEED.*' import -c "$on" bare --from web1 "$option"
done
refused "import --from SEED" 'from excludes SEED.*' import -c "$on" bare --from web1 "$tap_dir/user-data"
refused "show FILE --live" 'no running guest; omit --live' show "$web1" --live
refused "ssh --port=0" 'takes a number from 1 to 65535' ssh -c "$on" run1 --port=0 --print
refused "ssh --port=65536" 'takes a number from 1 to 65535' ssh -c "$on" run1 --port=65536 --print
refused "ssh GUEST ls -l" 'unknown option -l; put -- before a command that has options' ssh -c "$on" run1 ls -l
refused "ssh GUEST ls --colour" 'colour; put -- before a command that has options' ssh -c "$on" run1 ls --colour
refused "attach --began" 'began requires --id' attach -c "$on" run1 --live --began=1

like "set --from for a guest with fields: the command that removes them" \
    "$(payload set -c "$on" web1 --from run1)" "'virt-payload unset web1 --all' removes them \\[conflict\\]\$"
like "import - --dry-run --json: the result, since no definition is written" \
    "$(payload import - "$tap_dir/user-data" --dry-run --json <"$tap_dir/plain.xml" | tr -d ' \n')" \
    '"fields":\["user-data/hostname"\]'

done_testing
