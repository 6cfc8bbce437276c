/* Loops of NumPy programs over the rows of a matrix. What NumPy rounds in its own way, exponentials and sums, stays
   NumPy's, so that a program has the same bits with these loops and without them. */

#include "arrays.h"

#include "ops.h"

enum { LONG_LOOP = 20000, MOST_ARRAYS = 4 }; /* numbers: from there on other threads run beside it */

/* Arrays of float64, one after the other in memory, seen as rows. */
typedef struct {
    Py_buffer views[MOST_ARRAYS];
    double *data[MOST_ARRAYS];
    Py_ssize_t held, rows, columns;
} Arrays;

static void let_go(Arrays *all) {
    while (all->held)
        PyBuffer_Release(&all->views[--all->held]);
}

/* Whether a view is of float64 numbers, as many as there are rows, or as many as the first has. */
static int fits(const Arrays *all, const Py_buffer *view, int is_vector) {
    Py_ssize_t wanted = all->rows * (is_vector ? 1 : all->columns);
    return view->format && !strcmp(view->format, "d") && view->len / view->itemsize == wanted;
}

/* Take hold of the arrays: `inputs` that are read, then those that are written to; the one at `vector` has a number for
   each row. -1 with an exception, 0 where a loop does not fit. */
static int take_hold(Arrays *all, PyObject *const *args, Py_ssize_t count, Py_ssize_t inputs, Py_ssize_t vector) {
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_buffer *view = &all->views[i];
        if (PyObject_GetBuffer(args[i], view, PyBUF_FORMAT | PyBUF_STRIDES | (i < inputs ? 0 : PyBUF_WRITABLE)))
            return -1;
        all->held++;
        if (!i && (!view->ndim || !(all->columns = view->shape[view->ndim - 1])))
            return 0;
        if (!i)
            all->rows = view->len / view->itemsize / all->columns;
        if (!fits(all, view, i == vector) || !PyBuffer_IsContiguous(view, 'C'))
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

static PyObject *run(PyObject *const *args, Py_ssize_t count, Py_ssize_t inputs, Py_ssize_t vector,
                     void (*loop)(const Arrays *)) {
    Arrays all = {.held = 0};
    int fit = take_hold(&all, args, count, inputs, vector);
    if (fit > 0) {
        PyThreadState *others = all.rows > LONG_LOOP / all.columns ? PyEval_SaveThread() : NULL;
        loop(&all);
        if (others)
            PyEval_RestoreThread(others);
    }
    let_go(&all);
    return fit < 0 ? NULL : PyBool_FromLong(fit);
}

static int is_count(const char *name, Py_ssize_t given, Py_ssize_t expected) {
    if (given != expected)
        PyErr_Format(PyExc_TypeError, "%s: expected %zd arrays, got %zd", name, expected, given);
    return given == expected;
}

PyObject *lowered(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    return is_count("lowered", count, 4) ? run(args, count, 1, 1, lower) : NULL;
}

PyObject *scaled(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    return is_count("scaled", count, 3) ? run(args, count, 1, -1, scale) : NULL;
}

PyObject *divided(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    return is_count("divided", count, 3) ? run(args, count, 2, 1, divide) : NULL;
}
