/* A node of a graph of scalars: the `Value` of value.py, with its promises, outside Python's cyclic collector.

   Parents are fixed when a node is made, so a graph has no cycle, and counting references frees it. Up to two parents
   and their slopes lie inside the node, which takes 80 bytes; more lie in a block of their own. */

#ifndef AUTODIFF_NODE_H
#define AUTODIFF_NODE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "ops.h"

enum { OP_INPUT = OPERATIONS, OP_CONSTANT, NAMED_OPERATIONS }; /* from there on: names that C does not know */
enum { MANY = 3 };                                             /* a `count` that says: see the block */
enum {
    BLOCKED_FIRST = 1,
    BLOCKED_SECOND = 2,
    NO_CONTRIBUTION = 4, /* a backward pass ran over it and brought it nothing: its grad is value.NOTHING */
    VISITED = 8,         /* only while an order is being found */
    FRESH = 16,          /* made by `new`, and not given its parents yet */
};

typedef struct Node Node;

typedef struct {
    Py_ssize_t n;
    double *slopes;
    unsigned char *blocked;
    Node *parents[1];
} Many;

struct Node {
    PyObject_HEAD
    union {
        double data;
        Node *next; /* of the dead ones that wait to be freed */
    };
    double grad;
    PyObject *name; /* an exact str, or NULL */
    uint16_t op;
    uint8_t count;
    uint8_t flags;
    uint32_t number; /* its place in a list of nodes, for whoever numbers them; true if that place holds this node */
    union {
        struct {
            Node *parents[2];
            double slopes[2];
        };
        Many *many;
    };
};

/* What C takes from Python, so that every sentence stands in one place: set by `connect`. */
typedef struct {
    PyTypeObject *type;
    PyObject *watchers, *watch, *tell_of_reading, *tell_of_writing, *number, *checked_name, *compare, *nothing;
    PyObject *leaf_gradients, *tell, *start;
    PyObject *methods;    /* (name of the operation, reflected) -> the method of the Python class */
    PyObject *names;      /* of all operations, by code */
    PyObject *codes;      /* and the other way round */
    PyObject *of_many;    /* of the Python engine */
    unsigned long long writes; /* how often a number has been written from Python: as long as it stands, all numbers do */
} Engine;

extern Engine engine;

#define IS_VALUE(x) (Py_TYPE(x) == engine.type)
#define WATCHED() (engine.watchers && PyList_GET_SIZE(engine.watchers) != 0)

static inline Py_ssize_t parent_count(const Node *v) {
    return v->count == MANY ? v->many->n : v->count;
}

static inline Node *const *parents_of(const Node *v) {
    return v->count == MANY ? v->many->parents : v->parents;
}

static inline double slope_of(const Node *v, Py_ssize_t i) {
    return v->count == MANY ? v->many->slopes[i] : v->slopes[i];
}

static inline int is_blocked(const Node *v, Py_ssize_t i) {
    return v->count == MANY ? v->many->blocked[i] : v->flags >> i & 1;
}

/* node.c */
int make_type(PyObject *module);
PyObject *new_fresh(PyObject *module, PyObject *type);
Node *new_leaf(int op, double data);
Node *new_unary(int op, double data, Node *parent, double slope, int blocked);
Node *new_binary(int op, double data, Node *left, Node *right, double to_left, double to_right, int flags);
Node *new_many(int op, double data, Py_ssize_t n); /* its parents are still to be set, and to be owned */
PyObject *watched(Node *node);
int code_of(PyObject *name);

/* arithmetic.c */
int plain_number(PyObject *x, double *number);
PyObject *record_unary(int code, Node *x);
extern PyType_Slot arithmetic_slots[];

/* sweep.c */
PyObject *value_backward(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *keywords);
PyObject *order_of(PyObject *module, PyObject *const *args, Py_ssize_t nargs);

/* recording.c */
PyObject *recorded(PyObject *module, PyObject *const *args, Py_ssize_t nargs);

/* numbers.c */
PyObject *read_numbers(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *write_numbers(PyObject *module, PyObject *const *args, Py_ssize_t count);
PyObject *count_writes(PyObject *module, PyObject *unused);

/* functions.c */
int make_operation_type(PyObject *module);
PyObject *of_many(PyObject *module, PyObject *const *args, Py_ssize_t nargs);

#endif
