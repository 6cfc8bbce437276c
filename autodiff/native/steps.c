/* The sweeps over a tape, for one row and for a block of rows. The gradients are added in the order that is given, an
   operation's operands in theirs. Where nothing flows, nothing is added, not even 0 * inf. */

/* The code is a constant at every place below: a call would choose the operation again. */
#if defined(__GNUC__)
static inline double slope1(int, int, double, double, int *) __attribute__((always_inline));
static inline double slope2(int, int, double, double, double, int *) __attribute__((always_inline));
static inline double slope3(int, int, double, double, double, double, int *) __attribute__((always_inline));
#endif

#include "steps.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

static void gather(double *xs, const double *registers, const int32_t *operands, Py_ssize_t n, Py_ssize_t rows) {
    for (Py_ssize_t i = 0; i < n; i++)
        xs[i] = registers[operands[i] * rows];
}

static double value_of_many(const Steps *s, const Step *step, const double *registers, Py_ssize_t rows, double *xs) {
    gather(xs, registers, s->operands + step->a, step->b, rows);
    return autodiff_value(step->code, xs, step->b);
}

/* One row */

void run_forward_once(const Steps *s, double *registers, double *scratch) {
    double *y = registers + s->base;
    const double *v = registers;
    for (const Step *step = s->steps, *end = step + s->size; step < end; step++, y++) {
        switch (step->code) {
#define UNARY(NAME, CODE)   case CODE: *y = value_##NAME(v[step->a]); break;
#define BINARY(NAME, CODE)  case CODE: *y = value_##NAME(v[step->a], v[step->b]); break;
#define TERNARY(NAME, CODE) case CODE: *y = value_##NAME(v[step->a], v[step->b], v[step->c]); break;
            AUTODIFF_UNARY(UNARY)
            AUTODIFF_BINARY(BINARY)
            AUTODIFF_TERNARY(TERNARY)
        case LESS: *y = v[step->a] < v[step->b]; break;
        case AT_MOST: *y = v[step->a] <= v[step->b]; break;
        case MORE: *y = v[step->a] > v[step->b]; break;
        case AT_LEAST: *y = v[step->a] >= v[step->b]; break;
        case BOTH: *y = v[step->a] != 0.0 && v[step->b] != 0.0; break;
        case EITHER: *y = v[step->a] != 0.0 || v[step->b] != 0.0; break;
        default: *y = value_of_many(s, step, v, 1, scratch);
        }
    }
}

/* Add to one row of the gradients of a step's operands, of which there are any number. */
static void flow_of_many(const Steps *s, const Step *step, const double *registers, double y, double upstream,
                         const Adjoints *adjoints, Py_ssize_t rows, Py_ssize_t row, double *xs) {
    double *slopes = xs + s->longest;
    uint8_t *blocked = (uint8_t *)(slopes + s->longest);
    const int32_t *operands = s->operands + step->a;
    gather(xs, registers, operands, step->b, rows);
    autodiff_slopes(step->code, xs, step->b, y, slopes, blocked);
    for (Py_ssize_t i = 0; i < step->b; i++) {
        int32_t to = operands[i];
        if (blocked[i] || !s->wanted[to])
            continue;
        adjoints->gradients[to * rows + row] += slopes[i] * upstream;
        if (rows == 1)
            adjoints->state[to] = REACHED;
        else if (adjoints->state[to] != REACHED) {
            adjoints->state[to] = PARTLY;
            adjoints->rows_reached[to * rows + row] = 1;
        }
    }
}

