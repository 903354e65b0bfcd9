/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec to the metadata of each datasource: who the instance is, and its public keys.
 * Sources: OpenStack Nova, Metadata service, "meta_data.json"; cloud-init, NoCloud datasource;
 * EC2, Instance metadata categories. */
#pragma once

#include "spec/spec.h"

/* The guest's host name: the spec's, otherwise the guest's own name if that is a valid one;
 * for Windows (sysprep too) its first label, cut to 15 (NetBIOS). NULL if there is none. */
char *vp_render_meta_data_hostname(const VpSpec *spec);

/* openstack/latest/meta_data.json: an object with at least "uuid", which is the instance-id.
 * Members of the spec's own meta-data (a JSON object) replace generated ones of their name; null
 * removes one. VP_ERROR_VALUE if it is not a JSON object or would leave the guest without its
 * metadata. */
GBytes *vp_render_meta_data_openstack(const VpSpec *spec, const char *instance_id,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* NoCloud's meta-data: a YAML mapping. Keys of the spec's own meta-data (a YAML mapping) replace
 * generated ones of their name. VP_ERROR_VALUE if it is not one. */
GBytes *vp_render_meta_data_nocloud(const VpSpec *spec, const char *instance_id,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ec2/latest/meta-data.json, as Nova's config drive has it. */
GBytes *vp_render_meta_data_ec2(const VpSpec *spec, const char *instance_id,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
