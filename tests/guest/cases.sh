# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# What real guests do with their payload: source it after debian.sh.
#
#   guest_case CASE DATASOURCE KERNEL DISK
#       defines a guest with metadata only, starts it, and claims (tap.sh) what
#       it did; DISK is the bus of the guest's own disk. Prints a line, and adds
#       puts it into $guest_result: the case, the suite, the other three, the buses of the
#       drive at its starts, seconds from virsh start to ssh, seconds that QEMU computed
#       meanwhile, verdict

: "${debian_port:?source debian.sh first}" "${debian_dir?}" "${debian_suite?}" "${debian_key?}" "${debian_seconds?}" \
    "${debian_cpu_seconds?}" "${tap_dir:?}" "${guest_dir:?}"

guest_password='Tr0ub4dor & "3" é'

guest_case()
{
    guest=web1 datasource=$2 kernel=$3 disk=$4
    label="$1, $debian_suite, $datasource, $kernel kernel, $disk disk"
    drive_bus=- first_seconds=- first_cpu_seconds=-
    root_by_key="<p:user name='root'><p:ssh-key>$debian_key</p:ssh-key></p:user>"
    guest_failed_before=${tap_failed:-0}
    "case_$(echo "$1" | tr - _)"
    guest_forget
    guest_verdict=passed
    [ "$tap_failed" = "$guest_failed_before" ] || guest_verdict=failed
    guest_result="$1 $debian_suite $2 $3 $4 $drive_bus $first_seconds $first_cpu_seconds $guest_verdict"
    diag "$guest_result"
}

# Nothing of a case is left to the next one.
guest_forget()
{
    for name in $(virsh -q list --all --name); do
        virsh -q destroy "$name" >/dev/null 2>&1
        virsh -q undefine --nvram "$name" >/dev/null 2>&1
        rm -f "$guest_dir/$name".*
    done
    debian_port=2222
    rm -rf /etc/virt-payload.conf /etc/virt-payload
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
    # 20.4 cannot do that
    in_guest 'cloud-init schema --help 2>&1 | grep -q -e --system' || return 0
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
    ok "$label: its data" dump_seed
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

# dump_seed: $tap_dir/meta-data and user-data, as the guest would be given them
dump_seed()
{
    for file in meta-data user-data; do
        virt-payload dump --show-secrets --file $file "$guest" >"$tap_dir/$file" 2>/dev/null || return
    done
}

# The same data in three ways, each with a fresh disk, five times in turns. A round that was recorded at this
# commit is not run again.
case_compare()
{
    define_first_run ''
    ok "$label: its data" dump_seed
    for round in 1 2 3 4 5; do
        for way in virt-payload virt-install cloud-localds; do
            ! grep -qs "^$round $way " "$VP_GUEST_RESULTS/comparison" || continue
            guest_forget
            compared_start || return
            ok "$label: round $round, $way: is up, and root's key is accepted" \
                debian_up "$guest" '' "$since" || return
            says "round $round, $way: run-cmd" 'cloud-init status --wait >/dev/null; cat /var/tmp/runs' 'ran as root'
            echo "$round $way $debian_seconds $debian_cpu_seconds" >>"$VP_GUEST_RESULTS/comparison"
        done
    done
}

# The time includes making an image of the data, but not the guest's own disk.
compared_start()
{
    define_first_run ''
    [ "$way" = virt-payload ] || virsh -q undefine "$guest"
    since=$(date +%s)
    case $way in
        virt-payload) ok "$label: round $round: virsh start" guest_start "$guest" ;;
        virt-install) ok "$label: round $round: virt-install" run_virt_install ;;
        cloud-localds)
            ok "$label: round $round: cloud-localds" \
                cloud-localds "$guest_dir/$guest.seed" "$tap_dir/user-data" "$tap_dir/meta-data" &&
                ok "$label: round $round: is defined with the seed" debian_redefine "$guest" \
                    "kernel=$kernel" "disk=$disk" "seed=$guest_dir/$guest.seed" &&
                ok "$label: round $round: virsh start with the seed" guest_start "$guest"
            ;;
    esac
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

