# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What real guests do with their payload: source it after debian.sh.
#
#   guest_case CASE DATASOURCE KERNEL DISK
#       defines a guest with metadata only, starts it, and claims (tap.sh) what
#       it did; DISK is the bus of the guest's own disk. Prints a line, and adds
#       it to $guest_results: the four, the buses of the drive at its starts, seconds
#       from virsh start to ssh, seconds that QEMU computed meanwhile, verdict

: "${debian_port:?source debian.sh first}" "${debian_dir?}" "${debian_key?}" "${debian_seconds?}" \
    "${debian_cpu_seconds?}" "${tap_dir:?}" "${guest_dir:?}"

guest_results=$tap_dir/results
guest_password='Tr0ub4dor & "3" é'

guest_case()
{
    guest=web1 label="$1, $2, $3 kernel, $4 disk" datasource=$2 kernel=$3 disk=$4
    drive_bus=- first_seconds=- first_cpu_seconds=-
    root_by_key="<p:user name='root'><p:ssh-key>$debian_key</p:ssh-key></p:user>"
    guest_failed_before=${tap_failed:-0}
    "case_$(echo "$1" | tr - _)"
    guest_forget
    guest_verdict=passed
    [ "$tap_failed" = "$guest_failed_before" ] || guest_verdict=failed
    guest_result="$1 $2 $3 $4 $drive_bus $first_seconds $first_cpu_seconds $guest_verdict"
    diag "$guest_result"
    echo "$guest_result" >>"$guest_results"
}

# Nothing of a case is left to the next one.
guest_forget()
{
    virsh -q destroy "$guest" >/dev/null 2>&1
    virsh -q undefine "$guest" >/dev/null 2>&1
    rm -f "$guest_dir/$guest".*
}

# ---- words for the cases ------------------------------------------------------

# cloud_init ATTRIBUTES ELEMENTS: our element of the metadata
cloud_init()
{
    printf "<p:cloud-init xmlns:p='urn:virt-payload:1' %s>%s</p:cloud-init>" "$1" "$2"
}

# define ATTRIBUTES ELEMENTS [KEY=VALUE...]: the case's guest, with a fresh disk
define()
{
    metadata=$(cloud_init "datasource='$datasource' $1" "$2")
    shift 2
    ok "$label: is defined" debian_define "$guest" "kernel=$kernel" "disk=$disk" \
        "metadata=$metadata" "$@"
}

# change ATTRIBUTES ELEMENTS: only its metadata
change()
{
    cloud_init "datasource='$datasource' $1" "$2" >"$tap_dir/metadata"
    virsh -q dumpxml --inactive "$guest" | awk -v metadata="$tap_dir/metadata" '
        /<metadata>/ { print; while ((getline line <metadata) > 0) print line; skip = 1 }
        /<\/metadata>/ { skip = 0 }
        !skip' >"$tap_dir/definition"
    ok "$label: takes other metadata" virsh -q define "$tap_dir/definition"
}

# Root may log in by key. Without that nothing else is worth asking.
boot()
{
    ok "$label: is up, and root's key is accepted" debian_boot "$guest" "$@" || return
    is_up
}

is_up()
{
    if [ "$first_seconds" = - ]; then
        first_seconds=$debian_seconds first_cpu_seconds=$debian_cpu_seconds
    fi
    note_bus "$(drive_xml)"
    ok "$label: cloud-init comes to its end" debian_settled
}

# note_bus XML: of the drive at this start; shown if it differs from the last one
note_bus()
{
    bus=$(printf %s "$1" | sed -n "s/.*<target .*bus='\([a-z]*\)'.*/\1/p")
    case $drive_bus in
        -) drive_bus=${bus:--} ;;
        *"$bus") ;;
        *) drive_bus=$drive_bus,$bus ;;
    esac
}

stop()
{
    ok "$label: shuts down" debian_shutdown "$guest"
}

# says NAME COMMAND WANTED: what the guest's shell prints
says()
{
    is "$label: $1" "$(in_guest "$2" 2>&1)" "$3"
}

