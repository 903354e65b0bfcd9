# shellcheck shell=sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Guests of libvirt's test driver, for tests that need a connection but not QEMU: source it after tap.sh.
#
#   node_guest running|shutoff FILE...   add guests to the node, defined by each FILE
#   $node_uri                            its URI; each connection sees a new node

: "${tap_dir:?source tap.sh first}"
node_guests=
# shellcheck disable=SC2034  # used by the tests
node_uri=test://$tap_dir/node.xml

node_guest()
{
    case $1 in
        running) node_state=1 ;;
        shutoff) node_state=5 ;;
        *) echo "node_guest: unknown state: $1" >&2; return 2 ;;
    esac
    shift
    for node_file; do
        node_copy=$tap_dir/node-$(basename "$node_file")
        sed -e "s|^<domain type=[^>]*|<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'|" \
            -e "s|^</domain>|<test:runstate>$node_state</test:runstate></domain>|" \
            "$node_file" >"$node_copy"
        node_guests="$node_guests<domain file='$node_copy'/>
"
    done
    printf "<node>\n%s</node>\n" "$node_guests" >"$tap_dir/node.xml"
}
