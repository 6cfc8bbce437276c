/* IEEE-754 arithmetic as `kernels.py` defines it: what C's own mathematics lacks, or does in another way than Python.

   C answers at every edge as the standard says (exp(710) is inf, log(-1) is nan), so `exp`, `log`, `pow` and most others
   are called as they are. Everything here gives the bits that Python's arithmetic gives; compile without contraction of
   a * b + c and without "fast" mathematics. Nothing here needs Python, so all of it can run without its lock. */

#ifndef AUTODIFF_KERNELS_H
#define AUTODIFF_KERNELS_H

#include <float.h>
#include <math.h>
#include <patchlevel.h> /* which Python this is for */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef Py_PYTHON_H
typedef ptrdiff_t Py_ssize_t;
#endif

#define PI 3.141592653589793

/* The larger; a nan wins, and the first of two equals. */
static inline double maximum(double a, double b) {
    return a >= b || a != a ? a : b;
}

/* The smaller; a nan wins, and the first of two equals. */
static inline double minimum(double a, double b) {
    return a <= b || a != a ? a : b;
}

static inline double clip(double a, double low, double high) {
    return minimum(maximum(a, low), high);
}

static inline double sign(double x) {
    return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x == 0.0 ? 0.0 : x;
}

/* What is left of a after whole b's, with the sign of b. */
static inline double floored_remainder(double a, double b) {
    if (b == 0.0)
        return NAN;
    double rest = fmod(a, b);
    if (rest == 0.0)
        return copysign(0.0, b);
    return (b < 0.0) != (rest < 0.0) ? rest + b : rest;
}

/* floor(a / b) by the exact remainder, since the quotient itself may round up to a whole number. */
static inline double floor_divide(double a, double b) {
    if (b == 0.0)
        return a / b;
    double rest = fmod(a, b);
    double quotient = (a - rest) / b;
    if (rest != 0.0 && (b < 0.0) != (rest < 0.0))
        quotient -= 1.0;
    if (quotient == 0.0)
        return copysign(0.0, a / b);
    double whole = floor(quotient);
    return quotient - whole > 0.5 ? whole + 1.0 : whole;
}

/* The sum 1 + x * x + … as the parts that doubles can hold: a leading one, and what rounding took from it. */
typedef struct {
    double sum, of_products, of_sums;
} SumOfSquares;

static inline void add_product(SumOfSquares *s, double a, double b) {
    double product = a * b;
    double sum = s->sum + product;
    s->of_products += fma(a, b, -product);
    s->of_sums += product - (sum - s->sum);
    s->sum = sum;
}

static inline double hypotenuse(double a, double b);

/* The same for sides whose inverse would overflow, as Python has it. */
static inline double tiny_hypotenuse(double a, double b, double longest) {
#if PY_VERSION_HEX < 0x030C0000
    double sum = 1.0, lost = 0.0, squares[2] = {a / longest * (a / longest), b / longest * (b / longest)};
    for (int i = 0; i < 2; i++) {
        double before = sum;
        sum += squares[i];
        lost += squares[i] - (sum - before);
    }
    return longest * sqrt(sum - 1.0 + lost);
#else
    return DBL_MIN * hypotenuse(a / DBL_MIN, b / DBL_MIN);
#endif
}

/* sqrt(a * a + b * b) as Python's `math.hypot` rounds it: the larger operand is scaled to lie in [1/2, 1), the squares
   are added without loss onto a 1 (so that every sum is of one size), and one Newton step with the exact remainder
   corrects the square root. */
static inline double hypotenuse(double a, double b) {
    double sides[2] = {fabs(a), fabs(b)};
    double longest = sides[0] > sides[1] ? sides[0] : sides[1];
    int exponent;
    if (isinf(a) || isinf(b))
        return INFINITY;
    if (a != a || b != b)
        return NAN;
    if (longest == 0.0)
        return 0.0;
    frexp(longest, &exponent);
    if (exponent < -1023)
        return tiny_hypotenuse(sides[0], sides[1], longest);
    double scale = ldexp(1.0, -exponent);
    SumOfSquares s = {1.0, 0.0, 0.0};
    add_product(&s, sides[0] * scale, sides[0] * scale);
    add_product(&s, sides[1] * scale, sides[1] * scale);
    double root = sqrt(s.sum - 1.0 + (s.of_products + s.of_sums));
    add_product(&s, -root, root);
    double rest = s.sum - 1.0 + (s.of_products + s.of_sums);
    root += rest / (2.0 * root);
    return root / scale;
}

/* y * x + c for each coefficient c, from the last to the first. */
static inline double horner(double x, const double *coefficients, Py_ssize_t n) {
    double y = 0.0 * x;
    while (n--)
        y = y * x + coefficients[n];
    return y;
}

