/* Graphs as flat arrays: each node is given a number for a moment, so that its users find it without a search. */

#include "node.h"

typedef struct {
    PyObject *nodes, *leaves; /* lists: numbers of leaves go on where those of nodes end */
    Py_ssize_t size;
} Numbered;

static Node *at(const Numbered *all, Py_ssize_t number) {
    if (number < all->size)
        return (Node *)PyList_GET_ITEM(all->nodes, number);
    number -= all->size;
    return number < PyList_GET_SIZE(all->leaves) ? (Node *)PyList_GET_ITEM(all->leaves, number) : NULL;
}

static int give_number(Node *node, Py_ssize_t number) {
    if (number > UINT32_MAX) {
        PyErr_SetString(PyExc_OverflowError, "recorded: expected fewer than 2**32 nodes");
        return 0;
    }
    node->number = (uint32_t)number;
    return 1;
}

/* Numbers for all, after the last list is made: to make one may run code of Python's, which may number them anew. */
static int give_numbers(const Numbered *all) {
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(all->leaves); i++)
        if (!give_number((Node *)PyList_GET_ITEM(all->leaves, i), all->size + i))
            return 0;
    for (Py_ssize_t i = 0; i < all->size; i++)
        if (!give_number((Node *)PyList_GET_ITEM(all->nodes, i), i))
            return 0;
    return 1;
}

/* The number of a node, which becomes a leaf if it has none; -1 with an exception. */
static int64_t number_of(Numbered *all, Node *node) {
    if (at(all, node->number) == node)
        return node->number;
    if (PyList_Append(all->leaves, (PyObject *)node) ||
        !give_number(node, all->size + PyList_GET_SIZE(all->leaves) - 1))
        return -1;
    return node->number;
}

static int are_values(PyObject *list) {
    if (!PyList_CheckExact(list))
        return 0;
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++)
        if (!IS_VALUE(PyList_GET_ITEM(list, i)))
            return 0;
    return 1;
}

/* The caller's code for each operation of the nodes, which `codes` maps names to; 0 with an exception. */
static int write_codes(const Numbered *all, PyObject *codes, int16_t *into) {
    Py_ssize_t known = PyList_GET_SIZE(engine.names);
    int32_t *code_of_op = PyMem_Malloc((size_t)known * sizeof(int32_t));
    if (!code_of_op) {
        PyErr_NoMemory();
        return 0;
    }
    for (Py_ssize_t i = 0; i < known; i++)
        code_of_op[i] = -1;
    int done = 1;
    for (Py_ssize_t i = 0; i < all->size; i++)
        into[i] = (int16_t)at(all, i)->op;
    for (Py_ssize_t i = 0; done && i < all->size; i++) { /* which looks at no node: the mapping may change the list */
        int op = (uint16_t)into[i];
        if (code_of_op[op] < 0) { /* by subscript, so that the mapping may add what it lacks */
            PyObject *code = PyObject_GetItem(codes, PyList_GET_ITEM(engine.names, op));
            long number = code ? PyLong_AsLong(code) : -1;
            Py_XDECREF(code);
            if ((done = number >= 0 && number <= INT16_MAX))
                code_of_op[op] = (int32_t)number;
            else if (!PyErr_Occurred())
                PyErr_Format(PyExc_OverflowError, "recorded: expected a code below 2**15, got %ld", number);
        }
        into[i] = (int16_t)code_of_op[op];
    }
    PyMem_Free(code_of_op);
    return done;
}

static int write_operands(Numbered *all, int64_t *starts, int64_t *operands) {
    int64_t end = 0;
    for (Py_ssize_t i = 0; i < all->size; i++) {
        Node *node = at(all, i);
        starts[i] = end;
        for (Py_ssize_t k = 0; k < parent_count(node); k++)
            if ((operands[end++] = number_of(all, parents_of(node)[k])) < 0)
                return 0;
    }
    starts[all->size] = end;
    return 1;
}

static void *bytes_of(PyObject *array) {
    return PyByteArray_AS_STRING(array);
}

/* recorded(nodes, leaves, codes, wanted): codes, starts and operands as bytes of int16, int64 and int64, and the numbers
   of the wanted nodes. Leaves that the list does not hold yet are appended to it, in the order of their first use. */
PyObject *recorded(PyObject *module, PyObject *const *args, Py_ssize_t nargs) {
    if (nargs != 4 || !are_values(args[0]) || !are_values(args[1]) || !are_values(args[3])) {
        PyErr_SetString(PyExc_TypeError, "recorded: expected a list of Values, one of leaves, codes, and one of Values");
        return NULL;
    }
    Numbered all = {args[0], args[1], PyList_GET_SIZE(args[0])};
    Py_ssize_t edges = 0, wanted = PyList_GET_SIZE(args[3]);
    for (Py_ssize_t i = 0; i < all.size; i++)
        edges += parent_count((Node *)PyList_GET_ITEM(all.nodes, i));
    PyObject *codes = PyByteArray_FromStringAndSize(NULL, all.size * (Py_ssize_t)sizeof(int16_t));
    PyObject *starts = PyByteArray_FromStringAndSize(NULL, (all.size + 1) * (Py_ssize_t)sizeof(int64_t));
    PyObject *operands = PyByteArray_FromStringAndSize(NULL, edges * (Py_ssize_t)sizeof(int64_t));
    PyObject *numbers = PyList_New(wanted), *result = NULL;
    int done = codes && starts && operands && numbers && give_numbers(&all) &&
               write_operands(&all, bytes_of(starts), bytes_of(operands));
    for (Py_ssize_t i = 0; done && i < wanted; i++) {
        int64_t number = number_of(&all, (Node *)PyList_GET_ITEM(args[3], i));
        PyObject *item = number < 0 ? NULL : PyLong_FromLongLong(number);
        if ((done = item != NULL))
            PyList_SET_ITEM(numbers, i, item);
    }
    if (done && write_codes(&all, args[2], bytes_of(codes))) /* last, for it may run code of Python's */
        result = PyTuple_Pack(4, codes, starts, operands, numbers);
    Py_XDECREF(codes);
    Py_XDECREF(starts);
    Py_XDECREF(operands);
    Py_XDECREF(numbers);
    return result;
}
