#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Profiles with a real libvirtd and the confined hook: the guest is given them, a missing one refuses the start
# with its path, a change is seen and can be given to the running guest.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"

private_world --staged "$0" "$@"
guest_need

profiles=/etc/virt-payload/profiles
ok "make install makes their directory" test -d $profiles
printf '<cloud-init xmlns="urn:virt-payload:1"><package>nginx</package></cloud-init>\n' >$profiles/web.xml
printf '<cloud-init xmlns="urn:virt-payload:1"><timezone>UTC</timezone></cloud-init>\n' >$profiles/default.xml

guest_define web1
ok "set --profile" virt-payload set web1 --profile web --hostname web1
unlike "the definition has only the name" "$(virsh dumpxml --inactive web1)" nginx
ok "the guest starts" guest_start web1
ok "  reads its drive" guest_wait web1 'end of files'
like "  which has the profile's fields" "$(guest_file web1 openstack/latest/user_data)" '^- "nginx"'
like "  the default's" "$(guest_file web1 openstack/latest/user_data)" '^timezone: "UTC"'
like "list: it has what they say" "$(virt-payload list --json)" '"payload": "current"'
like "list: which apply" "$(virt-payload list --json | tr -d ' \n')" '"profiles":\["default","web"\]'
sed -i 's/nginx/apache2/' $profiles/web.xml
like "list: a profile has changed since" "$(virt-payload list --json)" '"payload": "(unread|pending)"'
like "diff shows it" "$(virt-payload diff web1)" '^\+- "apache2"'
ok "save" virsh managedsave web1
ok "restore with the changed profile" guest_start web1
guest_stop web1
mv $profiles/web.xml $profiles/away
like "a missing profile refuses the start with its path" "$(virsh start web1 2>&1)" "no such file: $profiles/web\.xml"
mv $profiles/away $profiles/web.xml
ok "  with it again the guest starts" guest_start web1
guest_stop web1

done_testing
