# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Real guests for shell tests: source it after tap.sh.
#
#   private_world [--bare] [--staged [--debian]] "$0" "$@"
#       first of all: run this test again inside private-libvirtd, or skip it;
#       --bare: without libvirtd; --staged: with virt-payload as `make install`
#       puts it; --debian: with the guest of debian.sh, which is built before
#   guest_define NAME [KEY=VALUE...]    see guest_xml for the keys
#   guest_start NAME        virsh start
#   guest_stop NAME         pull the plug, wait until it is gone
#   guest_console NAME      what it has printed since its start
#   guest_wait NAME REGEX [SECONDS]
#       until its console has a line that matches; REGEX may be written with
#       "^VP-GUEST: " left out: guest_wait web1 'drive .*, bus virtio'
#   guest_until NAME COMMAND...   until it succeeds: for a minute of a processor for the guest's QEMU, which on
#       a busy machine is longer than a minute, and five minutes at most
#   guest_file NAME PATH    content of a file of the drive, as the guest read it
#   $guest_dir              the guests' disks and consoles; QEMU's user may read it

: "${tap_dir:?source tap.sh first}"
guest_lib=${VP_SRCDIR:?}/tests/lib
guest_dir=/var/lib/libvirt/images

private_world()
{
    [ -z "${VP_PRIVATE_LIBVIRTD-}" ] || return 0
    guest_stage='' guest_bare=''
    if [ "$1" = --bare ]; then
        guest_bare=--bare
        shift
    fi
    if [ "$1" = --staged ]; then
        guest_stage=${VP_BUILDDIR:?}/tests/stage
        [ -d "$guest_stage" ] || skip_all "no staged tree: run make tests/stage.stamp"
        # the paths are compiled in, and the private world can only lay a tree over /usr and /etc
        [ -d "$guest_stage/usr" ] || skip_all "this needs a build with --prefix below /usr"
        shift
    fi
    guest_debian=''
    if [ "$1" = --debian ]; then
        guest_debian=yes
        shift
    fi
    guest_why=$("$guest_lib/private-libvirtd" ${guest_bare:+"$guest_bare"} --check 2>&1) ||
        skip_all "$guest_why"
    # the world has no network: what the guest is built from has to be here
    [ -n "$guest_bare$guest_debian" ] ||
        "$guest_lib/../guest/build-demo-guest" --fetch >/dev/null 2>&1
    [ -z "$guest_debian" ] ||
        guest_why=$("$guest_lib/../guest/build-debian-guest" 2>&1 >/dev/null) ||
        { diag "$guest_why"; skip_all "the Debian guest cannot be built here"; }
    rm -rf "$tap_dir"
    exec "$guest_lib/private-libvirtd" ${guest_bare:+"$guest_bare"} \
        ${guest_stage:+--stage "$guest_stage"} "$@"
}

# Kernel and initrd, once for a test. In the private world, because libvirt makes
# QEMU's user the owner of both.
guest_build()
{
    [ ! -e "$guest_dir/vmlinuz" ] || return 0
    guest_why=$("$guest_lib/../guest/build-demo-guest" "$guest_dir" 2>&1) && return
    diag "$guest_why"
    return 1
}

guest_need()
{
    guest_build || skip_all "the demo guest cannot be built here"
}