# The drive is hot-plugged at each of three starts, and nobody's definition is changed. What users, their
# files and the host's key are to be is tried at the first.
case_three_starts()
{
    later_file=''
    # cloud-init 20.4 writes no file after it has made users: doctor says so
    [ "$debian_suite" = bullseye ] || later_file="
      <p:write-file path='/home/ada/note' owner='ada:ada' permissions='0600'>hers
</p:write-file>"
    define '' "$root_by_key
      <p:user name='debian'>
        <p:password>$(printf %s "$guest_password" | sed 's/&/\&amp;/g')</p:password>
        <p:sudo>ALL=(root) NOPASSWD:/usr/bin/id</p:sudo>
        <p:shell>/bin/sh</p:shell>
      </p:user>
      <p:user name='ada'><p:ssh-key>$debian_key</p:ssh-key></p:user>$later_file
      <p:boot-cmd>echo boot &gt;&gt;/var/tmp/boots</p:boot-cmd>
      <p:run-cmd>echo \"$debian_suite\" &gt;&gt;/var/tmp/runs</p:run-cmd>"
    ok "$label: a host key is made" virt-payload set "$guest" --generate-host-key
    defined=$(definition_lines)
    for start in first second third; do
        boot || return
        claim_start "$start start"
        [ $start != first ] || claim_three_starts
        [ $start = third ] || stop
    done
    claim_content
}

# After the first start libvirt lists the same controllers in another order.
definition_lines()
{
    virsh -q dumpxml --inactive "$guest" | sort
}

# claim_start WHICH: hot-plugged, and the instance is that of the first start
claim_start()
{
    like "$label: $1: the drive is there" "$(drive_xml)" "payload/$(uuid).img"
    is "$label: $1: the definition is as it was" "$(definition_lines)" "$defined"
    says "$1: the instance" 'cloud-init query v1.instance_id' "$(uuid)"
    says "$1: host name" hostname "$guest"
    says "$1: run-cmd has run once" 'cat /var/tmp/runs' "$debian_suite"
    case $1 in
        first*) says "$1: boot-cmd" 'wc -l </var/tmp/boots' 1 ;;
        second*) says "$1: boot-cmd" 'wc -l </var/tmp/boots' 2 ;;
        *) says "$1: boot-cmd" 'wc -l </var/tmp/boots' 3 ;;
    esac
    says "$1: the host key that was made for it" "cut -d ' ' -f 1,2 /etc/ssh/ssh_host_ed25519_key.pub" \
        "$(ssh-keygen -y -f "/etc/virt-payload/secrets/$(uuid)/ssh_host_ed25519_key" | cut -d ' ' -f 1,2)"
}

claim_three_starts()
{
    claim_content
    is "$label: the default user's password, and its rule" \
        "$(debian_login debian "$guest_password" sudo -n /usr/bin/id -un 2>/dev/null)" root
    says "its rule is all it may" "su debian -c 'sudo -n true' >/dev/null 2>&1; echo \$?" 1
    says "its shell" 'getent passwd debian | cut -d: -f7' /bin/sh
    is "$label: ada's key" "$(debian_ssh -i "$tap_dir/key" -o BatchMode=yes ada@127.0.0.1 id -un)" ada
    says "ada's home is hers" 'stat -c %U:%G /home/ada' ada:ada
    [ -z "$later_file" ] ||
        says "her file" 'stat -c %U:%G:%a /home/ada/note; cat /home/ada/note' 'ada:ada:600
hers'
}

# The drive is in the definition, and so from the first instant of the start.
case_attached()
{
    define_first_run ''
    ok "$label: attach" virt-payload attach "$guest"
    like "$label: the definition has the drive" "$(drive_xml --inactive)" "payload/$(uuid).img"
    boot || return
    is "$label: and that is its only drive" "$(drive_xml | grep -c '<disk ')" 1
    claim_first_run
    claim_dump_is_what_was_read
}

