#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# The three commands of README.md, verbatim, from a Debian guest that was defined without any
# payload to its root's shell; and `virt-payload wait` with its cloud-init and its qemu-guest-agent.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?run it by make check}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
private_world --staged --debian "$0" "$@"
# shellcheck source=tests/lib/debian.sh
. "$VP_SRCDIR/tests/lib/debian.sh"
debian_need

# What a workstation has: a key, and a name for the guest's address
HOME=$tap_dir/home
export HOME
mkdir "$HOME" "$HOME/.ssh" "$tap_dir/bin"
cp "$tap_dir/key" "$HOME/.ssh/id_ed25519"
cp "$tap_dir/key.pub" "$HOME/.ssh/id_ed25519.pub"
cat >"$tap_dir/ssh_config" <<CONFIG
Host web1.example.com
    HostName 127.0.0.1
    Port $debian_port
    IdentityFile $HOME/.ssh/id_ed25519
    StrictHostKeyChecking no
    UserKnownHostsFile /dev/null
    LogLevel ERROR
    BatchMode yes
    ConnectTimeout 60
CONFIG
# ssh looks for its files in the home of the password file, whatever HOME says
printf '#!/bin/sh\nexec %s -F %s "$@"\n' "$(command -v ssh)" "$tap_dir/ssh_config" >"$tap_dir/bin/ssh"
chmod 0755 "$tap_dir/bin/ssh"
PATH=$tap_dir/bin:$PATH

# command NUMBER: of the three
command_of()
{
    sed -n '/^    # virt-payload set web1 .*--ssh-key/,/^$/s/^    # //p' "$VP_SRCDIR/README.md" |
        head -n 3 | sed -n "$1p"
}

like "README.md: the first gives the key" "$(command_of 1)" '^virt-payload set web1 '
like "the second starts the guest" "$(command_of 2)" '^virsh start web1$'
like "the third logs in" "$(command_of 3)" '^ssh root@web1\.example\.com$'

ok "a guest without a payload" debian_define web1
unlike "  without any payload" "$(virsh dumpxml --inactive web1)" 'urn:virt-payload'
ok "the first command" sh -c "$(command_of 1)"
ok "the second command" sh -c "$(command_of 2)"
debian_forward web1
out=$(virt-payload wait web1 --timeout 900 2>&1)
is "wait: the status" $? 0
like "  cloud-init is done" "$out" '^web1: cloud-init is done, from DataSourceConfigDrive$'
like "  the guest's address" "$out" '^  [a-z0-9]+ +52:54:00:00:00:01 10\.0\.1\.15/24$'
[ "$tap_failed" = 0 ] || guest_console web1 | tail -n 25 | sed 's/^/#   /'
is "the third command" "$(sh -c "$(command_of 3) 'id -un; hostname'" 2>&1)" "root
web1"
like "  the guest was asked by its own agent" "$(virsh qemu-agent-command web1 '{"execute":"guest-info"}')" \
    '"guest-file-open"'

done_testing
