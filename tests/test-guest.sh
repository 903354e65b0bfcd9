#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Two real guests, one with each datasource and each kernel, do what their
# definition says. All cases: make check-guests.

. "${VP_SRCDIR:?run it by make check}/tests/lib/tap.sh"
. "$VP_SRCDIR/tests/lib/guest.sh"
private_world --staged --debian "$0" "$@"
. "$VP_SRCDIR/tests/lib/debian.sh"
. "$VP_SRCDIR/tests/guest/cases.sh"

debian_need
guest_case first-run config-drive cloud virtio
guest_case network nocloud full virtio
done_testing
