#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A pod of KubeVirt's, laid out by hand: the ConfigMap's script of doc/kubevirt.md
# in the sidecar's view of the shared directory, and a guest that boots what came
# of it in the view of `compute`, as KubeVirt's user.

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"
guest_need

# QEMU as user 107, which nobody gives a file to; and no hook of ours
rm /etc/libvirt/hooks/qemu
printf 'user = "+107"\ngroup = "+107"\ndynamic_ownership = 0\n' >>/etc/libvirt/qemu.conf
payload_restart_libvirtd
chmod 0644 "$guest_dir"/vmlinuz "$guest_dir"/initrd

# doc_script: what the page's ConfigMap holds
doc_script()
{
    sed -n '/^ *onDefineDomain: |$/,/^$/s/^        //p' "$VP_SRCDIR/doc/kubevirt.md"
}

doc_script >/usr/bin/onDefineDomain
chmod 0755 /usr/bin/onDefineDomain
like "the page has a script" "$(cat /usr/bin/onDefineDomain)" '^exec .*/virt-payload-kubevirt "\$@"$'

# The hook sockets' directory: of the pod, and as containers see it
shared=/run/elsewhere/hook-sidecar-sockets
seen=/var/run/kubevirt-hooks
mkdir -p $shared $seen

vmi='{"metadata": {"name": "web1", "annotations": {"virt-payload/metadata":
"<cloud-init xmlns=\"urn:virt-payload:1\"><hostname>web1.example.com</hostname></cloud-init>"}}, "spec": {}}'

# sidecar PART [VARIABLE=VALUE...]: the script, where the sidecar sees that part of the directory
sidecar()
{
    local part=$1

    shift
    # shellcheck disable=SC2016  # for the new shell
    unshare --mount bash -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' bash "$part" $seen \
        setpriv --reuid=107 --regid=107 --clear-groups --inh-caps=-all --bounding-set=-all \
        env -i PATH=/usr/bin:/bin "${@:1}" onDefineDomain --vmi "$vmi" \
        --domain "$(virsh dumpxml --inactive web1)" </dev/null
}

# pod KIND PART PATH [VARIABLE=VALUE...]: a guest of such a pod reads the drive at PATH
pod()
{
    local kind=$1 part=$2 path=$3

    shift 3
    guest_define web1 memory=128
    uuid=$(virsh domuuid web1 | head -n 1)
    chown 107:107 "$guest_dir/web1.img"
    mkdir -p "$part"
    chmod 0777 "$part"
    sidecar "$part" "$@" >"$tap_dir/new.xml"
    is "$kind: the script" $? 0
    ok "$kind: libvirt takes what it prints" virsh -q define --validate "$tap_dir/new.xml"
    is "$kind: the drive" "$(virsh -q domblklist web1 | awk '/kubevirt/ { print $2 }')" "$path/$uuid.img"
    is "$kind: only its user can read the image" "$(stat -c '%a %u' "$path/$uuid.img")" "600 107"
    ok "$kind: the guest starts" guest_start web1
    ok "$kind: it reads the drive" guest_wait web1 'end of files'
    like "$kind: as the annotation says" "$(guest_file web1 openstack/latest/meta_data.json)" \
        '"hostname": "web1.example.com"'
    guest_stop web1
    virsh -q undefine web1
}

mount --bind $shared $seen # compute's view
pod "one directory for all" $shared $seen/payload
rm -rf "${shared:?}"/*
pod "a subdirectory for each" $shared/hook-sidecar-0 $seen/hook-sidecar-0/payload \
    CONTAINER_NAME=hook-sidecar-0

done_testing
