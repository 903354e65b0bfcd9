# shellcheck shell=sh disable=SC2034  # the tests use some variables
# SPDX-License-Identifier: LGPL-2.1-or-later
# Debian guests with cloud-init, reached over ssh: source it after guest.sh, in
# the world of private_world --staged --debian.
#
#   debian_need               find the guest and make a key, or skip the test
#   debian_key_pair           make the key only, and then
#   debian_use SUITE          from now on guests are of this suite, which has been built
#   debian_define NAME [KEY=VALUE...]    a fresh disk; see debian_xml for the keys
#   debian_redefine NAME [KEY=VALUE...]  the same, its disk as it is
#   debian_boot NAME          virsh start, and wait until root may log in by key:
#                             $debian_seconds is how long that took, and
#                             $debian_cpu_seconds what QEMU has computed by then
#   debian_forward NAME [ADDRESS]  let ssh reach the guest there; debian_boot does
#   debian_settled NAME       wait until its cloud-init is done
#   in_guest COMMAND          run by root's shell in the running guest
#   debian_login USER PASSWORD COMMAND   by password
#   debian_shutdown NAME      properly, so that its disk is whole
#   $debian_key               the public key that in_guest logs in with
#
# Guests that run at a time each need a $debian_port of the private world's loopback: set it before what asks
# one of them.

: "${guest_lib:?source guest.sh first}" "${guest_dir:?}" "${tap_dir:?}"
debian_port=2222
debian_dir='' debian_suite='' debian_key='' debian_seconds='' debian_cpu_seconds=''
# Seconds: a guest that boots is asked often, one that is up may be slow under load
debian_patience=60

debian_use()
{
    debian_suite=$1
    debian_dir=$(VP_DEBIAN_SUITE=$1 "$guest_lib/../guest/build-debian-guest" --if-cached 2>&1)
}

debian_need()
{
    debian_use "${VP_DEBIAN_SUITE:-trixie}" || skip_all "$debian_dir"
    debian_key_pair
}

debian_key_pair()
{
    ssh-keygen -q -t ed25519 -N '' -C me@laptop -f "$tap_dir/key" ||
        skip_all "no ssh-keygen: install openssh-client"
    debian_key=$(cat "$tap_dir/key.pub")
}

# debian_xml NAME [KEY=VALUE...]: a definition as an administrator writes it.
#   kernel=cloud|full|bios|uefi  the first two are booted directly; bios is a pc and
#                          boots its disk, with the cloud kernel; uefi is a q35 and
#                          boots it with the full one
#   disk=virtio|vdb|scsi|sata|ide  the guest's own disk; vdb is virtio under that name.
#                          The machine is q35, with ide pc
#   uuid=UUID              agent=no: without a channel for the agent
#   metadata=XML           content of <metadata>
#   seed=FILE              a read-only virtio disk besides
#   nics=COUNT             virtio, MACs 52:54:00:00:00:01 and so on, on the user-mode
#                          networks 10.0.1.0/24 and so on
debian_xml()
{
    name=$1
    shift
    kernel=cloud uuid='' disk=virtio metadata='' nics=1 memory=768 seed=''
    agent="<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>"
    for option; do
        value=${option#*=}
        case $option in
            kernel=*) kernel=$value ;;
            uuid=*) uuid="<uuid>$value</uuid>" ;;
            disk=*) disk=$value ;;
            metadata=*) metadata=$value ;;
            nics=*) nics=$value ;;
            memory=*) memory=$value ;;
            seed=*) seed=$(debian_seed_xml "$value") ;;
            agent=no) agent='' ;;
            *) echo "debian_xml: unknown key: $option" >&2; return 2 ;;
        esac
    done
    case $kernel-$disk in
        bios-* | *-ide) machine=pc ;;
        *) machine=q35 ;;
    esac
    # shellcheck disable=SC2016 # these quotation marks are of XML
    cat <<XML
<domain type='qemu'>
  <name>$name</name>
  $uuid
  <metadata>$metadata</metadata>
  <memory unit='MiB'>$memory</memory>
  <vcpu>2</vcpu>
  $(debian_os_xml "$kernel" "$machine")
  <features><acpi/></features>
  <devices>
    $(debian_disk_xml "$name" "$disk")
    $seed
    $(debian_nics_xml "$nics")
    <serial type='file'><source path='$guest_dir/$name.console'/></serial>
    $agent
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
  </devices>
</domain>
XML
}

debian_os_xml()
{
    case $1 in
        uefi) echo "<os firmware='efi'><firmware><feature enabled='no' name='secure-boot'/></firmware>" ;;
        *) echo '<os>' ;;
    esac
    echo "<type arch='x86_64' machine='$2'>hvm</type>"
    case $1 in
        cloud | full) cat <<XML ;;
<kernel>$debian_dir/vmlinuz-$1</kernel>
    <initrd>$debian_dir/initrd-$1</initrd>
    <cmdline>root=LABEL=root ro console=ttyS0 no_timer_check</cmdline>
XML
    esac
    echo '</os>'
}

