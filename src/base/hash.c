/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SipHash, https://www.aumasson.jp/siphash/siphash.pdf, of one compression and three finalization
 * rounds. */
#include <config.h>

#include <string.h>
#include <sys/random.h>

#include "base/hash.h"

typedef struct {
    guint64 a, b, c, d;
} State;

static guint64
rotate(guint64 value, guint bits)
{
    return value << bits | value >> (64 - bits);
}

static void
mix(State *state)
{
    state->a += state->b;
    state->c += state->d;
    state->b = rotate(state->b, 13) ^ state->a;
    state->d = rotate(state->d, 16) ^ state->c;
    state->a = rotate(state->a, 32) + state->d;
    state->c += state->b;
    state->d = rotate(state->d, 21) ^ state->a;
    state->b = rotate(state->b, 17) ^ state->c;
    state->c = rotate(state->c, 32);
}

static void
take(State *state, guint64 word)
{
    state->d ^= word;
    mix(state);
    state->a ^= word;
}

/* Without the kernel's random numbers, as early in a boot, the key is zero: slow is better than
 * stopped. */
static const guint64 *
process_key(void)
{
    static guint64 key[2];
    static gsize is_drawn;

    if (g_once_init_enter(&is_drawn)) {
        (void)!getrandom(key, sizeof(key), GRND_NONBLOCK);
        g_once_init_leave(&is_drawn, 1);
    }
    return key;
}

guint
vp_hash_text(gconstpointer text)
{
    const guint64 *key = process_key();
    State state = {key[0] ^ G_GUINT64_CONSTANT(0x736f6d6570736575),
                   key[1] ^ G_GUINT64_CONSTANT(0x646f72616e646f6d),
                   key[0] ^ G_GUINT64_CONSTANT(0x6c7967656e657261),
                   key[1] ^ G_GUINT64_CONSTANT(0x7465646279746573)};
    const guint8 *at = text;
    gsize length = strlen(text);
    guint64 word = 0;

    for (gsize left = length; left >= sizeof(word); left -= sizeof(word), at += sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        take(&state, word);
    }
    word = 0;
    memcpy(&word, at, length % sizeof(word));
    take(&state, word ^ (guint64)length << 56);
    state.c ^= 0xff;
    for (guint i = 0; i < 3; i++)
        mix(&state);
    return (guint)(state.a ^ state.b ^ state.c ^ state.d);
}

int
vp_compare_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}
