/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs commands by turns, each as a process of its own, and prints what one of them costs:
 *
 *   spawn ROUNDS INPUT COMMAND... [-- COMMAND...]...
 *
 * One line for each command: median microseconds, page faults, peak KiB. By turns, so that whatever
 * else the machine does falls on all of them alike. INPUT is each one's standard input; output is
 * dropped. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_COMMANDS = 16 };

typedef struct {
    double *microseconds;
    long faults;
    long kibibytes;
    int failures;
} Cost;

static double
now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void
run(char **command, const char *input, Cost *cost, int round)
{
    posix_spawn_file_actions_t actions;
    struct rusage usage;
    double start;
    pid_t child;
    int status;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    start = now();
    if (posix_spawnp(&child, command[0], &actions, NULL, command, environ) != 0 ||
        wait4(child, &status, 0, &usage) != child) {
        fprintf(stderr, "spawn: %s: %s\n", command[0], strerror(errno));
        exit(1);
    }
    cost->microseconds[round] = now() - start;
    cost->faults = usage.ru_minflt;
    cost->kibibytes = usage.ru_maxrss;
    cost->failures += status != 0;
    posix_spawn_file_actions_destroy(&actions);
}

static int
compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static int
split(char **arguments, char **commands[])
{
    int n = 0;

    commands[n++] = arguments;
    for (; *arguments != NULL; arguments++) {
        if (strcmp(*arguments, "--") == 0 && n < MAX_COMMANDS) {
            *arguments = NULL;
            commands[n++] = arguments + 1;
        }
    }
    return n;
}

int
main(int argc, char **argv)
{
    int rounds = argc > 3 ? atoi(argv[1]) : 0;
    char **commands[MAX_COMMANDS];
    Cost costs[MAX_COMMANDS] = {0};
    int n;

    if (rounds < 1) {
        fputs("usage: spawn ROUNDS INPUT COMMAND... [-- COMMAND...]...\n", stderr);
        return 2;
    }
    n = split(argv + 3, commands);
    for (int i = 0; i < n; i++)
        costs[i].microseconds = calloc((size_t)rounds, sizeof(double));
    for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < n; i++)
            run(commands[i], argv[2], &costs[i], round);
    }
    for (int i = 0; i < n; i++) {
        qsort(costs[i].microseconds, (size_t)rounds, sizeof(double), compare);
        printf("%.1f %ld %ld %d\n", costs[i].microseconds[rounds / 2], costs[i].faults,
               costs[i].kibibytes, costs[i].failures);
        free(costs[i].microseconds);
    }
    return 0;
}
