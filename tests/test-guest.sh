#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Real guests, Debian 13: one is configured at its first start and cloned, and its clone is itself; another
# has the network of its definition, from the other datasource. All cases: make check-guests.

. "${VP_SRCDIR:?run it by make check}/tests/lib/tap.sh"
. "$VP_SRCDIR/tests/lib/guest.sh"
private_world --staged --debian "$0" "$@"
. "$VP_SRCDIR/tests/lib/debian.sh"
. "$VP_SRCDIR/tests/guest/cases.sh"

debian_need
guest_case clone config-drive cloud virtio
guest_case network nocloud full virtio
done_testing
