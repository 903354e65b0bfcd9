/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSystem and its parts: made empty, and freed whole. */
#include <config.h>

#include <string.h>

#include "spec/system.h"

VpCaCert *
vp_spec_ca_cert_new(void)
{
    return g_new0(VpCaCert, 1);
}

void
vp_spec_ca_cert_free(VpCaCert *cert)
{
    if (cert == NULL)
        return;
    vp_spec_data_free(cert->data);
    g_free(cert);
}

VpSwap *
vp_spec_swap_new(void)
{
    return g_new0(VpSwap, 1);
}

void
vp_spec_swap_free(VpSwap *swap)
{
    if (swap == NULL)
        return;
    g_free(swap->size);
    g_free(swap->maximum);
    g_free(swap->path);
    g_free(swap);
}

VpPowerState *
vp_spec_power_state_new(void)
{
    return g_new0(VpPowerState, 1);
}

void
vp_spec_power_state_free(VpPowerState *state)
{
    if (state == NULL)
        return;
    g_free(state->mode);
    g_free(state->message);
    g_free(state);
}

VpGrowpart *
vp_spec_growpart_new(void)
{
    VpGrowpart *growpart = g_new0(VpGrowpart, 1);

    growpart->devices = g_ptr_array_new_with_free_func(g_free);
    return growpart;
}

void
vp_spec_growpart_free(VpGrowpart *growpart)
{
    if (growpart == NULL)
        return;
    g_free(growpart->mode);
    g_ptr_array_unref(growpart->devices);
    g_free(growpart);
}

VpSshHostKey *
vp_spec_ssh_host_key_new(void)
{
    return g_new0(VpSshHostKey, 1);
}

void
vp_spec_ssh_host_key_free(VpSshHostKey *key)
{
    if (key == NULL)
        return;
    if (key->text != NULL)
        explicit_bzero(key->text, strlen(key->text));
    g_free(key->text);
    g_free(key->type);
    g_free(key->secret);
    g_free(key);
}

VpKeyboard *
vp_spec_keyboard_new(void)
{
    return g_new0(VpKeyboard, 1);
}

void
vp_spec_keyboard_free(VpKeyboard *keyboard)
{
    if (keyboard == NULL)
        return;
    g_free(keyboard->layout);
    g_free(keyboard->model);
    g_free(keyboard->variant);
    g_free(keyboard->options);
    g_free(keyboard);
}

VpAptRepository *
vp_spec_apt_repository_new(void)
{
    return g_new0(VpAptRepository, 1);
}

void
vp_spec_apt_repository_free(VpAptRepository *repository)
{
    if (repository == NULL)
        return;
    g_free(repository->name);
    g_free(repository->source);
    vp_spec_data_free(repository->key);
    g_free(repository);
}

VpSystem *
vp_spec_system_new(void)
{
    VpSystem *system = g_new0(VpSystem, 1);

    system->ntp_servers = g_ptr_array_new_with_free_func(g_free);
    system->ntp_pools = g_ptr_array_new_with_free_func(g_free);
    system->ca_certs = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_ca_cert_free);
    system->ssh_host_keys =
        g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_ssh_host_key_free);
    system->apt_repositories =
        g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_apt_repository_free);
    return system;
}

void
vp_spec_system_free(VpSystem *system)
{
    if (system == NULL)
        return;
    g_ptr_array_unref(system->ntp_servers);
    g_ptr_array_unref(system->ntp_pools);
    g_ptr_array_unref(system->ca_certs);
    g_ptr_array_unref(system->ssh_host_keys);
    vp_spec_keyboard_free(system->keyboard);
    vp_spec_swap_free(system->swap);
    vp_spec_growpart_free(system->growpart);
    g_free(system->apt_mirror);
    g_ptr_array_unref(system->apt_repositories);
    vp_spec_power_state_free(system->power_state);
    g_free(system);
}