void run_backward_once(const Steps *s, const double *v, const Adjoints *adjoints, double *scratch) {
    double *gradients = adjoints->gradients;
    uint8_t *state = adjoints->state;
    for (Py_ssize_t k = 0; k < s->ordered; k++) {
        Py_ssize_t i = s->order[k];
        const Step *step = s->steps + i;
        Py_ssize_t at = s->base + i;
        if (!step->needed || !state[at])
            continue;
        double upstream = gradients[at], y = v[at];
        switch (step->code) {
#define GIVE(OPERAND, TO, SLOPE)                       \
    if (step->needed & 1 << OPERAND) {                 \
        int blocks = 0, *blocked = &blocks;            \
        double slope = SLOPE;                          \
        if (!blocks) {                                 \
            gradients[step->TO] += slope * upstream;   \
            state[step->TO] = REACHED;                 \
        }                                              \
    }
#define UNARY_BACK(NAME, CODE)                                                     \
    case CODE:                                                                     \
        GIVE(0, a, slope1(CODE, 0, v[step->a], y, blocked))                        \
        break;
#define BINARY_BACK(NAME, CODE)                                                    \
    case CODE:                                                                     \
        GIVE(0, a, slope2(CODE, 0, v[step->a], v[step->b], y, blocked))            \
        GIVE(1, b, slope2(CODE, 1, v[step->a], v[step->b], y, blocked))            \
        break;
#define TERNARY_BACK(NAME, CODE)                                                   \
    case CODE:                                                                     \
        GIVE(0, a, slope3(CODE, 0, v[step->a], v[step->b], v[step->c], y, blocked)) \
        GIVE(1, b, slope3(CODE, 1, v[step->a], v[step->b], v[step->c], y, blocked)) \
        GIVE(2, c, slope3(CODE, 2, v[step->a], v[step->b], v[step->c], y, blocked)) \
        break;
            AUTODIFF_UNARY(UNARY_BACK)
            AUTODIFF_BINARY(BINARY_BACK)
            AUTODIFF_TERNARY(TERNARY_BACK)
        case LESS: case AT_MOST: case MORE: case AT_LEAST: case BOTH: case EITHER: break;
        default: flow_of_many(s, step, v, y, upstream, adjoints, 1, 0, scratch);
        }
    }
}

/* A block of rows */

#define EACH_ROW for (Py_ssize_t r = 0; r < rows; r++)

void run_forward(const Steps *s, double *registers, Py_ssize_t rows, double *scratch) {
    for (Py_ssize_t i = 0; i < s->size; i++) {
        const Step *step = s->steps + i;
        double *restrict y = registers + (s->base + i) * rows;
        const double *a = registers + step->a * rows, *b = registers + step->b * rows, *c = registers + step->c * rows;
        switch (step->code) {
#define UNARY_ROWS(NAME, CODE)   case CODE: EACH_ROW y[r] = value_##NAME(a[r]); break;
#define BINARY_ROWS(NAME, CODE)  case CODE: EACH_ROW y[r] = value_##NAME(a[r], b[r]); break;
#define TERNARY_ROWS(NAME, CODE) case CODE: EACH_ROW y[r] = value_##NAME(a[r], b[r], c[r]); break;
            AUTODIFF_UNARY(UNARY_ROWS)
            AUTODIFF_BINARY(BINARY_ROWS)
            AUTODIFF_TERNARY(TERNARY_ROWS)
        case LESS: EACH_ROW y[r] = a[r] < b[r]; break;
        case AT_MOST: EACH_ROW y[r] = a[r] <= b[r]; break;
        case MORE: EACH_ROW y[r] = a[r] > b[r]; break;
        case AT_LEAST: EACH_ROW y[r] = a[r] >= b[r]; break;
        case BOTH: EACH_ROW y[r] = a[r] != 0.0 && b[r] != 0.0; break;
        case EITHER: EACH_ROW y[r] = a[r] != 0.0 || b[r] != 0.0; break;
        default: EACH_ROW y[r] = value_of_many(s, step, registers + r, rows, scratch);
        }
    }
}