drive_xml()
{
    virsh -q dumpxml "$guest" "$@" | awk '
        /<disk / { disk = "" } { disk = disk $0 "\n" }
        /<\/disk>/ { if (disk ~ /run\/payload\//) printf "%s", disk }'
}

uuid()
{
    virsh -q domuuid "$guest" | tr -d '\n'
}

errors()
{
    in_guest 'python3 -c "
import json
for text in json.load(open(\"/run/cloud-init/result.json\"))[\"v1\"][\"errors\"]:
    print(text)"'
}

# The guest's cloud-init has nothing to say against what it was given.
claim_content()
{
    claim_log
    claim_schema
}

claim_log()
{
    status=$(in_guest 'cloud-init status --long 2>&1')
    like "$label: status" "$status" '^status: done$'
    unlike "$label: status has no complaint" "$status" 'degraded'
    like "$label: the datasource" "$status" \
        "$([ "$datasource" = nocloud ] && echo 'DataSourceNoCloud .*dev/' || echo 'DataSourceConfigDrive .*dev/')"
    is "$label: no error" "$(errors)" ''
    says 'no warning' \
        "grep -E 'WARNING|ERROR|CRITICAL|DEPRECATED|Traceback' /var/log/cloud-init.log || :" ''
    says 'query has no complaint' 'cloud-init query --all 2>&1 >/dev/null' ''
}

claim_schema()
{
    schema=$(in_guest 'cloud-init schema --system 2>&1')
    like "$label: schema" "$schema" 'Valid (cloud-config: system userdata|schema user-data)'
    unlike "$label: schema has no complaint" "$schema" '[Dd]eprecat|[Ii]nvalid|[Ee]rror'
}

user_data_path()
{
    [ "$datasource" = nocloud ] && echo user-data || echo openstack/latest/user_data
}

claim_dump_is_what_was_read()
{
    says 'user-data is what dump shows' 'sha256sum </var/lib/cloud/instance/user-data.txt' \
        "$(virt-payload dump --show-secrets --file "$(user_data_path)" "$guest" | sha256sum)"
}

# ---- cases ------------------------------------------------------------------------

# What oVirt's dialogue sets at the first run.
define_first_run()
{
    define "$1" "
      <p:hostname>web1.example.com</p:hostname>
      <p:timezone>Europe/Prague</p:timezone>
      <p:user name='root'>
        <p:password>$(printf %s "$guest_password" | sed 's/&/\&amp;/g')</p:password>
        <p:ssh-key>$debian_key</p:ssh-key>
      </p:user>
      <p:write-file path='/etc/ssh/sshd_config.d/10-root.conf'>PermitRootLogin yes
</p:write-file>
      <p:write-file path='/etc/motd' owner='root:adm' permissions='0640'>Grüße: &lt;no&gt; #1
</p:write-file>
      <p:run-cmd>echo \"ran as \$(id -un)\" &gt;&gt;/var/tmp/runs</p:run-cmd>"
}

claim_first_run()
{
    claim_content
    says 'host name' 'hostname; cat /var/lib/cloud/data/set-hostname' 'web1
{
 "fqdn": "web1.example.com",
 "hostname": "web1"
}'
    says 'time zone' 'readlink /etc/localtime' '/usr/share/zoneinfo/Europe/Prague'
    says 'run-cmd' 'cat /var/tmp/runs' 'ran as root'
    says 'write-file' 'stat -c %U:%G:%a /etc/motd; cat /etc/motd' 'root:adm:640
Grüße: <no> #1'
    is "$label: root logs in by password" \
        "$(debian_login root "$guest_password" id -un 2>&1 | tail -n 1)" root
    like "$label: the console shows cloud-init at work" "$(guest_console "$guest")" \
        'Cloud-init v\..* finished at'
}

case_first_run()
{
    define_first_run "${1-}"
    boot || return
    claim_first_run
    claim_dump_is_what_was_read
    says 'query' "cloud-init query -f '{{v1.instance_id}} {{v1.local_hostname}}'" "$(uuid) web1"
}

case_vfat()
{
    case_first_run "format='vfat'"
}

# virt-install --cloud-init, given the same data: what the table in doc/guests.md compares with.
case_virt_install()
{
    define_first_run ''
    for file in meta-data user-data; do
        virt-payload dump --show-secrets --file $file "$guest" >"$tap_dir/$file" 2>/dev/null
    done
    virsh -q undefine "$guest"
    since=$(date +%s)
    ok "$label: virt-install starts it" run_virt_install
    note_bus "$(virsh -q dumpxml "$guest" | sed -n "/device='cdrom'/,/disk>/p")"
    ok "$label: is up, and root's key is accepted" debian_up "$guest" '' "$since" || return
    is_up
    claim_first_run
    says 'user-data' 'sha256sum </var/lib/cloud/instance/user-data.txt' \
        "$(sha256sum <"$tap_dir/user-data")"
}

run_virt_install()
{
    virt-install --name "$guest" --virt-type qemu --machine q35 --memory 768 \
        --vcpus 2 --osinfo detect=off,require=off --import --graphics none --noautoconsole \
        --boot "kernel=$debian_dir/vmlinuz-$kernel,initrd=$debian_dir/initrd-$kernel" \
        --boot 'kernel_args=root=LABEL=root ro console=ttyS0' \
        --disk "path=$guest_dir/$guest.qcow2,bus=$disk,cache=unsafe" \
        --network user,model=virtio --serial "file,path=$guest_dir/$guest.console" \
        --cloud-init "user-data=$tap_dir/user-data,meta-data=$tap_dir/meta-data"
}

# A bus that this kernel has no driver for: nothing reaches the guest.
case_unseen()
{
    define "bus='sata'" "$root_by_key"
    like "$label: doctor says so beforehand" "$(virt-payload doctor 2>&1)" "^$guest:.* SATA"
    # SATA cannot be hot-plugged: the first start would have another drive
    ok "$label: is attached" virt-payload attach "$guest"
    ok "$label: starts" guest_start "$guest"
    note_bus "$(drive_xml)"
    ok "$label: boots to its prompt" debian_wait "$guest" 900 guest_has_printed "$guest" ' login: '
    unlike "$label: no cloud-init ran" "$(guest_console "$guest")" 'Cloud-init v\.'
}

# From hot-plugged to cold-plugged the instance is the same one.
again()
{
    again_elements="
      <p:hostname>web1</p:hostname>
      $root_by_key
      <p:boot-cmd>echo boot &gt;&gt;/var/tmp/boots</p:boot-cmd>
      <p:run-cmd>echo first &gt;&gt;/var/tmp/runs</p:run-cmd>"
    define "instance-id='$1'" "$again_elements"
    boot || return
    claim_content
    like "$label: the definition has the drive now" "$(drive_xml --inactive)" "payload/$(uuid).img"
    host_key=$(in_guest 'cat /etc/ssh/ssh_host_ed25519_key.pub')
    instance=$(in_guest 'cloud-init query v1.instance_id')
    stop
    boot || return
    says 'second start: the same instance' 'cloud-init query v1.instance_id' "$instance"
    says 'second start: run-cmd did not run again' 'cat /var/tmp/runs' 'first'
    says 'second start: boot-cmd did' 'wc -l </var/tmp/boots' 2
    says 'second start: host keys stay' 'cat /etc/ssh/ssh_host_ed25519_key.pub' "$host_key"
    claim_content
}

change_while_it_runs()
{
    change "instance-id='$1'" "$(echo "$again_elements" | sed 's/>web1</>web2</; s/first/second/')"
    virt-payload diff "$guest" >"$tap_dir/diff" 2>&1
    is "$label: diff ends with 1" $? 1
    like "$label: diff shows what is pending" "$(cat "$tap_dir/diff")" 'second'
    stop
    boot
}

case_again_uuid()
{
    again uuid && change_while_it_runs uuid || return
    says 'just a change runs nothing' 'cat /var/tmp/runs' 'first'
    says 'just a change: the same instance' 'cloud-init query v1.instance_id' "$instance"
    says 'just a change: the same host name' hostname web1
}

case_again_content()
{
    again content && change_while_it_runs content || return
    says 'a change runs' 'cat /var/tmp/runs' 'first
second'
    unlike "$label: a change is another instance" "$(in_guest 'cloud-init query v1.instance_id')" \
        "^$instance\$"
    says 'a change: the new host name' hostname web2
    claim_content
}

# The addresses of the definition, by MAC; nobody typed the first one twice.
case_network()
{
    define '' "$root_by_key
      <p:network>
        <p:interface>
          <p:address>10.0.1.50/24</p:address>
          <p:gateway>10.0.1.2</p:gateway>
          <p:dns>10.0.1.3</p:dns>
          <p:search>example.com</p:search>
        </p:interface>
        <p:interface mac='52:54:00:00:00:02'>
          <p:address>10.0.2.60/24</p:address>
          <p:address>2001:db8:2::60/64</p:address>
          <p:route destination='198.51.100.0/24' gateway='10.0.2.2'/>
          <p:mtu>1400</p:mtu>
        </p:interface>
      </p:network>" nics=2
    boot 10.0.1.50 || return
    claim_content
    says 'addresses' 'python3 -c "
import json, subprocess
for link in json.loads(subprocess.check_output([\"ip\", \"-json\", \"address\"])):
    for a in link[\"addr_info\"]:
        if a[\"scope\"] == \"global\" and not a.get(\"dynamic\"):
            print(link[\"address\"], link[\"mtu\"], a[\"local\"], a[\"prefixlen\"])" | sort' \
        '52:54:00:00:00:01 1500 10.0.1.50 24
52:54:00:00:00:02 1400 10.0.2.60 24
52:54:00:00:00:02 1400 2001:db8:2::60 64'
    says 'default route' "ip route show default | cut -d' ' -f1-3" 'default via 10.0.1.2'
    says 'further route' "ip route show 198.51.100.0/24 | cut -d' ' -f1-3" \
        '198.51.100.0/24 via 10.0.2.2'
    like "$label: name server" "$(in_guest 'resolvectl dns')" '10\.0\.1\.3'
    like "$label: search domain" "$(in_guest 'resolvectl domain')" 'example\.com'
}

case_users()
{
    define '' "$root_by_key
      <p:user name='ada'>
        <p:password>$(printf %s "$guest_password" | sed 's/&/\&amp;/g')</p:password>
        <p:group>adm</p:group>
        <p:group>operator</p:group>
        <p:sudo>ALL=(ALL) NOPASSWD:ALL</p:sudo>
        <p:shell>/bin/bash</p:shell>
      </p:user>
      <p:user name='bob'>
        <p:ssh-key>$debian_key</p:ssh-key>
        <p:lock-password>yes</p:lock-password>
      </p:user>
      <p:package>hello</p:package>
      <p:package-update>yes</p:package-update>
      <p:run-cmd>echo ran &gt;&gt;/var/tmp/runs</p:run-cmd>"
    boot || return
    claim_schema
    is "$label: ada's password, and sudo" \
        "$(debian_login ada "$guest_password" sudo -n id -un 2>&1 | tail -n 1)" root
    says "ada's groups" "id -nG ada" 'ada adm operator'
    says "ada's shell" "getent passwd ada | cut -d: -f7" '/bin/bash'
    is "$label: bob's key" "$(debian_ssh -i "$tap_dir/key" -o BatchMode=yes bob@127.0.0.1 id -un)" bob
    says "bob's password is locked" "passwd -S bob | cut -d' ' -f1-2" 'bob L'
    says "the distribution's own user is made" 'id -nu debian' debian
    says 'no package without a network' 'dpkg-query -W hello >/dev/null 2>&1; echo $?' 1
    like "$label: and that is the only error" "$(errors)" 'package'
    unlike "$label: nothing else is one" "$(errors)" '^\(.(ssh|users|set|runcmd|scripts)'
    says 'run-cmd all the same' 'cat /var/tmp/runs' 'ran'
}

# A script of the administrator's beside fields: both, each whole.
case_script()
{
    define '' "$root_by_key
      <p:hostname>web1</p:hostname>
      <p:run-cmd>echo field &gt;&gt;/var/tmp/runs</p:run-cmd>
      <p:user-data>#!/bin/sh
# päge 1
echo \"script, MIME-Version: 0\" &gt;&gt;/var/tmp/runs
</p:user-data>"
    boot || return
    claim_log
    claim_dump_is_what_was_read
    says 'both ran' 'sort /var/tmp/runs' 'field
script, MIME-Version: 0'
    says 'the script is as it was written' "cat /var/lib/cloud/instance/scripts/* | grep -c 'päge 1'" 1
}

# A second libvirtd takes over from the one of the private world.
restart_libvirtd()
{
    kill "$VP_PRIVATE_LIBVIRTD" && debian_tries=100 || return
    while kill -0 "$VP_PRIVATE_LIBVIRTD" 2>/dev/null && [ "$debian_tries" -gt 0 ]; do
        debian_tries=$((debian_tries - 1))
        sleep 0.1
    done
    setsid "$(command -v libvirtd || command -v virtqemud)" >/run/libvirtd-2.log 2>&1 </dev/null &
    VP_PRIVATE_LIBVIRTD=$!
    export VP_PRIVATE_LIBVIRTD
    debian_wait "$guest" 60 virsh -q domid "$guest"
}

case_in_the_middle()
{
    define '' "$root_by_key"
    boot || return
    ok "$label: its drive is mounted" \
        in_guest 'mkdir -p /mnt/drive && mount -o ro LABEL=config-2 /mnt/drive'
    content=$(in_guest 'cd /mnt/drive && find . -type f -exec sha256sum {} + | sort')
    boot_id=$(in_guest 'cat /proc/sys/kernel/random/boot_id')
    ok "$label: libvirtd is restarted" restart_libvirtd
    says 'after the restart it runs on' 'cat /proc/sys/kernel/random/boot_id' "$boot_id"
    ok "$label: the image is there" test -e "/run/payload/$(uuid).img"
    ok "$label: is saved" virsh -q save "$guest" "$guest_dir/$guest.save"
    not_ok "$label: no image while it is saved" test -e "/run/payload/$(uuid).img"
    ok "$label: is restored" virsh -q restore "$guest_dir/$guest.save"
    ok "$label: ssh again" debian_forward "$guest"
    says 'restored, it runs on' 'cat /proc/sys/kernel/random/boot_id' "$boot_id"
    says 'the drive reads as before' \
        'echo 3 >/proc/sys/vm/drop_caches; cd /mnt/drive && find . -type f -exec sha256sum {} + | sort' \
        "$content"
    says 'no I/O error' 'dmesg | grep -i "i/o error" || :' ''
    claim_content
}

case_detached()
{
    define '' "$root_by_key
      <p:hostname>web1.example.com</p:hostname>
      <p:run-cmd>echo ran &gt;&gt;/var/tmp/runs</p:run-cmd>"
    boot || return
    stop
    ok "$label: is detached" virt-payload detach "$guest"
    printf '[virt-payload]\nattach = off\n' >/etc/virt-payload.conf
    ok "$label: without the drive: is up, and root's key is accepted" debian_boot "$guest"
    rm -f /etc/virt-payload.conf
    is "$label: without the drive" "$(drive_xml)" ''
    says 'without the drive: cloud-init rests' 'cloud-init status' 'status: disabled'
    says 'without the drive: the host name stays' hostname web1
    says 'without the drive: nothing runs again' 'cat /var/tmp/runs' ran
}

# A definition as oVirt writes it, without a word of ours.
case_ovirt()
{
    ovirt_uuid=5b6dd2cf-1c5b-4d4c-9a2b-6f4d4c0a8e11
    ovirt_meta=$(base64 -w0 <<JSON
{"uuid": "$ovirt_uuid", "hostname": "web1.example.com", "name": "web1.example.com",
 "launch_index": "0", "availability_zone": "nova", "meta": {"essential": "false", "role": "server",
 "dsmode": "local"}, "public_keys": {"0": "$debian_key"}}
JSON
    )
    ovirt_user=$(base64 -w0 <<'YAML'
#cloud-config
output:
  all: '>> /var/log/cloud-init-output.log'
disable_root: false
user: root
password: s3cret
chpasswd:
  expire: false
ssh_pwauth: true
ssh_deletekeys: 'True'
timezone: Europe/Prague
runcmd:
- 'sed -i ''/^datasource_list: /d'' /etc/cloud/cloud.cfg; echo ''datasource_list: ["NoCloud", "ConfigDrive"]'' >> /etc/cloud/cloud.cfg'
YAML
    )
    ok "$label: is defined" debian_define "$guest" "kernel=$kernel" "disk=$disk" uuid=$ovirt_uuid \
        metadata="<ovirt-vm:vm xmlns:ovirt-vm='http://ovirt.org/vm/1.0'>
      <ovirt-vm:device devtype='disk' name='hdd'>
        <ovirt-vm:payload>
          <ovirt-vm:volId>config-2</ovirt-vm:volId>
          <ovirt-vm:file path='openstack/latest/meta_data.json'>$ovirt_meta</ovirt-vm:file>
          <ovirt-vm:file path='openstack/latest/user_data'>$ovirt_user</ovirt-vm:file>
        </ovirt-vm:payload>
      </ovirt-vm:device>
    </ovirt-vm:vm>"
    boot || return
    is "$label: no error" "$(errors)" ''
    says 'user-data is what oVirt wrote' 'base64 -w0 /var/lib/cloud/instance/user-data.txt' "$ovirt_user"
    says 'host name' hostname web1
    says 'time zone' 'readlink /etc/localtime' '/usr/share/zoneinfo/Europe/Prague'
    says "run-cmd, oVirt's own" 'tail -n 1 /etc/cloud/cloud.cfg' \
        'datasource_list: ["NoCloud", "ConfigDrive"]'
}

# virsh create: there is no definition to keep the drive in.
case_transient()
{
    define '' "$root_by_key<p:hostname>web1</p:hostname>"
    virsh -q undefine "$guest"
    since=$(date +%s)
    ok "$label: is created" virsh -q create "$guest_dir/$guest.xml"
    ok "$label: is up, and root's key is accepted" debian_up "$guest" '' "$since" || return
    is_up
    claim_content
    says 'host name' hostname web1
}