# guest_xml NAME [KEY=VALUE...]: a definition, on stdout.
#   machine=q35|pc     uuid=UUID       memory=MIB
#   disk=virtio|scsi|sata|ide|usb|none   the guest's own disk, 1 MiB
#   metadata=XML       content of <metadata>; or
#   metadata-file=PATH  a file that holds it
#   devices=XML        further devices
#   append=WORDS       for the kernel's command line, see tests/guest/init
#   system=none        nothing to boot and no console: to be started with --paused, and small
guest_xml()
{
    name=$1
    shift
    machine=q35 uuid='' memory='' disk=virtio metadata='' devices='' append='' system=demo
    for option; do
        value=${option#*=}
        case $option in
            machine=*) machine=$value ;;
            uuid=*) uuid="<uuid>$value</uuid>" ;;
            memory=*) memory=$value ;;
            disk=*) disk=$value ;;
            metadata=*) metadata=$value ;;
            metadata-file=*) metadata=$(cat "$value") ;;
            devices=*) devices=$value ;;
            append=*) append=$value ;;
            system=*) system=$value ;;
            *) echo "guest_xml: unknown key: $option" >&2; return 2 ;;
        esac
    done
    disk_xml=$(guest_disk_xml "$name" "$disk") || return
    system_xml='' serial_xml=''
    if [ "$system" = demo ]; then
        system_xml="<kernel>$guest_dir/vmlinuz</kernel>
    <initrd>$guest_dir/initrd</initrd>
    <cmdline>console=ttyS0 quiet no_timer_check $append</cmdline>"
        serial_xml="<serial type='file'><source path='$guest_dir/$name.console'/></serial>"
        : "${memory:=256}"
    fi
    cat <<XML
<domain type='qemu'>
  <name>$name</name>
  $uuid
  <metadata>$metadata</metadata>
  <memory unit='MiB'>${memory:-32}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='$machine'>hvm</type>
    $system_xml
  </os>
  <features><acpi/></features>
  <devices>
    $disk_xml
    $serial_xml
    $devices
  </devices>
</domain>
XML
}

guest_disk_xml()
{
    case $2 in
        none) return ;;
        virtio) target=vda ;;
        ide) target=hda ;;
        *) target=sda ;;
    esac
    truncate -s 1M "$guest_dir/$1.img" || return
    [ "$2" != scsi ] || echo "<controller type='scsi' model='virtio-scsi'/>"
    cat <<XML
<disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='$guest_dir/$1.img'/>
      <target dev='$target' bus='$2'/>
    </disk>
XML
}

guest_define()
{
    case " $* " in
        *' system=none '*) ;;
        *) guest_build || return ;;
    esac
    guest_xml "$@" >"$guest_dir/$1.xml" && virsh -q define --validate "$guest_dir/$1.xml"
}

guest_start()
{
    rm -f "$guest_dir/$1.console"
    virsh -q start "$@"
}

guest_stop()
{
    virsh -q destroy "$1"
}

guest_console()
{
    tr -d '\r' <"$guest_dir/$1.console"
}

guest_has_printed()
{
    guest_console "$1" 2>/dev/null | grep -Eq -e "^VP-GUEST: $2" -e "$2"
}

guest_wait()
{
    guest_tries=$((${3:-180} * 2))
    until guest_has_printed "$1" "$2"; do
        guest_tries=$((guest_tries - 1))
        guest_state=$(virsh -q domstate "$1" 2>/dev/null) || guest_state=gone
        if [ $guest_tries -le 0 ] || [ "$guest_state" = gone ] ||
            [ "$guest_state" = 'shut off' ]; then
            # it may have printed that, and ended, in between
            guest_has_printed "$1" "$2" && return
            diag "$1 has not printed: $2"
            guest_console "$1" | tail -n 25 | sed 's/^/#   /'
            return 1
        fi
        sleep 0.5
    done
}

# Seconds that its QEMU, on whichever of several hosts in this world, has had a processor.
guest_worked()
{
    guest_pid=$(pgrep -n -f "guest=$1,") || { echo 0; return; }
    awk -v tick="$(getconf CLK_TCK)" '{ print int(($14 + $15) / tick) }' "/proc/$guest_pid/stat"
}

guest_until()
{
    guest_name=$1
    shift
    guest_began=$(date +%s) guest_had=$(guest_worked "$guest_name")
    until "$@" >/dev/null 2>&1; do
        guest_time=$(($(date +%s) - guest_began))
        if [ $guest_time -ge 300 ] || { [ $guest_time -ge 60 ] &&
            [ $(($(guest_worked "$guest_name") - guest_had)) -ge 60 ]; }; then
            return 1
        fi
        sleep 0.2
    done
}

guest_file()
{
    guest_console "$1" | awk -v want="VP-GUEST: file $2 " '
        index($0, "VP-GUEST: ") == 1 { inside = index($0, want) == 1; next }
        inside { print }'
}