/* Note that a contribution has reached some rows of a register; `some` has a byte for each. */
static void reach(const Adjoints *adjoints, int32_t to, Py_ssize_t rows, const uint8_t *some) {
    uint8_t *reached = adjoints->rows_reached + to * rows, all = 1, any = 0;
    if (adjoints->state[to] == REACHED)
        return;
    EACH_ROW {
        reached[r] |= some[r];
        all &= reached[r];
        any |= reached[r];
    }
    adjoints->state[to] = all ? REACHED : any ? PARTLY : UNREACHED;
}

enum { MOST_ROWS = 64 };

void run_backward(const Steps *s, const double *v, const Adjoints *adjoints, Py_ssize_t rows, double *scratch) {
    for (Py_ssize_t k = 0; k < s->ordered; k++) {
        Py_ssize_t i = s->order[k];
        const Step *step = s->steps + i;
        Py_ssize_t at = s->base + i;
        if (!step->needed || !adjoints->state[at])
            continue;
        int whole = adjoints->state[at] == REACHED;
        const uint8_t *reached = adjoints->rows_reached + at * rows;
        const double *upstream = adjoints->gradients + at * rows, *y = v + at * rows;
        const double *a = v + step->a * rows, *b = v + step->b * rows, *c = v + step->c * rows;
        switch (step->code) {
/* A gradient that started at 0.0 is never -0.0, so to add 0.0 to it is to add nothing. */
#define GIVE_ROWS(OPERAND, TO, SLOPE)                                              \
    if (step->needed & 1 << OPERAND) {                                             \
        double *restrict to = adjoints->gradients + step->TO * rows;               \
        uint8_t some[MOST_ROWS], closed = 0;                                       \
        if (whole)                                                                 \
            EACH_ROW {                                                             \
                int blocks = 0, *blocked = &blocks;                                \
                double slope = SLOPE;                                              \
                to[r] += blocks ? 0.0 : slope * upstream[r];                       \
                some[r] = !blocks;                                                 \
                closed |= (uint8_t)blocks;                                         \
            }                                                                      \
        else {                                                                     \
            closed = 1;                                                            \
            EACH_ROW {                                                             \
                int blocks = !reached[r], *blocked = &blocks;                      \
                double slope = SLOPE;                                              \
                to[r] += blocks ? 0.0 : slope * upstream[r];                       \
                some[r] = !blocks;                                                 \
            }                                                                      \
        }                                                                          \
        if (closed)                                                                \
            reach(adjoints, step->TO, rows, some);                                 \
        else                                                                       \
            adjoints->state[step->TO] = REACHED;                                   \
    }
#define UNARY_ROWS_BACK(NAME, CODE)                                                \
    case CODE:                                                                     \
        GIVE_ROWS(0, a, slope1(CODE, 0, a[r], y[r], blocked))                      \
        break;
#define BINARY_ROWS_BACK(NAME, CODE)                                               \
    case CODE:                                                                     \
        GIVE_ROWS(0, a, slope2(CODE, 0, a[r], b[r], y[r], blocked))                \
        GIVE_ROWS(1, b, slope2(CODE, 1, a[r], b[r], y[r], blocked))                \
        break;
#define TERNARY_ROWS_BACK(NAME, CODE)                                              \
    case CODE:                                                                     \
        GIVE_ROWS(0, a, slope3(CODE, 0, a[r], b[r], c[r], y[r], blocked))          \
        GIVE_ROWS(1, b, slope3(CODE, 1, a[r], b[r], c[r], y[r], blocked))          \
        GIVE_ROWS(2, c, slope3(CODE, 2, a[r], b[r], c[r], y[r], blocked))          \
        break;
            AUTODIFF_UNARY(UNARY_ROWS_BACK)
            AUTODIFF_BINARY(BINARY_ROWS_BACK)
            AUTODIFF_TERNARY(TERNARY_ROWS_BACK)
        case LESS: case AT_MOST: case MORE: case AT_LEAST: case BOTH: case EITHER: break;
        default:
            EACH_ROW if (whole || reached[r])
                flow_of_many(s, step, v + r, y[r], upstream[r], adjoints, rows, r, scratch);
        }
    }
}
