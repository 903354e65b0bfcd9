/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec and its parts: made empty, freed whole, and asked for what follows from them. */
#include <config.h>

#include <string.h>

#include "spec/spec.h"

static GPtrArray *
strings_new(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

/* Clears what may be a secret before its memory is reused. */
static void
secret_free(char *text)
{
    if (text)
        explicit_bzero(text, strlen(text));
    g_free(text);
}

VpPassword *
vp_spec_password_new(void)
{
    VpPassword *password = g_new0(VpPassword, 1);

    password->expire = VP_UNSET;
    return password;
}

void
vp_spec_password_free(VpPassword *password)
{
    if (!password)
        return;
    secret_free(password->text);
    g_free(password->secret);
    g_free(password);
}

VpUser *
vp_spec_user_new(void)
{
    VpUser *user = g_new0(VpUser, 1);

    user->ssh_keys = strings_new();
    user->sudo = strings_new();
    user->groups = strings_new();
    user->ssh_import_ids = strings_new();
    user->system = VP_UNSET;
    user->no_create_home = VP_UNSET;
    user->lock_password = VP_UNSET;
    return user;
}

void
vp_spec_user_free(VpUser *user)
{
    if (!user)
        return;
    g_free(user->name);
    vp_spec_password_free(user->password);
    g_ptr_array_unref(user->ssh_keys);
    g_ptr_array_unref(user->sudo);
    g_ptr_array_unref(user->groups);
    g_ptr_array_unref(user->ssh_import_ids);
    g_free(user->primary_group);
    g_free(user->shell);
    g_free(user->gecos);
    g_free(user->home);
    g_free(user);
}

VpLink *
vp_spec_link_new(void)
{
    VpLink *link = g_new0(VpLink, 1);

    link->dhcp4 = VP_UNSET;
    link->dhcp6 = VP_UNSET;
    link->slaac = VP_UNSET;
    link->accept_ra = VP_UNSET;
    link->dhcp_use_dns = VP_UNSET;
    link->dhcp_use_routes = VP_UNSET;
    link->dhcp_metric = -1;
    link->wake_on_lan = VP_UNSET;
    link->addresses = strings_new();
    link->gateways = strings_new();
    link->routes = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_route_free);
    link->dns = strings_new();
    link->search = strings_new();
    link->bond_links = strings_new();
    return link;
}

void
vp_spec_link_free(VpLink *link)
{
    if (!link)
        return;
    g_free(link->name);
    g_free(link->mac);
    g_free(link->target);
    g_ptr_array_unref(link->addresses);
    g_ptr_array_unref(link->gateways);
    g_ptr_array_unref(link->routes);
    g_ptr_array_unref(link->dns);
    g_ptr_array_unref(link->search);
    g_free(link->bond_mode);
    g_free(link->bond_hash_policy);
    g_free(link->bond_lacp_rate);
    g_ptr_array_unref(link->bond_links);
    g_free(link->vlan_link);
    g_free(link);
}

void
vp_spec_route_free(VpRoute *route)
{
    if (!route)
        return;
    g_free(route->destination);
    g_free(route->gateway);
    g_free(route);
}

VpWriteFile *
vp_spec_write_file_new(void)
{
    VpWriteFile *file = g_new0(VpWriteFile, 1);

    file->append = VP_UNSET;
    file->defer = VP_UNSET;
    return file;
}

void
vp_spec_write_file_free(VpWriteFile *file)
{
    if (!file)
        return;
    g_free(file->path);
    vp_spec_data_free(file->data);
    g_free(file->owner);
    g_free(file->permissions);
    g_free(file);
}

VpGuestCommand *
vp_spec_command_new(void)
{
    VpGuestCommand *command = g_new0(VpGuestCommand, 1);

    command->args = strings_new();
    return command;
}

void
vp_spec_command_free(VpGuestCommand *command)
{
    if (!command)
        return;
    g_free(command->text);
    g_ptr_array_unref(command->args);
    g_free(command);
}

void
vp_spec_meta_free(VpMeta *meta)
{
    if (!meta)
        return;
    g_free(meta->key);
    g_free(meta->value);
    g_free(meta);
}

VpFile *
vp_spec_file_new(void)
{
    return g_new0(VpFile, 1);
}