# ---- clones

# clone NAME: of the guest, which is shut off; disk and all, as virt-clone makes it
clone()
{
    cp "$guest_dir/$guest.qcow2" "$guest_dir/$1.qcow2" || return
    virt-clone -q --original "$guest" --name "$1" --file "$guest_dir/$1.qcow2" --preserve-data --print-xml |
        sed "s|/$guest\.console|/$1.console|" >"$tap_dir/clone.xml" &&
        virsh -q define --validate "$tap_dir/clone.xml"
}

define_original()
{
    define '' "$root_by_key
      <p:network><p:interface><p:dhcp4>yes</p:dhcp4></p:interface></p:network>
      <p:run-cmd>hostname &gt;&gt;/var/tmp/runs</p:run-cmd>"
    boot || return
    claim_content
    claim_itself web1
    original_key=$(in_guest 'cat /etc/ssh/ssh_host_ed25519_key.pub')
    stop
    ok "$label: is cloned" clone web2
}

# claim_itself RUNS: the guest is who its definition says, and no other
claim_itself()
{
    says "$guest: host name" hostname "$guest"
    says "$guest: instance" 'cloud-init query v1.instance_id' "$(uuid)"
    says "$guest: run-cmd" 'cat /var/tmp/runs' "$1"
    says "$guest: its own MAC has the address" \
        "ip -brief -4 address show scope global | awk '{ print \$1 }' | xargs -I L cat /sys/class/net/L/address" \
        "$(virsh -q domiflist "$guest" | awk 'NF { print $5 }')"
}

# claim_clone RUNS: web2 runs at debian_port
claim_clone()
{
    ok "$label: $guest: its cloud-init comes to its end" debian_settled "$guest"
    claim_itself "$1"
    claim_content
    unlike "$label: $guest: host keys of its own" "$(in_guest 'cat /etc/ssh/ssh_host_ed25519_key.pub')" \
        "^$original_key\$"
}

# at NAME PORT: what follows is about that guest
at()
{
    guest=$1 debian_port=$2
}

# The clone starts while the original does, and both run.
case_clone()
{
    define_original || return
    at web2 2223
    ok "$label: the clone starts" guest_start web2
    clone_since=$(date +%s)
    at web1 2222
    boot || return
    at web2 2223
    ok "$label: the clone is up, and root's key is accepted" debian_up web2 '' "$clone_since" || return
    claim_clone 'web1
web2'
    at web1 2222
    claim_itself web1
    says 'host keys stay' 'cat /etc/ssh/ssh_host_ed25519_key.pub' "$original_key"
}

case_clone_alone()
{
    define_original || return
    at web2 2223
    boot || return
    claim_clone 'web1
web2'
}

# Eight guests start at once, and each is itself.
case_storm()
{
    storm=$(seq 1 8)
    for number in $storm; do
        at "web$number" $((2221 + number))
        define '' "$root_by_key<p:run-cmd>hostname &gt;&gt;/var/tmp/runs</p:run-cmd>" memory=512
    done
    since=$(date +%s)
    for number in $storm; do
        ok "$label: web$number starts" guest_start "web$number"
    done
    for number in $storm; do
        at "web$number" $((2221 + number))
        ok "$label: web$number is up, and root's key is accepted" debian_up "$guest" '' "$since" || continue
        is_up
        says "$guest: host name, run-cmd" 'hostname; cat /var/tmp/runs' "$guest
$guest"
        says "$guest: instance" 'cloud-init query v1.instance_id' "$(uuid)"
    done
}

# ---- more cases

