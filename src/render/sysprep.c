/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpSpec to the answer file of Windows Setup. */
#include <config.h>

#include <libxml/xmlwriter.h>

#include "base/error.h"
#include "render/data.h"
#include "render/sysprep-template.h"
#include "render/sysprep-values.h"
#include "render/sysprep.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlBuffer, xmlBufferFree)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xmlTextWriter, xmlFreeTextWriter)

#define UNATTEND "urn:schemas-microsoft-com:unattend"

typedef struct {
    xmlTextWriter *xml;
    const VpSysprepValues *values;
} Writer;

const char *
vp_render_sysprep_file_name(const VpSpec *spec)
{
    return spec->sysprep.legacy ? "sysprep.inf" : "Unattend.xml";
}

static void
begin(const Writer *writer, const char *element)
{
    xmlTextWriterStartElement(writer->xml, (const xmlChar *)element);
}

static void
end(const Writer *writer)
{
    xmlTextWriterEndElement(writer->xml);
}

static void
text(const Writer *writer, const char *element, const char *content)
{
    xmlTextWriterWriteElement(writer->xml, (const xmlChar *)element, (const xmlChar *)content);
}

/* Nothing if the spec has no such value. */
static void
value(const Writer *writer, const char *element, VpSysprepValue which)
{
    if (writer->values->texts[which] != NULL)
        text(writer, element, writer->values->texts[which]);
}

static void
attribute(const Writer *writer, const char *name, const char *content)
{
    xmlTextWriterWriteAttribute(writer->xml, (const xmlChar *)name, (const xmlChar *)content);
}

static void
write_computer(const Writer *writer)
{
    value(writer, "ComputerName", VP_SYSPREP_COMPUTER_NAME);
    value(writer, "ProductKey", VP_SYSPREP_PRODUCT_KEY);
    value(writer, "RegisteredOrganization", VP_SYSPREP_ORG_NAME);
    value(writer, "RegisteredOwner", VP_SYSPREP_OWNER_NAME);
    value(writer, "TimeZone", VP_SYSPREP_TIME_ZONE);
}

static void
write_join(const Writer *writer)
{
    begin(writer, "Identification");
    if (writer->values->texts[VP_SYSPREP_DOMAIN_ADMIN] != NULL) {
        begin(writer, "Credentials");
        value(writer, "Domain", VP_SYSPREP_JOIN_DOMAIN);
        value(writer, "Password", VP_SYSPREP_DOMAIN_ADMIN_PASSWORD);
        value(writer, "Username", VP_SYSPREP_DOMAIN_ADMIN);
        end(writer);
    }
    value(writer, "JoinDomain", VP_SYSPREP_JOIN_DOMAIN);
    value(writer, "MachineObjectOU", VP_SYSPREP_MACHINE_OBJECT_OU);
    end(writer);
}

static void
write_locales(const Writer *writer)
{
    value(writer, "InputLocale", VP_SYSPREP_INPUT_LOCALE);
    value(writer, "SystemLocale", VP_SYSPREP_SYSTEM_LOCALE);
    value(writer, "UILanguage", VP_SYSPREP_UI_LANGUAGE);
    value(writer, "UserLocale", VP_SYSPREP_USER_LOCALE);
}

static void
write_first_logon(const Writer *writer)
{
    begin(writer, "OOBE");
    text(writer, "HideEULAPage", "true");
    text(writer, "HideOnlineAccountScreens", "true");
    text(writer, "HideWirelessSetupInOOBE", "true");
    text(writer, "NetworkLocation", "Work");
    text(writer, "ProtectYourPC", "1");
    end(writer);
    if (writer->values->texts[VP_SYSPREP_ADMIN_PASSWORD] == NULL)
        return;
    begin(writer, "UserAccounts");
    begin(writer, "AdministratorPassword");
    value(writer, "Value", VP_SYSPREP_ADMIN_PASSWORD);
    text(writer, "PlainText", "true");
    end(writer);
    end(writer);
}

/* Windows uses the component of its own architecture and ignores the others. */
static void
write_component(const Writer *writer, const char *name, void (*content)(const Writer *))
{
    static const char *const architectures[] = {"amd64", "arm64", "x86"};

    for (guint i = 0; i < G_N_ELEMENTS(architectures); i++) {
        begin(writer, "component");
        attribute(writer, "name", name);
        attribute(writer, "processorArchitecture", architectures[i]);
        attribute(writer, "publicKeyToken", "31bf3856ad364e35");
        attribute(writer, "language", "neutral");
        attribute(writer, "versionScope", "nonSxS");
        content(writer);
        end(writer);
    }
}

