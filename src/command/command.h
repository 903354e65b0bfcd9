/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* VpCommand: one subcommand of virt-payload as data. Parsing, help, man page and completion follow
 * it. */
#pragma once

#include <glib.h>

#include "payload/conf.h"

typedef enum {
    VP_OPTION_FLAG,     /* gboolean */
    VP_OPTION_TEXT,     /* char *: if given twice, the last one counts; the bytes of argv
                         */
    VP_OPTION_TEXTS,    /* char **, NULL-terminated, every one given; NULL if none */
    VP_OPTION_NUMBER,   /* int, 0 or more */
    VP_OPTION_CALLBACK, /* handle(): if the order among options matters */
} VpOptionKind;

typedef struct VpOption VpOption;
struct VpOption {
    const char *name; /* "file"; NULL ends the table */
    char letter;      /* '\0' if it has none */
    VpOptionKind kind;
    gsize offset;         /* of its variable in the command's options; not for a callback */
    const char *argument; /* "PATH"; NULL for a flag, and for a callback without a value */
    const char *summary;  /* lower case, no full stop */
    gboolean (*handle)(gpointer options, const VpOption *option, const char *value, GError **error);
    void (*detail)(void); /* of a callback: a function for its handle, which knows the type */
    int number;           /* of NUMBER: the default */
};

typedef struct VpCommand VpCommand;

/* One run of a command, as its arguments said. */
typedef struct {
    const VpCommand *command;
    const char *uri;    /* libvirt's, from --connect; NULL: vp_virt_open() chooses */
    const VpConf *conf; /* while the command runs */
    gpointer options;   /* the command's own struct, zeroed before parsing */
    char **arguments;   /* NULL-terminated; n_arguments lies between the command's bounds */
    guint n_arguments;
    char *guest;     /* set by the command (g_strdup) once it is known: main names it in an error */
    int status;      /* exit status of a run that did not fail; 0 */
    gboolean is_all; /* --all */
    gboolean is_quiet;           /* no data on standard output, nor what was done */
    struct json_object *results; /* an array, see report.h; NULL: text is printed */
} VpCall;

typedef enum {
    VP_COMMAND_PLAIN = 0,
    VP_COMMAND_LIBVIRT = 1 << 0, /* may connect: takes -c after its name too */
    VP_COMMAND_REPORTS = 1 << 1, /* says by report.h what it did: takes --json and --quiet */
    VP_COMMAND_GUESTS = 1 << 2,  /* its arguments are guests: any number, patterns, --all */
} VpCommandFlags;

struct VpCommand {
    const char *name;
    const char *arguments;   /* "GUEST|UUID", "[FILE]"; "" if it takes none */
    const char *summary;     /* one line of at most 66 columns, lower case, no full stop */
    const char *details;     /* paragraphs of its help, a line each (it is wrapped); NULL if none */
    const VpOption *options; /* NULL if it has none, or makes them */
    const VpOption *(*make_options)(void); /* the same each time; NULL if options has them */
    gsize options_size;                    /* of the struct that the offsets lie in */
    guint min_arguments;
    guint max_arguments;
    VpCommandFlags flags;
    int failure_status; /* exit status of an error that is not of usage; 0 means 1 */
    /* Prints data to stdout; FALSE with an error that main prints. */
    gboolean (*run)(VpCall *call, GError **error);
    void (*clear)(gpointer options); /* what a callback stored; NULL if the table frees all */
};

enum {
    VP_EXIT_OK = 0,
    VP_EXIT_FAILED = 1,
    VP_EXIT_USAGE = 2,
};

/* Options that go before the command's name; -c may follow it too. */
typedef struct {
    char *uri;
    char *conf_path;
    gboolean help;
    gboolean version;
    gboolean json; /* these of commands only */
    gboolean quiet;
    gboolean all;
} VpGlobalOptions;
void vp_command_global_options_clear(VpGlobalOptions *options);

/* Takes the options off argv (g_strdupv'd, argv[0] left out); the command's name and what follows
 * is left in *rest. VP_ERROR_USAGE, without the value of any option. */
gboolean vp_command_parse_globals(char **argv, VpGlobalOptions *options, char ***rest,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a command: argv without its name. With --help the number of arguments is not
 * checked. options is the command's own struct; line is freed by vp_command_clear. */
typedef struct {
    gpointer options;
    char **arguments;
    guint n_arguments;
    gboolean help;
} VpCommandLine;
gboolean vp_command_parse(const VpCommand *command, char **argv, VpGlobalOptions *globals,
                          VpCommandLine *line, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vp_command_clear(const VpCommand *command, VpCommandLine *line);

/* Help, in at most 80 columns: of the program, and of one command. */
char *vp_command_help_all(const VpCommand *const *commands);
char *vp_command_help(const VpCommand *command);

/* NULL and VP_ERROR_USAGE with a suggestion if there is no such command. commands:
 * NULL-terminated. */
const VpCommand *vp_command_find(const VpCommand *const *commands, const char *name,
                                 GError **error);
