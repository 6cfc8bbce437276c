/* What `stable.py` defines on lists of numbers. */

#ifndef AUTODIFF_LISTS_H
#define AUTODIFF_LISTS_H

/* log(total([exp(x) for x in xs])) */
static inline double logsumexp(const double *xs, Py_ssize_t n) {
    Py_ssize_t place = place_of_largest(xs, n);
    double top = xs[place];
    Sum s;
    if (isinf(top) || top != top)
        return top;
    sum_start(&s);
    for (Py_ssize_t i = 0; i < n; i++)
        if (i != place) /* its own term is exactly 1, which log1p adds without losing the others */
            sum_add(&s, exp_of_difference(xs[i], top));
    return top + log1p(sum_result(&s));
}

/* [exp(x) / total([exp(x) for x in xs]) for x in xs] */
static inline void softmax(const double *xs, Py_ssize_t n, double *y) {
    double top = largest(xs, n);
    Sum s;
    sum_start(&s);
    for (Py_ssize_t i = 0; i < n; i++)
        sum_add(&s, y[i] = exp_of_difference(xs[i], top));
    double whole = sum_result(&s);
    for (Py_ssize_t i = 0; i < n; i++)
        y[i] = y[i] / whole;
}

#endif
