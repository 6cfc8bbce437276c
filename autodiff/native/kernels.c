/* Sums too wide for a few doubles: one integer in units of the smallest subnormal number, 2**-1074. */

#include "kernels.h"

enum { MANTISSA = 52, LIMB = 32 };

static const int64_t LOW = 0xffffffff;

/* Bring each limb but the highest into 0 … 2**32 - 1; the highest carries the sign. */
static void propagate(Sum *s) {
    for (int i = 0; i + 1 < SUM_LIMBS; i++) {
        int64_t low = s->limbs[i] & LOW;
        s->limbs[i + 1] += (s->limbs[i] - low) / (LOW + 1);
        s->limbs[i] = low;
    }
    s->added = 0;
}

void sum_add_wide(Sum *s, double x) {
    uint64_t bits, digits;
    memcpy(&bits, &x, sizeof bits);
    int exponent = (int)(bits >> MANTISSA & 0x7ff), negative = (int)(bits >> 63);
    digits = bits & (((uint64_t)1 << MANTISSA) - 1);
    if (exponent)
        digits |= (uint64_t)1 << MANTISSA;
    int shift = exponent ? exponent - 1 : 0, at = shift / LIMB, by = shift % LIMB;
    int64_t pieces[3] = {
        (int64_t)(digits << by & (uint64_t)LOW),
        (int64_t)(digits >> (LIMB - by) & (uint64_t)LOW),
        by ? (int64_t)(digits >> (2 * LIMB - by)) : 0,
    };
    for (int i = 0; i < 3; i++)
        s->limbs[at + i] += negative ? -pieces[i] : pieces[i];
    if (++s->added >> 30)
        propagate(s);
}

void sum_widen(Sum *s) {
    s->wide = 1;
    s->added = 0;
    memset(s->limbs, 0, sizeof s->limbs);
    for (int i = 0; i < s->count; i++)
        sum_add_wide(s, s->parts[i]);
    s->count = 0;
}

static int bit(const Sum *s, int place) {
    return (int)(s->limbs[place / LIMB] >> place % LIMB & 1);
}

/* The integer rounded to 53 digits, a half to the even neighbour. */
double sum_result_wide(Sum *s) {
    propagate(s);
    int negative = s->limbs[SUM_LIMBS - 1] < 0;
    if (negative) {
        for (int i = 0; i < SUM_LIMBS; i++)
            s->limbs[i] = -s->limbs[i];
        propagate(s);
    }
    int top = SUM_LIMBS * LIMB - 1;
    while (top >= 0 && !bit(s, top))
        top--;
    int lowest = top > MANTISSA ? top - MANTISSA : 0;
    uint64_t digits = 0;
    for (int place = top; place >= lowest; place--)
        digits = digits << 1 | (uint64_t)bit(s, place);
    if (lowest && bit(s, lowest - 1)) {
        int more = digits & 1;
        for (int place = lowest - 2; place >= 0 && !more; place--)
            more = bit(s, place);
        digits += (uint64_t)more;
    }
    double size = ldexp((double)digits, lowest - 1074);
    return negative ? -size : size;
}