#define polynomial(x, coefficients) horner(x, coefficients, sizeof(coefficients) / sizeof(double))

/* An exact sum that is rounded once, at the end; add numbers one by one.

   While few, the numbers are kept as parts that do not overlap, the smallest first, and add up to the sum exactly. A sum
   that becomes too large, or has too many parts, goes on as one integer in units of the smallest subnormal number. */
enum { SUM_PARTS = 64, SUM_LIMBS = 70 };

typedef struct {
    int count, wide, only_negative_zeros, empty;
    uint32_t added;             /* since carries were last propagated */
    double special;             /* the sum of what is inf or nan */
    double parts[SUM_PARTS];
    int64_t limbs[SUM_LIMBS];   /* 32 bits each, the lowest first; valid where `wide` */
} Sum;

static inline void sum_start(Sum *s) {
    s->count = s->wide = 0;
    s->only_negative_zeros = s->empty = 1;
    s->special = 0.0;
}

void sum_add_wide(Sum *s, double x);
void sum_widen(Sum *s);
double sum_result_wide(Sum *s);

static inline void sum_add(Sum *s, double x) {
    int kept = 0;
    double all = x;
    s->empty = 0;
    s->only_negative_zeros &= x == 0.0 && signbit(x);
    if (!isfinite(x)) {
        s->special += x;
        return;
    }
    if (s->wide) {
        sum_add_wide(s, x);
        return;
    }
    for (int i = 0; i < s->count; i++) {
        double large = all, small = s->parts[i];
        if (fabs(large) < fabs(small))
            large = s->parts[i], small = all;
        double sum = large + small;
        if (isinf(sum)) { /* the parts from i on, those kept, and what is carried are the sum: none is lost */
            memmove(s->parts + kept, s->parts + i, (size_t)(s->count - i) * sizeof(double));
            s->count -= i - kept;
            sum_widen(s);
            sum_add_wide(s, all);
            return;
        }
        double lost = small - (sum - large);
        if (lost != 0.0)
            s->parts[kept++] = lost;
        all = sum;
    }
    s->count = kept;
    s->parts[s->count++] = all;
    if (s->count == SUM_PARTS)
        sum_widen(s);
}

static inline double sum_result(Sum *s) {
    int i = s->count;
    double sum, lost = 0.0;
    if (s->special != 0.0)
        return s->special;
    if (s->wide)
        sum = sum_result_wide(s);
    else if (!i)
        sum = 0.0;
    else {
        sum = s->parts[--i];
        while (i && lost == 0.0) {
            double before = sum, part = s->parts[--i];
            sum = before + part;
            lost = part - (sum - before);
        }
        /* half way between two doubles, what is left decides */
        if (i && (lost < 0.0 ? s->parts[i - 1] < 0.0 : lost > 0.0 && s->parts[i - 1] > 0.0)) {
            double twice = lost * 2.0, other = sum + twice;
            if (twice == other - sum)
                sum = other;
        }
    }
    return sum == 0.0 ? (s->only_negative_zeros && !s->empty ? -0.0 : 0.0) : sum;
}

/* The exact sum, rounded once. */
static inline double total(const double *xs, Py_ssize_t n) {
    Sum s;
    sum_start(&s);
    for (Py_ssize_t i = 0; i < n; i++)
        sum_add(&s, xs[i]);
    return sum_result(&s);
}

/* The products of the first half with the second half, each rounded, and their sum rounded once. */
static inline double dot(const double *xs, Py_ssize_t n) {
    Sum s;
    sum_start(&s);
    for (Py_ssize_t i = 0; i < n / 2; i++)
        sum_add(&s, xs[i] * xs[n / 2 + i]);
    return sum_result(&s);
}

/* Where the first of the largest stands; a nan is larger than any number. */
static inline Py_ssize_t place_of_largest(const double *xs, Py_ssize_t n) {
    Py_ssize_t best = 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (xs[i] != xs[i])
            return i;
        if (xs[i] > xs[best])
            best = i;
    }
    return best;
}

static inline double largest(const double *xs, Py_ssize_t n) {
    return xs[place_of_largest(xs, n)];
}

/* The slopes of a total. */
static inline void ones(const double *xs, Py_ssize_t n, double *slopes) {
    (void)xs;
    for (Py_ssize_t i = 0; i < n; i++)
        slopes[i] = 1.0;
}

/* The slopes of a dot product whose operands stand one list after the other: each one's partner. */
static inline void swapped(const double *xs, Py_ssize_t n, double *slopes) {
    Py_ssize_t half = n / 2;
    for (Py_ssize_t i = 0; i < n; i++)
        slopes[i] = xs[i < n - half ? i + half : i - (n - half)];
}

#endif
