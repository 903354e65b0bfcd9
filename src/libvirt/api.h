/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's client library, loaded when the first connection is opened. Loading it costs ten times
 * as much as all the rest that a subcommand does without a connection (doc/performance.md), so
 * nothing links it. */
#pragma once

#include <glib.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

/* Every function of libvirt.so that is called, and those of libvirt-qemu.so. */
#define VP_LIBVIRT_FUNCTIONS(F)                                                                    \
    F(virConnectClose)                                                                             \
    F(virConnectGetType)                                                                           \
    F(virConnectGetURI)                                                                            \
    F(virConnectListAllDomains)                                                                    \
    F(virConnectOpenAuth)                                                                          \
    F(virDomainAgentSetResponseTimeout)                                                            \
    F(virDomainAttachDeviceFlags)                                                                  \
    F(virDomainDetachDeviceFlags)                                                                  \
    F(virDomainFree)                                                                               \
    F(virDomainGetAutostart)                                                                       \
    F(virDomainGetConnect)                                                                         \
    F(virDomainGetID)                                                                              \
    F(virDomainGetName)                                                                            \
    F(virDomainGetState)                                                                           \
    F(virDomainGetUUIDString)                                                                      \
    F(virDomainGetXMLDesc)                                                                         \
    F(virDomainHasManagedSaveImage)                                                                \
    F(virDomainInterfaceAddresses)                                                                 \
    F(virDomainInterfaceFree)                                                                      \
    F(virDomainIsPersistent)                                                                       \
    F(virDomainLookupByID)                                                                         \
    F(virDomainLookupByName)                                                                       \
    F(virDomainLookupByUUIDString)                                                                 \
    F(virDomainManagedSaveGetXMLDesc)                                                              \
    F(virDomainMemoryStats)                                                                        \
    F(virDomainSetMetadata)                                                                        \
    F(virDomainUpdateDeviceFlags)                                                                  \
    F(virGetLastError)                                                                             \
    F(virResetLastError)                                                                           \
    F(virSetErrorFunc)
#define VP_LIBVIRT_QEMU_FUNCTIONS(F) F(virDomainQemuAgentCommand)

#define VP_LIBVIRT_MEMBER(name) __typeof__(&name) name;
typedef struct {
    VP_LIBVIRT_FUNCTIONS(VP_LIBVIRT_MEMBER)
    VP_LIBVIRT_QEMU_FUNCTIONS(VP_LIBVIRT_MEMBER)
    virConnectAuthPtr auth; /* virConnectAuthPtrDefault */
} VpLibvirtApi;

/* Loads both libraries, or returns what was loaded before; they stay for the life of the process.
 * NULL with VP_ERROR_LIBVIRT if a library or a function is missing. */
const VpLibvirtApi *vp_libvirt_api_load(GError **error) G_GNUC_WARN_UNUSED_RESULT;