# A profile, a seed of another tool, and a guest without an agent: address, wait and ssh find it.
case_seed()
{
    mkdir -p /etc/virt-payload/profiles "$tap_dir/seed"
    cat >/etc/virt-payload/profiles/web.xml <<'XML'
<cloud-init xmlns='urn:virt-payload:1'>
  <timezone>Europe/Prague</timezone>
  <run-cmd>echo profile >>/var/tmp/runs</run-cmd>
</cloud-init>
XML
    printf '%s\n' 'instance-id: seed-1' 'local-hostname: web7' >"$tap_dir/seed/meta-data"
    cat >"$tap_dir/seed/user-data" <<YAML
#cloud-config
disable_root: false
ssh_authorized_keys: ["$debian_key"]
users:
- name: root
  ssh_authorized_keys: ["$debian_key"]
runcmd:
- echo seed >>/var/tmp/runs
final_message: the seed is sown
YAML
    ok "$label: is defined" debian_define "$guest" "kernel=$kernel" "disk=$disk" agent=no
    ok "$label: import" virt-payload import "$guest" "$tap_dir/seed"
    # the guest's address leads to this world's loopback, where QEMU listens
    ip route add local 10.0.1.15/32 dev lo src 127.0.0.1 2>/dev/null
    echo 22 >/proc/sys/net/ipv4/ip_unprivileged_port_start
    ok "$label: set" virt-payload set "$guest" --profile web --generate-host-key \
        --network "eth0,mac=52:54:00:00:00:01,address=10.0.1.15/24,gateway=10.0.1.2"
    boot 10.0.1.15 || return
    is "$label: address" "$(virt-payload address "$guest")" 10.0.1.15
    virsh -q qemu-monitor-command --hmp "$guest" "hostfwd_add hostnet0 tcp:10.0.1.15:22-10.0.1.15:22" >/dev/null
    is "$label: wait without an agent" "$(virt-payload wait --for ssh --timeout 300 "$guest" 2>&1)" \
        "$guest: sshd answers at 10.0.1.15"
    is "$label: ssh asks nothing" \
        "$(virt-payload ssh -i "$tap_dir/key" "$guest" -- id -un </dev/null 2>"$tap_dir/err")" root
    unlike "$label: ssh meets no new host key" "$(cat "$tap_dir/err")" 'Permanently added|authenticity'
    says 'the instance is the seed'"'"'s' 'cloud-init query v1.instance_id' seed-1
    says 'host name' hostname web7
    says "the profile's time zone" 'readlink /etc/localtime' '/usr/share/zoneinfo/Europe/Prague'
    says 'both ran' 'cat /var/tmp/runs' 'profile
seed'
    says 'what no field is for' 'grep -o "the seed is sown" /var/log/cloud-init-output.log' 'the seed is sown'
    claim_log
}

