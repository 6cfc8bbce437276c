/* Loops of NumPy programs over the rows of a matrix. What NumPy rounds in its own way, exponentials and sums, stays
   NumPy's, so that a program has the same bits with these loops and without them. */

#include "arrays.h"

#include "ops.h"

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

enum { LONG_LOOP = 20000, MOST_ARRAYS = 4, NONE = -1 }; /* numbers: from there on other threads run beside it */

/* Arrays, one after the other in memory, seen as rows. */
typedef struct {
    Py_buffer views[MOST_ARRAYS];
    double *data[MOST_ARRAYS];
    Py_ssize_t held, rows, columns;
} Arrays;

/* A loop, and what its arrays are: those that are read come first. All are of float64 numbers but the one of truth values,
   and as large as the first but the vector, which has a number for each row. */
typedef struct {
    const char *name;
    Py_ssize_t arrays, inputs, vector, truths;
    void (*run)(const Arrays *);
} Loop;

static void let_go(Arrays *all) {
    while (all->held)
        PyBuffer_Release(&all->views[--all->held]);
}

/* Whether a view is the array that a loop has at a place. */
static int fits(const Arrays *all, const Loop *loop, Py_ssize_t at) {
    const Py_buffer *view = &all->views[at];
    Py_ssize_t wanted = all->rows * (at == loop->vector ? 1 : all->columns);
    int is_kind = view->format && !strcmp(view->format, at == loop->truths ? "?" : "d");
    return is_kind && view->len / view->itemsize == wanted && PyBuffer_IsContiguous(view, 'C');
}

/* Take hold of the arrays; -1 with an exception, 0 where the loop does not fit them. */
static int take_hold(Arrays *all, const Loop *loop, PyObject *const *args) {
    for (Py_ssize_t i = 0; i < loop->arrays; i++) {
        Py_buffer *view = &all->views[i];
        if (PyObject_GetBuffer(args[i], view, PyBUF_FORMAT | PyBUF_STRIDES | (i < loop->inputs ? 0 : PyBUF_WRITABLE)))
            return -1;
        all->held++;
        if (!i && (!view->ndim || !view->itemsize || !(all->columns = view->shape[view->ndim - 1])))
            return 0;
        if (!i)
            all->rows = view->len / view->itemsize / all->columns;
        if (!fits(all, loop, i))
            return 0;
        all->data[i] = view->buf;
    }
    return 1;
}

/* From xs: the largest of each row, x less the largest, and the factor that gives an exponential back what was lost. */
static void lower(const Arrays *all) {
    for (Py_ssize_t r = 0, n = all->columns; r < all->rows; r++) {
        const double *xs = all->data[0] + r * n;
        double *differences = all->data[2] + r * n, *factors = all->data[3] + r * n, top = largest(xs, n);
        all->data[1][r] = top;
        for (Py_ssize_t i = 0; i < n; i++) { /* as exp_of_difference has it */
            double difference = xs[i] - top, step = difference - xs[i];
            double lost = xs[i] - (difference - step) - (top + step);
            differences[i] = difference;
            factors[i] = isinf(difference) ? 1.0 : 1.0 + lost;
        }
    }
}

/* From xs: multiply exponentials by their factors, and put in place of these the terms, that of the largest less 1. */
static void scale(const Arrays *all) {
    for (Py_ssize_t r = 0, n = all->columns; r < all->rows; r++) {
        double *terms = all->data[1] + r * n, *others = all->data[2] + r * n;
        for (Py_ssize_t i = 0; i < n; i++)
            others[i] = terms[i] = terms[i] * others[i];
        others[place_of_largest(all->data[0] + r * n, n)] -= 1.0;
    }
}

/* From terms and the sum of the others, of which one is 1: the parts of the sum. */
static void divide(const Arrays *all) {
    for (Py_ssize_t r = 0, n = all->columns; r < all->rows; r++)
        for (Py_ssize_t i = 0; i < n; i++)
            all->data[2][r * n + i] = all->data[0][r * n + i] / (1.0 + all->data[1][r]);
}

/* relu: 0.0 of either zero, and a nan stays. */
static void rectify(const Arrays *all) {
    double *x = all->data[0];
    for (Py_ssize_t i = 0, n = all->rows * all->columns; i < n; i++)
        x[i] = x[i] <= 0.0 ? 0.0 : x[i];
}

/* 0.0 wherever the truth is true. */
static void empty(const Arrays *all) {
    const uint8_t *truths = all->views[0].buf;
    double *x = all->data[1];
    for (Py_ssize_t i = 0, n = all->rows * all->columns; i < n; i++)
        x[i] = truths[i] ? 0.0 : x[i];
}

static PyObject *run(const Loop *loop, PyObject *const *args, Py_ssize_t count) {
    Arrays all = {.held = 0};
    if (count != loop->arrays)
        return PyErr_Format(PyExc_TypeError, "%s: expected %zd arrays, got %zd", loop->name, loop->arrays, count);
    int fit = take_hold(&all, loop, args);
    if (fit > 0) {
        PyThreadState *others = all.rows > LONG_LOOP / all.columns ? PyEval_SaveThread() : NULL;
        loop->run(&all);
        if (others)
            PyEval_RestoreThread(others);
    }
    let_go(&all);
    return fit < 0 ? NULL : PyBool_FromLong(fit);
}

#define LOOP(NAME, ARRAYS, INPUTS, VECTOR, TRUTHS, RUN)                                   \
    PyObject *NAME(PyObject *module, PyObject *const *args, Py_ssize_t count) {           \
        static const Loop loop = {#NAME, ARRAYS, INPUTS, VECTOR, TRUTHS, RUN};            \
        return run(&loop, args, count);                                                   \
    }

LOOP(lowered, 4, 1, 1, NONE, lower)
LOOP(scaled, 3, 1, NONE, NONE, scale)
LOOP(divided, 3, 2, 1, NONE, divide)
LOOP(rectified, 1, 0, NONE, NONE, rectify)
LOOP(emptied, 2, 1, NONE, 0, empty)
