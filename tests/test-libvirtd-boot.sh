#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A payload drive does not change what a guest boots from: boot sectors and El Torito CDs that print their name,
# in guests without a kernel, with the drive hot-plugged, attached, and after a restore.

# shellcheck disable=SC2317  # functions that ok and guest_until call

# shellcheck source=tests/lib/tap.sh
. "${VP_SRCDIR:?}/tests/lib/tap.sh"
# shellcheck source=tests/lib/guest.sh
. "$VP_SRCDIR/tests/lib/guest.sh"
# shellcheck source=tests/lib/payload.sh
. "$VP_SRCDIR/tests/lib/payload.sh"
private_world --staged "$0" "$@"

# --- media that say on the serial port that they were booted ---

# boot_code TEXT: for 0x7c00; prints the text on COM1, byte by byte, and halts
boot_code()
{
    # cld; xor ax,ax; mov ds,ax; mov si,0x7c22
    printf '\374\061\300\216\330\276\042\174'
    # next: lodsb; test al,al; jz halt; mov ah,al; mov dx,0x3fd
    printf '\254\204\300\164\022\210\304\272\375\003'
    # wait: in al,dx; test al,0x20; jz wait; mov dx,0x3f8; mov al,ah; out dx,al; jmp next
    printf '\354\250\040\164\373\272\370\003\210\340\356\353\351'
    # halt: hlt; jmp halt; the text, at 0x22
    printf '\364\353\375%s\r\n\0' "$1"
}

# boot_disk PATH TEXT: a raw disk with a boot sector
boot_disk()
{
    truncate -s 1M "$1"
    boot_code "$2" | dd of="$1" conv=notrunc status=none
    printf '\125\252' | dd of="$1" bs=1 seek=510 conv=notrunc status=none
}

# boot_cd PATH TEXT: a CD with an El Torito record, without emulation
boot_cd()
{
    mkdir -p "$tap_dir/cd"
    boot_code "$2" >"$tap_dir/cd/boot.bin"
    truncate -s 2048 "$tap_dir/cd/boot.bin"
    genisoimage -quiet -b boot.bin -c boot.cat -no-emul-boot -boot-load-size 4 -o "$1" "$tap_dir/cd"
}

command -v genisoimage >/dev/null || skip_all "genisoimage is not installed"
boot_disk "$guest_dir/disk" BOOTED-DISK
boot_cd "$guest_dir/cd" BOOTED-CD

# --- guests ---

# disk TARGET BUS, cdrom TARGET BUS: elements
disk()
{
    echo "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='$guest_dir/disk'/>
        <target dev='$1' bus='$2'/></disk>"
}

cdrom()
{
    echo "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/><source file='$guest_dir/cd'/>
        <target dev='$1' bus='$2'/><readonly/></disk>"
}

# define MACHINE BOOT METADATA DEVICES: a guest "boot", BOOT being the words of <boot dev>
define()
{
    local boot=''

    for dev in $2; do
        boot="$boot<boot dev='$dev'/>"
    done
    cat >"$tap_dir/boot.xml" <<XML
<domain type='qemu'>
  <name>boot</name>
  <uuid>5c1f6f5e-6f0a-4a3a-9a43-0d2b6a2f7b11</uuid>
  <metadata>$3</metadata>
  <memory unit='MiB'>32</memory>
  <os><type arch='x86_64' machine='$1'>hvm</type>$boot</os>
  <features><acpi/></features>
  <devices>
    $4
    <serial type='file'><source path='$guest_dir/boot.console'/></serial>
    <memballoon model='none'/>
  </devices>
</domain>
XML
    virsh -q define --validate "$tap_dir/boot.xml"
}

booted()
{
    guest_console boot 2>/dev/null | grep -c '^BOOTED'
}

has_booted()
{
    [ "$(booted)" -gt "$1" ]
}

# boots CLAIM WANTED COMMAND: after the command the guest boots from WANTED, and from nothing before it
boots()
{
    local claim="$1, $3" wanted=$2 had

    [ "$3" != start ] || rm -f "$guest_dir/boot.console"
    had=$(booted)
    ok "$claim" "$3"
    guest_until boot has_booted "$had"
    is "$claim: from $wanted" "$(guest_console boot | grep '^BOOTED' | tail -n +"$((had + 1))")" "BOOTED-$wanted"
}

start()
{
    guest_start boot
}

# a saved guest continues where it was: only a reset asks the firmware again
reset()
{
    virsh -q reset boot
}

saved_and_restored()
{
    virsh -q managedsave boot && rm -f "$guest_dir/boot.console" && virsh -q start boot
}

# life CLAIM WANTED: a start, a reset, and a reset after a restore
life()
{
    boots "$1" "$2" start
    [ "$3" = none ] || ok "$1: it has a payload drive" payload_wait payload_plugged boot
    boots "$1" "$2" reset
    ok "$1: saved and restored" saved_and_restored
    [ "$3" = none ] || ok "$1: with its payload drive" payload_plugged boot
    boots "$1, restored" "$2" reset
    guest_stop boot
}

# layout CLAIM WANTED MACHINE BOOT DEVICES: without a payload, hot-plugged, and attached
layout()
{
    define "$3" "$4" '' "$5"
    life "$1, no payload" "$2" none
    define "$3" "$4" "$(payload_metadata boot)" "$5"
    life "$1, hot-plugged" "$2" drive
    ok "$1: attach" virt-payload attach boot
    life "$1, attached" "$2" drive
    virsh -q undefine boot
}

layout "only disk is vdb" DISK q35 '' "$(disk vdb virtio)"
layout "IDE hda and CD hdc, cdrom first" CD pc 'cdrom hd' "$(disk hda ide)$(cdrom hdc ide)"
layout "IDE hda and CD hdc, hd first" DISK pc 'hd cdrom' "$(disk hda ide)$(cdrom hdc ide)"
layout "SATA sda and CD sdc" DISK q35 'hd cdrom' "$(disk sda sata)$(cdrom sdc sata)"
layout "SATA sda and CD sdc, cdrom first" CD q35 'cdrom hd' "$(disk sda sata)$(cdrom sdc sata)"
layout "installer CD at sdb and no disk" CD q35 'hd cdrom' "$(cdrom sdb sata)"

done_testing