debian_disk_xml()
{
    [ "$2" != scsi ] || echo "<controller type='scsi' model='virtio-scsi'/>"
    bus=$2
    case $2 in
        virtio) target=vda ;;
        vdb) target=vdb bus=virtio ;;
        ide) target=hda ;;
        *) target=sda ;;
    esac
    cat <<XML
<disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='unsafe'/>
      <source file='$guest_dir/$1.qcow2'/>
      <target dev='$target' bus='$bus'/>
    </disk>
XML
}

debian_seed_xml()
{
    cat <<XML
<disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='$1'/>
      <target dev='vdz' bus='virtio'/>
      <readonly/>
    </disk>
XML
}

debian_nics_xml()
{
    nic=0
    while [ $nic -lt "$1" ]; do
        nic=$((nic + 1))
        cat <<XML
<interface type='user'>
      <mac address='52:54:00:00:00:0$nic'/>
      <ip family='ipv4' address='10.0.$nic.0' prefix='24'/>
      <model type='virtio'/>
    </interface>
XML
    done
}

debian_define()
{
    rm -f "$guest_dir/$1.qcow2"
    qemu-img create -q -f qcow2 -F raw -b "$debian_dir/disk.raw" "$guest_dir/$1.qcow2" &&
        debian_redefine "$@"
}

debian_redefine()
{
    (debian_xml "$@") >"$guest_dir/$1.xml" && virsh -q define --validate "$guest_dir/$1.xml"
}

debian_forward()
{
    virsh -q qemu-monitor-command --hmp "$1" \
        "hostfwd_add hostnet0 tcp:127.0.0.1:$debian_port-${2-}:22"
}

# A guest that boots may start its sshd again between two calls: what did not come to a session is tried again,
# and never what ran.
debian_ssh()
{
    debian_tries=20
    [ $debian_patience -gt 15 ] || debian_tries=1
    until debian_ssh_once "$@" 2>"$tap_dir/ssh-said"; do
        debian_status=$?
        debian_tries=$((debian_tries - 1))
        if [ $debian_status != 255 ] || [ $debian_tries = 0 ] || ! grep -Eq \
            '^kex_exchange_identification: |^ssh: connect to|^Connection (closed|reset)' "$tap_dir/ssh-said"; then
            cat "$tap_dir/ssh-said" >&2
            return $debian_status
        fi
        sleep 1
    done
    cat "$tap_dir/ssh-said" >&2
}

debian_ssh_once()
{
    ssh -p $debian_port -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
        -o LogLevel=ERROR -o ConnectTimeout=$debian_patience -o ServerAliveInterval=30 "$@"
}

in_guest()
{
    debian_ssh -i "$tap_dir/key" -o BatchMode=yes root@127.0.0.1 "$@"
}

# The password is handed over in a file that only its user may read.
debian_login()
{
    printf '%s\n' "$2" >"$tap_dir/password"
    printf '#!/bin/sh\ncat "%s/password"\n' "$tap_dir" >"$tap_dir/askpass"
    chmod 0700 "$tap_dir/askpass"
    debian_user=$1
    shift 2
    SSH_ASKPASS=$tap_dir/askpass SSH_ASKPASS_REQUIRE=force debian_ssh -F none \
        -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 \
        "$debian_user@127.0.0.1" "$@"
}

# debian_wait NAME SECONDS COMMAND...: until COMMAND succeeds
debian_wait()
{
    debian_name=$1
    debian_until=$(($(date +%s) + $2))
    shift 2
    debian_patience=15
    until "$@" >"$tap_dir/waited" 2>&1; do
        if [ "$(date +%s)" -ge $debian_until ] || [ "$(virsh -q domstate "$debian_name")" = 'shut off' ]; then
            debian_patience=60
            cat "$tap_dir/waited"
            guest_console "$debian_name" | tail -n 25
            return 1
        fi
        sleep 0.5
    done
    debian_patience=60
}

# debian_up NAME ADDRESS SECONDS: it was started then, and is to let root in. An
# hour's load of others may make a boot of one minute ten.
debian_up()
{
    debian_forward "$1" "$2" && debian_wait "$1" 900 in_guest true || return
    debian_seconds=$(($(date +%s) - $3))
    debian_cpu_seconds=$(virsh -q domstats --cpu-total "$1" |
        awk -F= '$1 ~ /cpu.time$/ { printf "%d", $2 / 1e9 }')
}

debian_boot()
{
    debian_since=$(date +%s)
    guest_start "$1" && debian_up "$1" "${2-}" "$debian_since"
}

debian_settled()
{
    in_guest 'timeout 600 cloud-init status --wait >/dev/null; test -f /run/cloud-init/result.json'
}

debian_shutdown()
{
    # sshd may be gone before it has said that the command succeeded
    in_guest 'systemctl poweroff' || [ $? = 255 ] || return
    debian_until=$(($(date +%s) + 300))
    until [ "$(virsh -q domstate "$1")" = 'shut off' ]; do
        [ "$(date +%s)" -lt $debian_until ] || return
        sleep 0.5
    done
}
