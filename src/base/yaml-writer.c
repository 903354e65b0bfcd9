/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Typed YAML through libyaml's emitter. */
#include <config.h>

#include <string.h>
#include <yaml.h>

#include "base/error.h"
#include "base/yaml-writer.h"

struct VpYaml {
    yaml_emitter_t emitter;
    GString *text;
    gboolean failed; /* the emitter refused an event; reported once, at the end */
};

static int
append(void *data, unsigned char *buffer, size_t size)
{
    g_string_append_len(data, (const char *)buffer, (gssize)size);
    return 1;
}

/* As g_malloc() does. */
static void G_GNUC_NORETURN
out_of_memory(void)
{
    g_error("yaml: out of memory");
}

/* initialized: what libyaml's yaml_*_event_initialize() returned. The emitter takes the event over.
 */
static void
emit(VpYaml *yaml, yaml_event_t *event, int initialized)
{
    if (!initialized)
        out_of_memory();
    if (yaml->failed)
        yaml_event_delete(event);
    else if (!yaml_emitter_emit(&yaml->emitter, event))
        yaml->failed = TRUE;
    if (yaml->emitter.error == YAML_MEMORY_ERROR)
        out_of_memory();
}

VpYaml *
vp_yaml_new(void)
{
    VpYaml *yaml = g_new0(VpYaml, 1);
    yaml_event_t event;

    yaml->text = g_string_new(NULL);
    if (!yaml_emitter_initialize(&yaml->emitter))
        out_of_memory();
    yaml_emitter_set_output(&yaml->emitter, append, yaml->text);
    yaml_emitter_set_unicode(&yaml->emitter, 0);
    yaml_emitter_set_width(&yaml->emitter, -1);
    emit(yaml, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
    emit(yaml, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
    return yaml;
}

void
vp_yaml_free(VpYaml *yaml)
{
    if (yaml == NULL)
        return;
    yaml_emitter_delete(&yaml->emitter);
    g_string_free(yaml->text, TRUE);
    g_free(yaml);
}

void
vp_yaml_begin_map(VpYaml *yaml)
{
    yaml_event_t event;

    emit(yaml, &event,
         yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE));
}

void
vp_yaml_end_map(VpYaml *yaml)
{
    yaml_event_t event;

    emit(yaml, &event, yaml_mapping_end_event_initialize(&event));
}

void
vp_yaml_begin_list(VpYaml *yaml)
{
    yaml_event_t event;

    emit(yaml, &event,
         yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE));
}

void
vp_yaml_end_list(VpYaml *yaml)
{
    yaml_event_t event;

    emit(yaml, &event, yaml_sequence_end_event_initialize(&event));
}

static void
scalar(VpYaml *yaml, const char *text, yaml_scalar_style_t style)
{
    yaml_event_t event;
    gsize size = strlen(text);

    /* libyaml counts in int */
    if (size > G_MAXINT || !g_utf8_validate(text, (gssize)size, NULL)) {
        yaml->failed = TRUE;
        return;
    }
    emit(yaml, &event,
         yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)size, 1,
                                      1, style));
}

void
vp_yaml_key(VpYaml *yaml, const char *key)
{
    scalar(yaml, key, YAML_PLAIN_SCALAR_STYLE);
}

void
vp_yaml_string(VpYaml *yaml, const char *text)
{
    scalar(yaml, text, YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

void
vp_yaml_bool(VpYaml *yaml, gboolean value)
{
    scalar(yaml, value ? "true" : "false", YAML_PLAIN_SCALAR_STYLE);
}

void
vp_yaml_int(VpYaml *yaml, gint64 value)
{
    char text[24];

    g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, value);
    scalar(yaml, text, YAML_PLAIN_SCALAR_STYLE);
}

void
vp_yaml_event(VpYaml *yaml, yaml_event_t *event)
{
    emit(yaml, event, 1);
}

void
vp_yaml_add_string(VpYaml *yaml, const char *key, const char *text)
{
    if (text == NULL)
        return;
    vp_yaml_key(yaml, key);
    vp_yaml_string(yaml, text);
}

void
vp_yaml_add_tristate(VpYaml *yaml, const char *key, int tristate)
{
    if (tristate >= 0)
        vp_yaml_add_bool(yaml, key, tristate != 0);
}

void
vp_yaml_add_strings(VpYaml *yaml, const char *key, const GPtrArray *texts)
{
    if (texts->len == 0)
        return;
    vp_yaml_key(yaml, key);
    vp_yaml_begin_list(yaml);
    for (guint i = 0; i < texts->len; i++)
        vp_yaml_string(yaml, g_ptr_array_index(texts, i));
    vp_yaml_end_list(yaml);
}

void
vp_yaml_add_bool(VpYaml *yaml, const char *key, gboolean value)
{
    vp_yaml_key(yaml, key);
    vp_yaml_bool(yaml, value);
}

void
vp_yaml_add_int(VpYaml *yaml, const char *key, gint64 value)
{
    vp_yaml_key(yaml, key);
    vp_yaml_int(yaml, value);
}

GBytes *
vp_yaml_end(VpYaml *yaml, const char *head, GError **error)
{
    yaml_event_t event;

    emit(yaml, &event, yaml_document_end_event_initialize(&event, 1));
    emit(yaml, &event, yaml_stream_end_event_initialize(&event));
    if (yaml->failed || !yaml_emitter_flush(&yaml->emitter))
        return vp_error_null(error, VP_ERROR_TEXT, "text is not UTF-8");
    if (head != NULL)
        g_string_prepend(yaml->text, head);
    return g_bytes_new(yaml->text->str, yaml->text->len);
}