void
vp_spec_file_free(VpFile *file)
{
    if (!file)
        return;
    g_free(file->path);
    vp_spec_data_free(file->data);
    g_free(file);
}

VpSysprep *
vp_spec_sysprep_new(void)
{
    return g_new0(VpSysprep, 1);
}

void
vp_spec_sysprep_free(VpSysprep *sysprep)
{
    if (!sysprep)
        return;
    g_free(sysprep->organization);
    g_free(sysprep->owner);
    g_free(sysprep->product_key);
    g_free(sysprep->domain);
    g_free(sysprep->domain_user);
    vp_spec_password_free(sysprep->domain_password);
    g_free(sysprep->machine_object_ou);
    vp_spec_password_free(sysprep->admin_password);
    g_free(sysprep->input_locale);
    g_free(sysprep->ui_language);
    g_free(sysprep->system_locale);
    g_free(sysprep->user_locale);
    vp_spec_data_free(sysprep->template);
    g_free(sysprep);
}

VpSpec *
vp_spec_new(const char *guest_name, const char *guest_uuid, const char *smbios_uuid)
{
    VpSpec *spec = g_new0(VpSpec, 1);

    spec->guest_name = g_strdup(guest_name);
    spec->guest_uuid = g_strdup(guest_uuid);
    spec->smbios_uuid = g_strdup(smbios_uuid ? smbios_uuid : guest_uuid);
    spec->meta = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_meta_free);
    spec->users = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_user_free);
    spec->default_user = VP_UNSET;
    spec->ssh_password_auth = VP_UNSET;
    spec->disable_root = VP_UNSET;
    spec->regenerate_ssh_keys = VP_UNSET;
    spec->links = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_link_free);
    spec->packages = strings_new();
    spec->package_update = VP_UNSET;
    spec->package_upgrade = VP_UNSET;
    spec->write_files = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_write_file_free);
    spec->boot_cmds = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_command_free);
    spec->run_cmds = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_command_free);
    spec->mounts = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    spec->system = vp_spec_system_new();
    spec->files = g_ptr_array_new_with_free_func((GDestroyNotify)vp_spec_file_free);
    return spec;
}

void
vp_spec_free(VpSpec *spec)
{
    if (!spec)
        return;
    g_free(spec->guest_name);
    g_free(spec->guest_uuid);
    g_free(spec->smbios_uuid);
    g_free(spec->target);
    g_free(spec->label);
    g_free(spec->name);
    g_free(spec->instance_id);
    g_free(spec->hostname);
    g_free(spec->timezone);
    g_free(spec->locale);
    g_free(spec->availability_zone);
    g_ptr_array_unref(spec->meta);
    g_ptr_array_unref(spec->users);
    g_ptr_array_unref(spec->links);
    g_free(spec->idle_mac);
    vp_spec_data_free(spec->network_config);
    g_ptr_array_unref(spec->packages);
    g_ptr_array_unref(spec->write_files);
    g_ptr_array_unref(spec->boot_cmds);
    g_ptr_array_unref(spec->run_cmds);
    g_ptr_array_unref(spec->mounts);
    g_free(spec->output);
    g_free(spec->final_message);
    vp_spec_data_free(spec->user_data);
    vp_spec_data_free(spec->vendor_data);
    vp_spec_data_free(spec->meta_data);
    g_ptr_array_unref(spec->files);
    vp_spec_sysprep_free(spec->sysprep);
    vp_spec_system_free(spec->system);
    g_free(spec);
}

const char *
vp_spec_label(const VpSpec *spec)
{
    if (spec->label)
        return spec->label;
    switch (spec->kind) {
    case VP_KIND_SYSPREP:
        return "sysprep"; /* Windows Setup looks at the file's name, not at the label */
    case VP_KIND_FILES:
        return "payload";
    case VP_KIND_CLOUD_INIT:
        break;
    }
    return spec->datasource == VP_DATASOURCE_NOCLOUD ? "cidata" : "config-2";
}

char *
vp_spec_image_name(const VpSpec *spec)
{
    if (spec->name)
        return g_strdup_printf("%s-%s.img", spec->guest_uuid, spec->name);
    return g_strdup_printf("%s.img", spec->guest_uuid);
}
