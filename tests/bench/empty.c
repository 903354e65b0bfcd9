/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An empty program: the floor that the hook's costs are counted from. */
int
main(void)
{
    return 0;
}