static gboolean
has_locales(const VpSysprepValues *values)
{
    return values->texts[VP_SYSPREP_INPUT_LOCALE] != NULL ||
           values->texts[VP_SYSPREP_SYSTEM_LOCALE] != NULL ||
           values->texts[VP_SYSPREP_UI_LANGUAGE] != NULL ||
           values->texts[VP_SYSPREP_USER_LOCALE] != NULL;
}

static void
begin_pass(const Writer *writer, const char *pass)
{
    begin(writer, "settings");
    attribute(writer, "pass", pass);
}

static void
write_passes(const Writer *writer)
{
    begin_pass(writer, "specialize");
    write_component(writer, "Microsoft-Windows-Shell-Setup", write_computer);
    if (writer->values->texts[VP_SYSPREP_JOIN_DOMAIN] != NULL)
        write_component(writer, "Microsoft-Windows-UnattendedJoin", write_join);
    end(writer);
    begin_pass(writer, "oobeSystem");
    if (has_locales(writer->values))
        write_component(writer, "Microsoft-Windows-International-Core", write_locales);
    write_component(writer, "Microsoft-Windows-Shell-Setup", write_first_logon);
    end(writer);
}

static GBytes *
render_xml(const VpSysprepValues *values)
{
    g_autoptr(xmlBuffer) buffer = xmlBufferCreate();
    g_autoptr(xmlTextWriter) xml = xmlNewTextWriterMemory(buffer, 0);
    Writer writer = {xml, values};

    xmlTextWriterSetIndent(xml, 1);
    xmlTextWriterSetIndentString(xml, (const xmlChar *)"  ");
    xmlTextWriterStartDocument(xml, NULL, "utf-8", NULL);
    begin(&writer, "unattend");
    attribute(&writer, "xmlns", UNATTEND);
    write_passes(&writer);
    end(&writer);
    xmlTextWriterEndDocument(xml);
    xmlTextWriterFlush(xml);
    return g_bytes_new(xmlBufferContent(buffer), (gsize)xmlBufferLength(buffer));
}

/* Lines end as Windows writes them: its parser of .inf files is of that age. */
static const char inf_template[] = "[Unattended]\r\n"
                                   "OemSkipEula=Yes\r\n"
                                   "[GuiUnattended]\r\n"
                                   "AdminPassword=\"$AdminPassword$\"\r\n"
                                   "EncryptedAdminPassword=NO\r\n"
                                   "OEMSkipRegional=1\r\n"
                                   "OemSkipWelcome=1\r\n"
                                   "TimeZone=\"$TimeZone$\"\r\n"
                                   "[UserData]\r\n"
                                   "ProductKey=\"$ProductKey$\"\r\n"
                                   "FullName=\"$OwnerName$\"\r\n"
                                   "OrgName=\"$OrgName$\"\r\n"
                                   "ComputerName=\"$ComputerName$\"\r\n"
                                   "[RegionalSettings]\r\n"
                                   "LanguageGroup=1\r\n"
                                   "SystemLocale=\"$SystemLocale$\"\r\n"
                                   "UserLocale=\"$UserLocale$\"\r\n"
                                   "InputLocale=\"$InputLocale$\"\r\n"
                                   "[Identification]\r\n"
                                   "JoinDomain=\"$JoinDomain$\"\r\n"
                                   "DomainAdmin=\"$DomainAdmin$\"\r\n"
                                   "DomainAdminPassword=\"$DomainAdminPassword$\"\r\n"
                                   "MachineObjectOU=\"$MachineObjectOU$\"\r\n"
                                   "[Networking]\r\n"
                                   "InstallDefaultComponents=Yes\r\n";

static GBytes *
render_template(const VpSpec *spec, const VpSysprepValues *values, GError **error)
{
    g_autoptr(GBytes) template =
        vp_render_data_read(spec->sysprep.template, "sysprep/template", error);
    GBytes *filled;

    if (!template)
        return NULL;
    filled = spec->sysprep.legacy
                 ? vp_render_sysprep_template_fill_inf(values, template, FALSE, error)
                 : vp_render_sysprep_template_fill_xml(values, template, error);
    if (filled == NULL)
        (void)vp_error_set_place(error, "sysprep/template", &spec->sysprep.template->place);
    return filled;
}

GBytes *
vp_render_sysprep(const VpSpec *spec, GError **error)
{
    g_autoptr(VpSysprepValues) values = vp_render_sysprep_values_new(spec, error);
    g_autoptr(GBytes) template = NULL;

    if (!values)
        return NULL;
    if (spec->sysprep.template != NULL)
        return render_template(spec, values, error);
    if (!spec->sysprep.legacy)
        return render_xml(values);
    template = g_bytes_new_static(inf_template, sizeof inf_template - 1);
    return vp_render_sysprep_template_fill_inf(values, template, TRUE, error);
}
