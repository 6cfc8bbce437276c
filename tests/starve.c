/* A module for tests: `starve.at(n)` lets the n-th allocation from now fail, and `starve.left()` says how many are to go
   until then, -1 where it has failed or none is to fail. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

static const PyMemAllocatorDomain domains[3] = {PYMEM_DOMAIN_RAW, PYMEM_DOMAIN_MEM, PYMEM_DOMAIN_OBJ};
static PyMemAllocatorEx real[3];
static Py_ssize_t left = -1;

static int fails(void) {
    return left >= 0 && left-- == 0;
}

static void *take(void *of, size_t size) {
    PyMemAllocatorEx *each = of;
    return fails() ? NULL : each->malloc(each->ctx, size);
}

static void *take_cleared(void *of, size_t count, size_t size) {
    PyMemAllocatorEx *each = of;
    return fails() ? NULL : each->calloc(each->ctx, count, size);
}

static void *take_again(void *of, void *memory, size_t size) {
    PyMemAllocatorEx *each = of;
    return fails() ? NULL : each->realloc(each->ctx, memory, size);
}

static void give(void *of, void *memory) {
    PyMemAllocatorEx *each = of;
    each->free(each->ctx, memory);
}

static PyObject *at(PyObject *module, PyObject *number) {
    left = PyLong_AsSsize_t(number);
    return left == -1 && PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

static PyObject *how_many_left(PyObject *module, PyObject *unused) {
    return PyLong_FromSsize_t(left);
}

static PyMethodDef functions[] = {
    {"at", at, METH_O, NULL},
    {"left", how_many_left, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "starve", .m_size = -1, .m_methods = functions};

PyMODINIT_FUNC PyInit_starve(void) {
    for (int i = 0; i < 3; i++) {
        PyMem_GetAllocator(domains[i], &real[i]);
        PyMemAllocatorEx ours = {&real[i], take, take_cleared, take_again, give};
        PyMem_SetAllocator(domains[i], &ours);
    }
    return PyModule_Create(&definition);
}