# DHCP with name servers beside it, a gateway outside its network, and a bond and a bridge,
# each on NICs of their own.
case_network_more()
{
    define '' "$root_by_key
      <p:network>
        <p:interface>
          <p:dhcp4>yes</p:dhcp4>
          <p:dns>192.0.2.53</p:dns>
          <p:search>corp.example</p:search>
        </p:interface>
        <p:interface name='lan' mac='52:54:00:00:00:02'>
          <p:address>203.0.113.7/32</p:address>
          <p:address>2001:db8:2::60/64</p:address>
          <p:accept-ra>yes</p:accept-ra>
          <p:gateway>198.51.100.1</p:gateway>
        </p:interface>
        <p:interface name='port0' mac='52:54:00:00:00:03'/>
        <p:interface name='port1' mac='52:54:00:00:00:04'/>
        <p:interface name='port2' mac='52:54:00:00:00:05'/>
        <p:bond name='bond0' mode='802.3ad' transmit-hash-policy='layer3+4' lacp-rate='fast'
            mii-monitor-interval='50'>
          <p:link>port0</p:link>
          <p:link>port1</p:link>
          <p:address>10.0.9.9/24</p:address>
          <p:mtu>1400</p:mtu>
        </p:bond>
        <p:bridge name='br0'>
          <p:link>port2</p:link>
          <p:address>10.0.8.8/24</p:address>
          <p:route destination='198.18.0.0/24' gateway='10.0.8.2'/>
          <p:dns>10.0.8.3</p:dns>
        </p:bridge>
      </p:network>" nics=5
    boot || return
    claim_content
    first_nic=$(in_guest "grep -l 52:54:00:00:00:01 /sys/class/net/*/address | cut -d/ -f5")
    like "$label: DHCP's address" "$(in_guest "ip -4 -brief address show dev $first_nic")" ' 10\.0\.1\.15/24'
    like "$label: a name server beside DHCP" "$(in_guest "resolvectl dns $first_nic")" '192\.0\.2\.53'
    like "$label: a search domain beside DHCP" "$(in_guest "resolvectl domain $first_nic")" 'corp\.example'
    says 'the NIC that is named' 'cat /sys/class/net/lan/address' 52:54:00:00:00:02
    like "$label: the gateway on the link" "$(in_guest 'ip route show default dev lan')" 'via 198\.51\.100\.1'
    like "$label: the static addresses" "$(in_guest 'ip -brief address show dev lan')" \
        ' 203\.0\.113\.7/32.* 2001:db8:2::60/64'
    if [ "$debian_suite" != bullseye ]; then
        like "$label: router advertisements are accepted" \
            "$(in_guest 'cat /run/systemd/network/*lan*.network')" '^IPv6AcceptRA=(yes|true)$'
    fi
    says 'the bond' 'cd /sys/class/net/bond0/bonding && tr " " "\n" <slaves | sort && cat mode xmit_hash_policy lacp_rate miimon' \
        'port0
port1
802.3ad 4
layer3+4 1
fast 1
50'
    like "$label: the bond's address and MTU" "$(in_guest 'ip address show dev bond0')" 'mtu 1400'
    like "$label: the bond's address" "$(in_guest 'ip address show dev bond0')" 'inet 10\.0\.9\.9/24'
    says 'the bridge' 'cd /sys/class/net/br0 && ls brif && cat bridge/stp_state' 'port2
0'
    like "$label: the bridge's address" "$(in_guest 'ip -4 -brief address show dev br0')" ' 10\.0\.8\.8/24'
    says "the bridge's route" "ip route show dev br0 198.18.0.0/24 | cut -d' ' -f1-3" '198.18.0.0/24 via 10.0.8.2'
    like "$label: the bridge's name server" "$(in_guest 'resolvectl dns br0')" '10\.0\.8\.3'
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
    printf '[virt-payload]\nattach = persistent\n' >/etc/virt-payload.conf
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
    # as validate says, NoCloud needs names for cloud-init 20.4 with ifupdown
    lan='' san=''
    [ "$debian_suite-$datasource" != bullseye-nocloud ] || lan="name='lan'" san="name='san'"
    define '' "$root_by_key
      <p:network>
        <p:interface $lan>
          <p:address>10.0.1.50/24</p:address>
          <p:gateway>10.0.1.2</p:gateway>
          <p:dns>10.0.1.3</p:dns>
          <p:search>example.com</p:search>
        </p:interface>
        <p:interface $san mac='52:54:00:00:00:02'>
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
    # Debian 11 has resolvconf
    resolver='resolvectl dns; resolvectl domain'
    [ "$debian_suite" != bullseye ] || resolver='cat /etc/resolv.conf'
    resolver=$(in_guest "$resolver")
    like "$label: name server" "$resolver" '10\.0\.1\.3'
    like "$label: search domain" "$resolver" 'example\.com'
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
      <p:default-user>yes</p:default-user>
      <p:package>hello</p:package>
      <p:package-update>yes</p:package-update>
      <p:run-cmd>echo ran &gt;&gt;/var/tmp/runs</p:run-cmd>"
    boot || return
    claim_schema
    is "$label: ada's password, and sudo" \
        "$(debian_login ada "$guest_password" sudo -n id -un 2>/dev/null)" root
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
