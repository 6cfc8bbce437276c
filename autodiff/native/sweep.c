/* The topological order, and the backward pass over it: loops, and no code of Python's runs inside. */

#include "node.h"

typedef struct {
    Node **nodes;
    size_t count, room;
} Order;

typedef struct {
    Node *node;
    Py_ssize_t next; /* the parent to look at next */
} Step;

typedef struct {
    Step *steps;
    size_t count, room;
} Path;

/* Make room for one more item of a growing array; 0 where there is no memory. */
static int grow(void **items, size_t *room, size_t count, size_t size) {
    if (count < *room)
        return 1;
    size_t more = *room ? 2 * *room : 64;
    void *moved = more > PY_SSIZE_T_MAX / size ? NULL : PyMem_RawRealloc(*items, more * size);
    if (!moved)
        return 0;
    *items = moved;
    *room = more;
    return 1;
}

static int append(Order *order, Node *node) {
    if (!grow((void **)&order->nodes, &order->room, order->count, sizeof(Node *)))
        return 0;
    order->nodes[order->count++] = node;
    return 1;
}

static int enter(Path *path, Node *node) {
    if (!grow((void **)&path->steps, &path->room, path->count, sizeof(Step)))
        return 0;
    node->flags |= VISITED;
    path->steps[path->count++] = (Step){node, 0};
    return 1;
}

static int leaf(Order *order, Node *node, int with_leaves) {
    if (!with_leaves)
        return 1;
    if (!append(order, node))
        return 0;
    node->flags |= VISITED;
    return 1;
}

/* Append what `root` depends on, each node after all of its parents, as graph.topological_order does. */
static int visit(Node *root, Order *order, Path *path, int with_leaves) {
    if (root->flags & VISITED)
        return 1;
    if (!(root->count ? enter(path, root) : leaf(order, root, with_leaves)))
        return 0;
    while (path->count) {
        Step *step = &path->steps[path->count - 1];
        if (step->next < parent_count(step->node)) {
            Node *parent = parents_of(step->node)[step->next++];
            if (!(parent->flags & VISITED) && !(parent->count ? enter(path, parent) : leaf(order, parent, with_leaves)))
                return 0;
        } else {
            if (!append(order, step->node))
                return 0;
            path->count--;
        }
    }
    return 1;
}

/* The order of everything that the roots depend on; 0, with the graph as it was, where there is no memory. */
static int find_order(PyObject *const *roots, Py_ssize_t n, Order *order, int with_leaves) {
    Path path = {NULL, 0, 0};
    int found = 1;
    for (Py_ssize_t i = 0; found && i < n; i++)
        found = visit((Node *)roots[i], order, &path, with_leaves);
    for (size_t i = 0; i < order->count; i++)
        order->nodes[i]->flags &= (uint8_t)~VISITED;
    for (size_t i = 0; i < path.count; i++)
        path.steps[i].node->flags &= (uint8_t)~VISITED;
    PyMem_RawFree(path.steps);
    if (!found) {
        PyMem_RawFree(order->nodes);
        PyErr_NoMemory();
    }
    return found;
}

static PyObject *list_of(const Order *order) {
    int collects = PyGC_Disable(); /* no code of Python's may run before the list holds the nodes */
    PyObject *result = PyList_New((Py_ssize_t)order->count);
    if (collects)
        PyGC_Enable();
    for (size_t i = 0; result && i < order->count; i++)
        PyList_SET_ITEM(result, (Py_ssize_t)i, Py_NewRef((PyObject *)order->nodes[i]));
    return result;
}

/* order(*roots): the topological order as a list. */
PyObject *order_of(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    Order order = {NULL, 0, 0};
    for (Py_ssize_t i = 0; i < nargs; i++)
        if (!IS_VALUE(args[i])) {
            PyErr_Format(PyExc_TypeError, "order: expected Values, got %R", args[i]);
            return NULL;
        }
    if (!find_order(args, nargs, &order, 1))
        return NULL;
    PyObject *result = list_of(&order);
    PyMem_RawFree(order.nodes);
    return result;
}

static inline void contribute(Node *parent, double contribution) {
    parent->grad += contribution;
    parent->flags &= (uint8_t)~NO_CONTRIBUTION;
}

/* The pass: each node's gradient is complete before it goes on to the parents, from the first to the last. */
static void sweep(Node *root, double gradient, const Order *order) {
    for (size_t i = 0; i < order->count; i++) {
        order->nodes[i]->grad = 0.0;
        order->nodes[i]->flags |= NO_CONTRIBUTION;
    }
    contribute(root, gradient);
    for (size_t i = order->count; i-- > 0;) {
        Node *node = order->nodes[i];
        double upstream = node->grad;
        if (node->flags & NO_CONTRIBUTION) /* none goes on: 0 times a slope of inf would be nan */
            continue;
        if (node->count <= 2) {
            if (!(node->flags & BLOCKED_FIRST))
                contribute(node->parents[0], node->slopes[0] * upstream);
            if (node->count == 2 && !(node->flags & BLOCKED_SECOND))
                contribute(node->parents[1], node->slopes[1] * upstream);
            continue;
        }
        const Many *many = node->many;
        for (Py_ssize_t k = 0; k < many->n; k++)
            if (!many->blocked[k])
                contribute(many->parents[k], many->slopes[k] * upstream);
    }
}

/* The pass, told to the watchers, who may object; then what it added to the leaves is taken back. */
static PyObject *watched_sweep(Node *root, double gradient, const Order *order) {
    PyObject *nodes = list_of(order), *undo = NULL, *told = NULL;
    if (nodes && (undo = PyObject_CallOneArg(engine.leaf_gradients, (PyObject *)root))) {
        sweep(root, gradient, order);
        told = PyObject_CallFunctionObjArgs(engine.tell, nodes, undo, NULL);
    }
    Py_XDECREF(nodes);
    Py_XDECREF(undo);
    return told;
}

PyObject *value_backward(PyObject *self, PyObject *const *args, Py_ssize_t nargs, PyObject *keywords) {
    Order order = {NULL, 0, 0};
    double gradient = 1.0;
    if (nargs || keywords) {
        PyObject *start = PyObject_Vectorcall(engine.start, args, (size_t)nargs, keywords);
        if (!start)
            return NULL;
        gradient = PyFloat_AsDouble(start);
        Py_DECREF(start);
        if (gradient == -1.0 && PyErr_Occurred())
            return NULL;
    }
    if (!find_order(&self, 1, &order, 0))
        return NULL;
    PyObject *done;
    if (WATCHED())
        done = watched_sweep((Node *)self, gradient, &order);
    else {
        sweep((Node *)self, gradient, &order);
        done = Py_NewRef(Py_None);
    }
    PyMem_RawFree(order.nodes);
    return done;
}
