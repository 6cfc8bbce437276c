/* The rules of optimizers over NumPy's arrays in one pass through memory, which is what a step in many passes waits for.
   Each number is computed by the operations of the rule in nn/optimizers.py, in their order, so it has the same bits. */

#include "optimizers.h"

#include <math.h>
#include <string.h>

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("O3")
#endif

enum { PARAMETERS, GRADIENT, M, V, AFTER, ARRAYS, LONG_STEP = 20000 }; /* numbers: then other threads run beside it */

typedef struct {
    double beta_1, rest_1, beta_2, rest_2, epsilon, scale;
} Factors;

static void adam_rule(double *const *data, Py_ssize_t n, const Factors *by) {
    const double *restrict parameters = data[PARAMETERS], *restrict gradient = data[GRADIENT];
    double *restrict ms = data[M], *restrict vs = data[V], *restrict after = data[AFTER];
    const Factors f = *by;
    for (Py_ssize_t i = 0; i < n; i++) {
        double g = gradient[i], m = ms[i] * f.beta_1 + f.rest_1 * g, v = vs[i] * f.beta_2 + f.rest_2 * g * g;
        ms[i] = m;
        vs[i] = v;
        after[i] = parameters[i] - f.scale * m / (sqrt(v) + f.epsilon);
    }
}

/* Whether a view is one row of n float64 numbers. */
static int fits(const Py_buffer *view, Py_ssize_t n) {
    return view->ndim == 1 && view->shape[0] == n && view->format && !strcmp(view->format, "d") &&
           PyBuffer_IsContiguous(view, 'C');
}

/* Whether an array that is written lies apart from all others. */
static int lie_apart(const Py_buffer *views) {
    for (int i = M; i < ARRAYS; i++)
        for (int j = 0; j < i; j++)
            if ((char *)views[i].buf < (char *)views[j].buf + views[j].len &&
                (char *)views[j].buf < (char *)views[i].buf + views[i].len)
                return 0;
    return 1;
}

/* Run the rule on views that fit it, or say that they do not. */
static int run(const Py_buffer *views, const Factors *by) {
    double *data[ARRAYS];
    Py_ssize_t n = views[0].ndim ? views[0].shape[0] : 0;
    for (int i = 0; i < ARRAYS; i++) {
        if (!fits(&views[i], n))
            return 0;
        data[i] = views[i].buf;
    }
    if (!lie_apart(views))
        return 0;
    PyThreadState *others = n > LONG_STEP ? PyEval_SaveThread() : NULL;
    adam_rule(data, n, by);
    if (others)
        PyEval_RestoreThread(others);
    return 1;
}

PyObject *adam(PyObject *module, PyObject *args) {
    PyObject *arrays[ARRAYS];
    Py_buffer views[ARRAYS];
    Factors by;
    int held = 0, ran = 0;
    if (!PyArg_ParseTuple(args, "OOOOO(dddddd):adam", &arrays[0], &arrays[1], &arrays[2], &arrays[3], &arrays[4],
                          &by.beta_1, &by.rest_1, &by.beta_2, &by.rest_2, &by.epsilon, &by.scale))
        return NULL;
    while (held < ARRAYS && !PyObject_GetBuffer(arrays[held], &views[held],
                                                PyBUF_FORMAT | PyBUF_STRIDES | (held < M ? 0 : PyBUF_WRITABLE)))
        held++;
    if (held == ARRAYS)
        ran = run(views, &by);
    for (int i = 0; i < held; i++)
        PyBuffer_Release(&views[i]);
    return held < ARRAYS ? NULL : PyBool_FromLong(ran);
}
