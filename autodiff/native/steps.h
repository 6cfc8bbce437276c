/* A tape for the interpreter, and the two sweeps over it. Nothing here needs Python or holds memory.

   A register is a number for each of the `rows` of a block: registers[r * rows] is the first of register r. The inputs
   come first, then the constants, then a register for each operation. */

#ifndef AUTODIFF_STEPS_H
#define AUTODIFF_STEPS_H

#include "ops.h"

/* Codes of comparisons follow those of the table. */
enum { LESS = OPERATIONS, AT_MOST, MORE, AT_LEAST, BOTH, EITHER, CODES };

/* An operation: its operands, or, where it takes any number, the place of the first and their count. */
typedef struct {
    int16_t code;
    uint8_t arity;  /* 0: any number */
    uint8_t needed; /* a bit for each of three operands: whether its gradient is wanted; any bit: some operand's is */
    int32_t a, b, c;
} Step;

typedef struct {
    Py_ssize_t size, base; /* how many steps; the register of the first */
    Py_ssize_t longest;    /* the most operands of a step of any number */
    const Step *steps;
    const int32_t *operands;
    const uint8_t *wanted; /* for each register, whether its gradient is */
    const int32_t *order;  /* the steps of a backward sweep, in its order */
    Py_ssize_t ordered;
} Steps;

enum { UNREACHED = 0, PARTLY = 1, REACHED = 2 };

/* What a backward sweep fills. */
typedef struct {
    double *gradients;   /* as the registers */
    uint8_t *state;      /* of each register: whether a contribution has come in no row, in some, or in all */
    uint8_t *rows_reached; /* as the registers; of those that are PARTLY reached */
} Adjoints;

/* `scratch` has room for 2 * longest numbers and longest bytes behind them. */
void run_forward(const Steps *s, double *registers, Py_ssize_t rows, double *scratch);
void run_backward(const Steps *s, const double *registers, const Adjoints *adjoints, Py_ssize_t rows, double *scratch);
void run_forward_once(const Steps *s, double *registers, double *scratch);
void run_backward_once(const Steps *s, const double *registers, const Adjoints *adjoints, double *scratch);

#endif
